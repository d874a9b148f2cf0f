"""Addresses of servers: shown without what is secret in them."""

from __future__ import annotations

from urllib.parse import SplitResult, quote, urlsplit, urlunsplit


def has_password(url: str) -> bool:
    """Whether a password stands in this address, or may: also among its options, or where it is malformed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    return bool(parts.password) or "password" in parts.query or _is_doubtful(parts)


def shown(url: str) -> str:
    """An address without user, password and options, as it may be told and logged.

    Of one whose password has characters in it that part addresses only the scheme is shown.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"{_scheme(url)}://…"
    if _is_doubtful(parts):
        return f"{_scheme(url)}://…"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _is_doubtful(parts: SplitResult) -> bool:
    """Whether what seems to be path or options may be the rest of a password, as in ``user:a/b@server``."""
    return "@" in f"{parts.path}{parts.query}{parts.fragment}"


def _scheme(url: str) -> str:
    return url.partition("://")[0] if "://" in url else ""


def with_password(url: str, password: str) -> str:
    """An address with this password in it; unchanged where there is none. ValueError for one that is none."""
    if not password:
        return url
    parts = urlsplit(url)
    who, host = parts.username or "", parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{who}:{quote(password, safe='')}@{host}"))

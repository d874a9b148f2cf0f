"""Addresses of servers: shown without what is secret in them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit


def has_password(url: str) -> bool:
    """Whether a password stands in this address."""
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return False


def shown(url: str) -> str:
    """An address without user, password and options, as it may be told and logged."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def with_password(url: str, password: str) -> str:
    """An address with this password in it; unchanged where there is none. ValueError for one that is none."""
    if not password:
        return url
    parts = urlsplit(url)
    who, host = parts.username or "", parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{who}:{quote(password, safe='')}@{host}"))

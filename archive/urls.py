"""Addresses of servers: shown without what is secret in them."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


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

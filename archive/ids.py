"""Permanent ids: opaque, never derived from content or place, and rising with time (compact B-trees)."""

from __future__ import annotations

import secrets
import time
from typing import Literal

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o, u, so that an id can be read out over the telephone."""

Kind = Literal["b", "d", "p"]
LENGTH = 17


def new(kind: Kind) -> str:
    """A new id: a letter (batch, document, page), 45 bits of milliseconds, 35 random bits."""
    value = (time.time_ns() // 1_000_000) << 35 | secrets.randbits(35)
    digits = []
    for _ in range(LENGTH - 1):
        value, digit = divmod(value, 32)
        digits.append(_ALPHABET[digit])
    return kind + "".join(reversed(digits))

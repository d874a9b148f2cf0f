"""Waiting for what other threads and processes do, and no longer than makes sense."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK_SECONDS = 0.1


def until(
    true: Callable[[], object], what: str, seconds: float = 180.0, told: Callable[[], str] = str
) -> None:
    """Wait until something is true. AssertionError where it does not become so, with what was ``told``."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"after {seconds:.0f} seconds not yet: {what}\n{told()}"
        time.sleep(LOOK_SECONDS)

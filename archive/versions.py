"""Versions of programs, in their order: 5.3.0, 5.10, v5.0.0-alpha, 5.5.0+2."""

from __future__ import annotations

import re

_FORM = re.compile(r"v?(?P<release>\d+(?:\.\d+)*)(?P<rest>.*)", re.IGNORECASE)
_EARLIER = re.compile(r"[-._]?(?:alpha|beta|rc|dev|a|b)\d*", re.IGNORECASE)

_Order = tuple[tuple[int, ...], int, tuple[int, ...]]


def is_version(text: str) -> bool:
    """Whether it can be compared with others."""
    return _FORM.fullmatch(text) is not None


def is_older(version: str, than: str) -> bool:
    """Whether a version came before another: 5.9 before 5.10, and 5.5 is 5.5.0.

    A pre-release comes before its release; what stands behind a plus (the version of our own engine on that
    of Tesseract) comes after it. What is no version came before all that are.
    """
    return _order(version) < _order(than)


def _order(version: str) -> _Order:
    form = _FORM.fullmatch(version)
    if form is None:
        return ((-1,), 0, ())
    numbers = [int(part) for part in form["release"].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    ours = form["rest"].partition("+")[2]
    return (
        tuple(numbers),
        -1 if _EARLIER.match(form["rest"]) else 0,
        tuple(int(part) for part in re.findall(r"\d+", ours)),
    )

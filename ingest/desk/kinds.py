"""What may be wrong with a page: the kinds, and a finding of one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from archive.types import Value


class Kind(StrEnum):
    """What may be wrong with a page. The names never change."""

    UNREADABLE = "unreadable"
    GAP = "gap"
    CUT = "cut"
    DOUBLE = "double-feed"
    BLURRED = "blurred"
    DARK = "dark"
    WEAK = "hard-to-read"
    TWICE = "twice"
    SKEWED = "skewed"
    BLANK = "blank"
    TURNED = "turned"


WITH_WORDS = (Kind.GAP, Kind.WEAK, Kind.TWICE, Kind.TURNED)
"""What nobody can tell before the pages are read."""


class Finding(Value, frozen=True):
    """Something wrong with a page: how bad (0 to 1), and what is known of it in plain facts."""

    page: str
    kind: Kind
    badness: float
    detail: dict[str, str | int | float] = {}  # noqa: RUF012 - msgspec copies the default


def by_page(found: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings page by page, in the order in which they come: the page of the worst one first."""
    pages: dict[str, list[Finding]] = {}
    for each in found:
        pages.setdefault(each.page, []).append(each)
    return pages


def counted(pages: Iterable[Sequence[Finding]]) -> dict[Kind, int]:
    """How many pages each kind is told of, the gravest kind first."""
    counts = Counter(each.kind for findings in pages for each in findings)
    return {kind: counts[kind] for kind in Kind if counts[kind]}

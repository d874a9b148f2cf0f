"""The lines of a page as its words tell them, and the box around some words."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from msgspec.structs import replace

from archive.types import Box, Word


class OnLine(Protocol):
    """A word that says on which line it stands."""

    @property
    def line(self) -> Hashable:
        """A number or another key; words of one line are neighbours."""
        ...


_W = TypeVar("_W", bound=OnLine)


def lines(words: Iterable[_W]) -> Iterator[list[_W]]:
    """The lines of a page, each with its words."""
    return (list(line) for _number, line in groupby(words, key=lambda word: word.line))


def renumbered(lines: Iterable[Iterable[Word]]) -> tuple[Word, ...]:
    """The words of these lines one after the other, the lines numbered from 0."""
    return tuple(replace(word, line=number) for number, line in enumerate(lines) for word in line)


def around(words: Sequence[Word]) -> Box:
    """The smallest box around words."""
    left, top = min(word.box.x for word in words), min(word.box.y for word in words)
    right = max(word.box.x + word.box.w for word in words)
    foot = max(word.box.y + word.box.h for word in words)
    return Box(left, top, right - left, foot - top)

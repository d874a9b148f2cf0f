"""Words that a person has put right are carried from one reading of a page to another, by their place."""

from __future__ import annotations

from msgspec.structs import replace

from archive.geometry import bounds, compose, invert, to_original
from archive.types import Box, Homography, PageText, Reading, Word
from ocr.contract import confidence_of
from ocr.lines import lines, renumbered
from ocr.merge import beside

SAME_PLACE = 0.5
"""Two words share a place when they share this part of the smaller one's area; of its height, for a line."""


def carried(of: Reading, onto: Reading) -> PageText:
    """The text of ``onto`` with the words that a person put right in ``of`` in place of what stands there.

    A word for which nothing was read stands in its line between its neighbours, or in a line of its own.
    That a person took a word away leaves no word, and is not carried.
    """
    theirs = [word for word in of.text.words if word.by_person]
    if not theirs:
        return onto.text
    map_ = _between(of, onto)
    words = list(onto.text.words)
    for word in theirs:
        words = _laid(words, replace(word, box=bounds(map_, word.box)))
    numbered = renumbered(lines(words))
    aside = beside(numbered, onto.text.aside)
    return replace(onto.text, words=numbered, confidence=confidence_of(numbered + aside), aside=aside)


def _between(of: Reading, onto: Reading) -> Homography:
    """From boxes of one reading to boxes of another, by way of the original that both show."""
    there, here = (to_original(each.prepared, each.text.turn) for each in (of, onto))
    return compose(invert(here), there)


def _laid(words: list[Word], word: Word) -> list[Word]:
    """Words with one more, in place of those that stand where it does."""
    covered = [at for at, each in enumerate(words) if _overlap(each.box, word.box) >= SAME_PLACE]
    at, line = (covered[0], words[covered[0]].line) if covered else _gap(words, word)
    there = set(covered)
    before = [each for place, each in enumerate(words) if place < at and place not in there]
    behind = [each for place, each in enumerate(words) if place >= at and place not in there]
    return [*before, replace(word, line=line), *behind]


def _gap(words: list[Word], word: Word) -> tuple[int, int]:
    """Where a word belongs for which nothing was read: its place among the words, and its line."""
    level = [at for at, each in enumerate(words) if _level(each.box, word.box) >= SAME_PLACE]
    if level:
        nearest = min(level, key=lambda at: _apart(words[at].box, word.box))
        return nearest + (words[nearest].box.x < word.box.x), words[nearest].line
    above = {each.line for each in words if each.box.y < word.box.y}
    behind = max((at + 1 for at, each in enumerate(words) if each.line in above), default=0)
    return behind, min((each.line for each in words), default=0) - 1  # a number that no line has yet


def _overlap(one: Box, other: Box) -> float:
    """The part of the smaller box's area that both share."""
    across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    smaller = min(one.w * one.h, other.w * other.h)
    return across * down / smaller if across > 0 and down > 0 and smaller else 0.0


def _level(one: Box, other: Box) -> float:
    """The part of the smaller box's height that both share."""
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    smaller = min(one.h, other.h)
    return down / smaller if smaller else 0.0


def _apart(one: Box, other: Box) -> float:
    """How far two boxes are apart from left to right."""
    return max(one.x - other.x - other.w, other.x - one.x - one.w)

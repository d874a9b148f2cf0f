"""Where a query is met on a page: the words to mark, and a short piece of text around them.

The engines are not asked: the same analysis that made the tokens finds them again, and each token knows
its words, so that a mark is drawn on the boxes of exactly those words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from archive.types import Value, Word
from index.analysis import Analysis, analyse
from index.query import And, Node, Or, Phrase, Query, Words


class Snippet(Value, frozen=True):
    """A piece of a page's text as ``(text, marked)`` parts, to be put together without anything between."""

    parts: tuple[tuple[str, bool], ...] = ()

    def plain(self) -> str:
        """The text with what is marked in «guillemets»."""
        return "".join(f"«{text}»" if marked else text for text, marked in self.parts)


def marks(query: Query, words: Sequence[Word], aside: Sequence[Word] = ()) -> tuple[int, ...]:
    """The indexes of the words that the query is met by, ascending; those set aside count on from the words.

    What is excluded is never marked, fields are not on the page, and each wanted word is marked wherever
    it stands, whichever side of an OR it is on.
    """
    wanted = list(_wanted(query.root))
    if not wanted:
        return ()
    has_codes = any(isinstance(node, Words) and node.codes for node in wanted)
    met: set[int] = set()
    for before, some in ((0, words), (len(words), aside)):  # apart, as the index has them
        analysis = analyse(some, with_codes=has_codes)
        met |= {before + at for node in wanted for at in _met(node, analysis)}
    return tuple(sorted(met))


def snippet(words: Sequence[Word], marked: Sequence[int], width: int = 160) -> Snippet:
    """About ``width`` characters around the place with the most marks; the page's beginning without any."""
    if not words:
        return Snippet()
    known = set(marked)
    first, last = _window(words, sorted(known), width)
    parts: list[tuple[str, bool]] = [("… ", False)] if first else []
    for at in range(first, last + 1):
        space = "" if at == first else " "
        if at in known and parts and parts[-1][1]:
            parts[-1] = (f"{parts[-1][0]} {words[at].text}", True)
        elif at in known:
            parts += [(space, False), (words[at].text, True)]
        else:
            parts.append((space + words[at].text, False))
    if last + 1 < len(words):
        parts.append((" …", False))
    return Snippet(tuple(_merged(parts)))


def _wanted(node: Node) -> Iterator[Words | Phrase]:
    if isinstance(node, And | Or):
        for part in node.nodes:
            yield from _wanted(part)
    elif isinstance(node, Words | Phrase):
        yield node


def _met(node: Words | Phrase, analysis: Analysis) -> Iterator[int]:
    """The words in which this node is met."""
    if isinstance(node, Words):
        sought, kept = node.stems, analysis.stems
        for code in analysis.codes:
            if code.form in node.codes:
                yield from range(code.first_word, code.last_word + 1)
    else:
        sought, kept = node.forms, analysis.forms
    for start in [at for at, form in enumerate(kept) if form == sought[0]]:
        if kept[start : start + len(sought)] == sought:
            for at in range(start, start + len(sought)):
                yield from range(analysis.first_words[at], analysis.last_words[at] + 1)


def _window(words: Sequence[Word], marked: Sequence[int], width: int) -> tuple[int, int]:
    """First and last word of the stretch with the most marks that is no longer than ``width``."""
    ends = [0, *accumulate([len(word.text) + 1 for word in words])]

    def length(first: int, last: int) -> int:
        return ends[last + 1] - ends[first] - 1

    best, most, stop = (0, 0), 0, 0
    for at, first in enumerate(marked):
        stop = max(stop, at)
        while stop + 1 < len(marked) and length(first, marked[stop + 1]) <= width:
            stop += 1
        if stop - at + 1 > most:
            best, most = (first, marked[stop]), stop - at + 1
    first, last = best
    while True:  # what is left of the width goes to both sides in turn, so that the marks stand in the middle
        before = first > 0 and length(first - 1, last) <= width
        first -= before
        after = last + 1 < len(words) and length(first, last + 1) <= width
        last += after
        if not before and not after:
            return first, last


def _merged(parts: Sequence[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Without empty parts, neighbours of one kind together."""
    text, kind = "", False
    for more, marked in parts:
        if marked != kind and more:
            if text:
                yield text, kind
            text, kind = "", marked
        text += more
    if text:
        yield text, kind

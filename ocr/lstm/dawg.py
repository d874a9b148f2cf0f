"""The dictionaries of a model: which words, numbers and patterns of punctuation it knows.

Sources: Tesseract 5.5, ``dawg.cpp`` (a directed acyclic word graph, its edges in one array) and ``dict.cpp``
(a digit stands in the dictionary of numbers as 0, and so does the word in that of punctuation).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ocr.lstm.alphabet import SPACE, Alphabet
from ocr.lstm.traineddata import NUMBERS, PUNCTUATION, WORDS, Bytes, Unknown

PLACEHOLDER = SPACE

_MAGIC = 42
_LAST, _BACKWARD, _END = 1, 2, 4


class Edge(NamedTuple):
    """The node that an edge leads to (0 is none), and whether a word ends there."""

    node: int
    end: bool


class Dawg:
    """One dictionary. Nodes are looked at when a word first comes by, and then remembered."""

    def __init__(self, part: bytes) -> None:
        data = Bytes(part)
        if data.number("h") != _MAGIC:
            raise Unknown("a strange dictionary")
        size, count = data.numbers("i", 2)
        self._edges = data.array("<u8", count)
        self._bits = max(1, size.bit_length())
        self._nodes: dict[int, dict[int, Edge]] = {}

    def __contains__(self, numbers: Sequence[int]) -> bool:
        """Whether a word, given as the numbers of its characters, is in it."""
        edge = Edge(0, False)
        for place, number in enumerate(numbers):
            if place and not edge.node:
                return False
            found = self._node(edge.node).get(number)
            if found is None:
                return False
            edge = found
        return edge.end

    def _node(self, first: int) -> dict[int, Edge]:
        """The edges of a node by character."""
        known = self._nodes.get(first)
        if known is None:
            known = self._nodes[first] = self._read(first)
        return known

    def _read(self, first: int) -> dict[int, Edge]:
        edges: dict[int, Edge] = {}
        mask = (1 << self._bits) - 1
        for place in range(first, len(self._edges)):
            edge = int(self._edges[place])
            flags = edge >> self._bits & 7
            if not flags & _BACKWARD:
                edges[edge & mask] = Edge(edge >> (self._bits + 3), bool(flags & _END))
            if flags & _LAST:
                break
        return edges


class Lexicon:
    """The dictionaries of a model together: they say whether a word, as outputs of the network, is known."""

    def __init__(self, parts: dict[int, bytes], alphabet: Alphabet) -> None:
        self._words, self._numbers, self._marks = (
            Dawg(parts[part]) if parts.get(part) else None for part in (WORDS, NUMBERS, PUNCTUATION)
        )
        self._alphabet = alphabet
        self._remembered = lru_cache(maxsize=10_000)(self._looked_up)  # each word is asked for several times

    def knows(self, codes: Sequence[int]) -> bool:
        """Whether a word, with the punctuation around it, is one of the dictionaries'."""
        return self._remembered(tuple(codes))

    def _looked_up(self, codes: tuple[int, ...]) -> bool:
        marks, numbers = self._alphabet.marks, self._alphabet.numbers
        start, stop = 0, len(codes)
        while start < stop and codes[start] in marks:
            start += 1
        while stop > start and codes[stop - 1] in marks:
            stop -= 1
        core = codes[start:stop]
        if not core:
            return False
        around = [numbers[code] for code in codes[:start]], [numbers[code] for code in codes[stop:]]
        return self._fits(*around) and self._known(core)

    def _fits(self, before: list[int], behind: list[int]) -> bool:
        """Whether punctuation may stand so around a word."""
        if not before and not behind:
            return True
        return self._marks is not None and [*before, PLACEHOLDER, *behind] in self._marks

    def _known(self, core: Sequence[int]) -> bool:
        numbers, digits = self._alphabet.numbers, self._alphabet.digits
        if self._words is not None and [numbers[code] for code in core] in self._words:
            return True
        if self._numbers is None or not any(code in digits for code in core):
            return False
        return [PLACEHOLDER if code in digits else numbers[code] for code in core] in self._numbers

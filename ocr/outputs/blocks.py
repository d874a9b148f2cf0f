"""Lines put together to blocks, for forms that ask for blocks: words come with lines only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.types import Box, Word
from ocr.lines import around, lines

GAP = 1.2
"""Heights of a line that may lie between two lines of a block: more is the space between two paragraphs."""

Line = list[Word]


def blocks(words: Sequence[Word]) -> Iterator[list[Line]]:
    """Neighbouring lines, in reading order, that stand under each other at no great distance."""
    block: list[Line] = []
    for line in lines(words):
        if block and not _follows(around(block[-1]), around(line)):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _follows(above: Box, below: Box) -> bool:
    gap = below.y - (above.y + above.h)
    overlap = min(above.x + above.w, below.x + below.w) - max(above.x, below.x)
    return overlap > 0 and -above.h < gap < GAP * min(above.h, below.h) and below.y > above.y

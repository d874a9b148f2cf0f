"""The running text of a page: its lines in reading order."""

from __future__ import annotations

from collections.abc import Iterable

from archive.types import Word
from ocr.lines import lines


def text(words: Iterable[Word]) -> str:
    """Words as running text, a line for each line of it."""
    return "\n".join(" ".join(word.text for word in line) for line in lines(words))

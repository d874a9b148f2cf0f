"""The truth about a folder of samples, kept outside it: files, pages, words, searches with known hits."""

from __future__ import annotations

from typing import Literal

from archive.types import Turn, Value, Word


class PageTruth(Value, frozen=True):
    """A page and the words on it.

    ``turn`` (clockwise) brings it upright, ``words`` are as they then stand, ``condition`` names what was
    done to it, or says that it is blank or wordless. ``inked`` are the numbers (from 0) of the words that the
    ink of a stamp or a pen lies on, where that is known.
    """

    number: int
    turn: Turn
    condition: str
    words: tuple[Word, ...]
    inked: tuple[int, ...] = ()


class FileTruth(Value, frozen=True):
    """A file: what has to become of it, and what an archivist would write down about the record in it.

    ``cause`` is the cause of a refusal, or the path that a duplicate repeats. Files of one ``group`` (a
    folder) are the pages of one record, in the order of their names.
    """

    path: str
    outcome: Literal["document", "duplicate", "refused", "ignored"]
    cause: str = ""
    group: str = ""
    kind: str = ""
    nomor: str | None = None
    tanggal: str | None = None
    hal: str | None = None
    pages: tuple[PageTruth, ...] = ()


class Query(Value, frozen=True):
    """A search whose hit is known: its text, and the file and page (from 1) that must be found."""

    text: str
    path: str
    page: int


class Truth(Value, frozen=True):
    """All about a folder of samples."""

    seed: int
    files: tuple[FileTruth, ...]
    queries: tuple[Query, ...]

    @property
    def pages(self) -> int:
        """How many pages can be read."""
        return sum(len(file.pages) for file in self.files if file.outcome == "document")

"""What a process does that makes index entries of pages, beside the one that writes them."""

from __future__ import annotations

from archive.catalog import codec
from archive.catalog.codec import KeptRecord
from archive.errors import Failure, failure_of
from archive.types import Value
from index.entry import Entry, newest_entries


class Made(Value, frozen=True):
    """The entries of some pages, and why others gave none, by page."""

    entries: tuple[Entry, ...]
    failed: dict[str, Failure]


def make(kept: tuple[KeptRecord, ...]) -> Made:
    """Unpack the words of pages and analyse them; one bad page stops no other."""
    records, failed = [], {}
    for each in kept:
        try:
            records.append(codec.record(each))
        except Exception as error:
            failed[each.page] = failure_of(error)
    entries, not_analysed = newest_entries(records)
    return Made(tuple(entries), failed | not_analysed)

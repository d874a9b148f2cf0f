"""A page record as both engines keep it: the same strings and keys, whichever engine is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, groupby
from operator import attrgetter

from msgspec.structs import replace

from archive.errors import Failure, failure_of
from archive.types import PageRecord, Value, Word
from index.analysis import analyse_text, stems_of, terms
from index.numbers import codes, day_of
from index.query import field_key

SCHEMA = 1
"""Version of all that is kept in an index. A change here or in the analysis calls for a rebuild."""


class Entry(Value, frozen=True):
    """What is kept of one page.

    ``forms`` and ``stems`` hold the tokens of the page at the same positions, ``path`` (with the name of the
    imported folder), ``hal`` and ``nomor`` the stems of those fields, all joined by single spaces. ``keys``
    holds the fields that are matched as a whole (``type:…``) and the codes of the page (``n:…``, ``d:…``)
    and of its letter number (``nomor:n:…``). ``day`` is YYYYMMDD, 0 where no date is known. ``by_date`` and
    ``by_path`` are different for every page, so that an order by them is always the same. ``text`` is the
    page as it was read, a line for each line, for whoever looks into the index with other tools.
    """

    page: str
    document: str
    revision: int
    forms: str
    stems: str
    path: str
    hal: str
    nomor: str
    keys: tuple[str, ...]
    type: str
    year: str
    batch: str
    unit: str
    security: str
    day: int
    by_date: str
    by_path: str
    confidence: float
    withdrawn: bool
    text: str


def natural(path: str) -> str:
    """A path as a text that sorts page2 before page10: each number behind the count of its digits."""
    folded = re.sub(r"\d+", lambda number: _counted(number[0].lstrip("0")), path.casefold())
    return f"{folded} {path}"


def _counted(digits: str) -> str:
    return f"{len(digits):03d}{digits}"


def entry_of(record: PageRecord) -> Entry:
    """The entry of a record."""
    # Logos and signatures, and what was read before a repair, are found as well; they stand behind the page,
    # where they part no phrase, and no date or number is made of the page's last words and of them.
    raws = [replace(word, text=word.raw) for word in record.words if word.raw]
    forms, stems = map(chain, *map(terms, (record.words, record.aside, raws)))
    nomor = analyse_text(_clean(record.nomor))
    day = day_of(record.date)
    keys = {field_key(name, _clean(value)) for name, value in _exact(record).items() if value}
    for words in (record.words, record.aside, *([raw] for raw in raws)):
        keys |= {code.form for code in codes([word.text for word in words])}
    keys |= {f"nomor:{code.form}" for code in nomor.codes}
    path = _clean(record.path)
    return Entry(
        page=record.page,
        document=record.document,
        revision=record.revision,
        forms=" ".join(forms),
        stems=" ".join(stems),
        path=_stems(f"{_clean(record.folder)} {path}"),
        hal=_stems(_clean(record.hal)),
        nomor=" ".join(nomor.stems),
        keys=tuple(sorted(keys)),
        type=record.type,
        year=f"{day.year:04d}" if day else "",
        batch=_clean(record.batch),
        unit=_clean(record.unit),
        security=record.security,
        day=day.year * 10000 + day.month * 100 + day.day if day else 0,
        by_date=f"{day.isoformat() if day else ''} {record.page}",
        by_path=f"{natural(path)} {record.number:07d} {record.page}",
        confidence=record.confidence,
        withdrawn=record.withdrawn,
        text=_plain(record.words),
    )


def newest_entries(records: Sequence[PageRecord]) -> tuple[list[Entry], dict[str, Failure]]:
    """The entry of the newest record of each page, and the failures of those that gave none, by page."""
    entries: dict[str, Entry] = {}
    failures: dict[str, Failure] = {}
    for record in sorted(records, key=lambda record: record.revision):
        try:
            entries[record.page] = entry_of(record)
        except Exception as error:  # one bad page never stops a batch
            failures[record.page] = failure_of(error)
    return list(entries.values()), failures


def _exact(record: PageRecord) -> dict[str, str]:
    return {
        "type": record.type,
        "batch": record.batch,
        "unit": record.unit,
        "box": record.box,
        "shelf": record.shelf,
        "document": record.document,
        "page": record.page,
    }


def _stems(text: str) -> str:
    return " ".join(stems_of(text))


def _plain(words: Sequence[Word]) -> str:
    lines = groupby(words, key=attrgetter("line"))
    return _clean("\n".join(" ".join([word.text for word in line]) for _number, line in lines))


def _clean(text: str) -> str:
    """Without what UTF-8 cannot carry: a file name may hold bytes that are no text."""
    return text.encode("utf-8", "replace").decode()

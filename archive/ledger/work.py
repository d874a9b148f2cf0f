"""What a worker is handed and what it hands back: work, claimed and counted, and its outcome."""

from __future__ import annotations

from archive.errors import LOST_TOO_OFTEN, PAGE_MEMORY, PAGE_TIMEOUT, READER_DIED, Failure, Fault
from archive.types import Description, PageRecord, PageText, Prepared, Reading, Source, Stage, Value

KILLED_READER = frozenset({PAGE_TIMEOUT.code, PAGE_MEMORY.code, READER_DIED.code})
"""Causes of a failure that cost a reader."""


def wants_new_scan(failure: Failure) -> bool:
    """Whether a page that stopped for this is to be scanned again: its file is at fault, or seems to be."""
    return failure.fault is Fault.FILE and failure.cause != LOST_TOO_OFTEN.code


class Work(Value, frozen=True):
    """One attempt at one stage of one subject, already begun: its run stands in the catalog.

    ``known`` is the payload of an earlier result for the same input, stage version and options: then
    nothing needs to be done again. The other properties are what the stage needs, by stage: preprocess
    ``source``; ocr ``source``, ``prepared`` (kept under ``prepared_key``), and ``before``, the reading that
    the page has already, where there is one; classify ``texts`` and ``path``; index ``records``, with in
    ``others`` the works of the pages taken together with this one. ``lost`` counts the workers that went
    away with this subject in hand, ``killed`` the readers that a page has cost at this stage. ``blocked``
    says why the stage cannot be given what it needs.
    """

    stage: Stage
    subject: str
    run: int
    revision: int
    key: str = ""
    known: bytes | None = None
    languages: str = ""
    path: str = ""
    source: Source | None = None
    prepared: Prepared | None = None
    prepared_key: str = ""
    before: Reading | None = None
    texts: tuple[PageText | None, ...] = ()
    records: tuple[PageRecord, ...] = ()
    others: tuple[Work, ...] = ()
    lost: int = 0
    killed: int = 0
    blocked: Failure | None = None


class Indexed(Value, frozen=True):
    """The outcome of the index stage: which pages the index did not take, and why."""

    failed: dict[str, Failure] = {}  # noqa: RUF012 - msgspec copies the default


Result = Prepared | PageText | Description
Outcome = Result | Indexed | Failure

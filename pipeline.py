"""The whole run on one screen: the stages in order; begin, the pure function, settle.

A page runs through its stages in one go: what settles a stage begins the next one in the same commit. A
failure is a value and ends the page's run at that stage, never the document's and never the batch's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from msgspec.structs import replace

from archive.catalog import codec
from archive.errors import LOST_TOO_OFTEN, ArsipError, Failure, failure_of
from archive.ledger.ledger import Ledger
from archive.ledger.work import Indexed, Outcome, Work
from archive.types import (
    Description,
    PageRecord,
    PageText,
    Prepared,
    PrepareOptions,
    Reading,
    ReadOptions,
    Source,
    Stage,
)

_T = TypeVar("_T")

WORKERS_A_PAGE = 10
"""Work that was in the hands of this many workers that went away is set aside."""


class Reader(Protocol):
    """Who decodes and reads pages; it keeps the clean image of its last ``prepare`` for the ``read``."""

    def prepare(self, source: Source, options: PrepareOptions) -> Prepared:
        """Make the clean page image, and say how."""
        ...

    def read(
        self,
        source: Source,
        options: PrepareOptions,
        prepared: Prepared,
        read_options: ReadOptions,
        before: Reading | None,
    ) -> PageText:
        """Read the words of a prepared page, and compare them with the reading it had before, if any."""
        ...


class Index(Protocol):
    """Where records are written for the search."""

    def write(self, records: tuple[PageRecord, ...]) -> dict[str, Failure]:
        """Write records, each fenced by its revision; returns the failures by page."""
        ...


Describe = Callable[[tuple[PageText | None, ...], str], Description]
Stages = Mapping[Stage, Callable[[Work], Outcome]]


def stages(
    reader: Callable[[], Reader],
    describe: Describe,
    index: Index,
    prepare_options: PrepareOptions,
    read_options: Callable[[str], ReadOptions],
) -> Stages:
    """The four stages as functions of their work; ``reader`` gives the reader of the calling thread."""

    def preprocess(work: Work) -> Prepared:
        return reader().prepare(_given(work.source), prepare_options)

    def ocr(work: Work) -> PageText:
        options = replace(read_options(work.languages), killed=work.killed)
        page = _given(work.source), prepare_options, _given(work.prepared), options
        return reader().read(*page, work.before)

    def classify(work: Work) -> Description:
        return describe(work.texts, work.path)

    def put(work: Work) -> Indexed:
        return Indexed(index.write(work.records))

    return {Stage.PREPROCESS: preprocess, Stage.OCR: ocr, Stage.CLASSIFY: classify, Stage.INDEX: put}


def follow(stage: Stage, page_is_settled: bool, document_is_settled: bool) -> Stage | None:
    """What comes next: a page is findable as soon as it is read, and described when its document is."""
    if stage is Stage.INDEX:
        return None
    if stage is Stage.CLASSIFY:
        return Stage.INDEX
    if not page_is_settled:
        return Stage.OCR
    return Stage.CLASSIFY if document_is_settled else Stage.INDEX


def attempt(stages: Stages, work: Work) -> Outcome:
    """Do one work. Whatever goes wrong becomes a value; what is known already is not done again."""
    try:
        if work.blocked is not None:
            return work.blocked
        if work.lost >= WORKERS_A_PAGE:
            raise ArsipError(LOST_TOO_OFTEN, times=work.lost)
        if work.known is not None:
            return codec.unpack(work.stage, work.known)
        return stages[work.stage](work)
    except Exception as error:
        return failure_of(error)


def run(ledger: Ledger, stages: Stages, stage: Stage, subject: str) -> None:
    """Take one message as far as it goes."""
    work = ledger.begin(stage, subject)
    while work is not None:
        outcome = attempt(stages, work)
        work = ledger.settle(work, outcome, follow)


def _given(value: _T | None) -> _T:
    if value is None:
        raise ValueError("a work lacks what its stage needs")
    return value

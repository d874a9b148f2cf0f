"""A small archive for tests of the ledger: a real catalog, documents without bytes, outcomes by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

import pipeline
from archive.catalog.accounts import account
from archive.catalog.connect import Catalog, Database, open_catalog
from archive.catalog.intake import Batch, Leaf, NewDocument, Place, Seen, open_batch, take_in
from archive.catalog.schema import stage_run
from archive.ledger.inputs import Inputs
from archive.ledger.ledger import Ledger
from archive.ledger.messages import waiting
from archive.ledger.work import Indexed, Outcome, Work
from archive.types import Box, Description, Field, Homography, Label, PageText, Prepared, Quality, Stage, Word

PREPARED = Prepared(
    width=1000,
    height=1400,
    dpi=120.0,
    turn=0,
    to_shown=Homography(),
    origin="frame",
    quality=Quality(sharpness=1.0, contrast=1.0, skew_degrees=0.0, ink=0.1, blank=False),
    steps=(),
)
BLANK = Prepared(
    width=1000,
    height=1400,
    dpi=120.0,
    turn=0,
    to_shown=Homography(),
    origin="frame",
    quality=Quality(sharpness=0.0, contrast=0.0, skew_degrees=0.0, ink=0.0, blank=True),
    steps=(),
)
DESCRIPTION = Description(
    Label("undangan", 0.9),
    Field("005/1/UM/2021", 0.9),
    Field("2021-05-12", 0.9),
    Field(None, reason="not-found"),
)


def text_of(*words: str) -> PageText:
    """A page text of these words."""
    return PageText(
        tuple(Word(word, Box(0.1, 0.1, 0.1, 0.02), 0.9, 0) for word in words),
        "ocr",
        "test",
        "none",
        "1",
        confidence=0.9,
    )


def inputs() -> Inputs:
    """Inputs whose originals lie nowhere."""
    return Inputs(lambda blob: f"/nowhere/{blob}", lambda stage, *_options: f"{stage}-1")


class Archive:
    """A catalog with one batch, and ledgers on it."""

    def __init__(self, place: Path | str | Database) -> None:
        """``place`` is a folder, or what ``open_catalog`` takes."""
        if isinstance(place, Path) and place.is_dir():
            place /= "catalog.sqlite"
        self.catalog: Catalog = open_catalog(place)
        self.batch: Batch = open_batch(self.catalog, "batch")
        self.ledger = Ledger(self.catalog, inputs())

    def add(self, name: str, frames: int = 1, blob: str | None = None, place: Place | None = None) -> None:
        """Take in one document of so many pages."""
        leaf = Leaf(Seen("/in", name, 10, 1), (blob or name).ljust(64, "0"), 10, "image/tiff", frames)
        take_in(self.catalog, self.batch, place or Place(), [NewDocument(name, (leaf,))], [])

    def waiting(self) -> list[tuple[Stage, str]]:
        """What may be begun now."""
        return [(each.stage, each.subject) for each in waiting(self.catalog, list(Stage), 1000)]

    def begin(self, ledger: Ledger | None = None) -> Work:
        """Begin the first thing that waits."""
        stage, subject = self.waiting()[0]
        work = (ledger or self.ledger).begin(stage, subject)
        assert work is not None
        return work

    def settle(self, work: Work, outcome: Outcome, ledger: Ledger | None = None) -> Work | None:
        """Settle as the pipeline does."""
        return (ledger or self.ledger).settle(work, outcome, pipeline.follow)

    def go(self, work: Work, outcome: Outcome, ledger: Ledger | None = None) -> Work:
        """Settle a work that something follows from."""
        following = self.settle(work, outcome, ledger)
        assert following is not None
        return following

    def drain(self, outcomes: dict[Stage, Outcome] | None = None) -> None:
        """Work until nothing is due, each stage with its outcome."""
        given = GOOD | (outcomes or {})
        while due := self.waiting():
            work = self.ledger.begin(*due[0])
            while work is not None:
                work = self.settle(work, given[work.stage])

    def until_index(self) -> None:
        """Work on what waits until only the index is left to do."""
        others = Ledger(self.catalog, inputs(), [stage for stage in Stage if stage is not Stage.INDEX])
        for stage, subject in self.waiting():
            work = others.begin(stage, subject)
            while work is not None:
                work = self.settle(work, GOOD[work.stage], others)


GOOD: dict[Stage, Outcome] = {
    Stage.PREPROCESS: PREPARED,
    Stage.OCR: text_of("surat", "undangan"),
    Stage.CLASSIFY: DESCRIPTION,
    Stage.INDEX: Indexed(),
}


def classes(archive: Archive) -> dict[str, int]:
    """How many pages stand where."""
    pages = account(archive.catalog, "batch").pages
    return {name: getattr(pages, name) for name in pages.__slots__ if getattr(pages, name)}


def outcomes(archive: Archive) -> dict[str, int]:
    """How many attempts ended how."""
    with archive.catalog.read() as connection:
        rows = connection.execute(select(stage_run.c.outcome, func.count()).group_by(stage_run.c.outcome))
        return {outcome: count for outcome, count in rows}  # noqa: C416 - Row is no tuple of two to mypy


def count(archive: Archive, table: object) -> int:
    """How many rows a table has."""
    with archive.catalog.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def work_on(archive: Archive) -> None:
    """Run as a worker does until nothing is due."""
    stages = {stage: (lambda work: GOOD[work.stage]) for stage in Stage}
    while due := archive.waiting():
        pipeline.run(archive.ledger, stages, *due[0])


def at_once(*calls: Callable[[], object]) -> None:
    """Run these in threads that start at the same moment; what one of them raises is raised here."""
    start, raised = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]

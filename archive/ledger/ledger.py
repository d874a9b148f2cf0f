"""Begin and settle: claim and begin in one commit, settle and begin the next in one commit.

``settle`` checks the fence and writes the result, the end of the run, the end of the message and the next
message, already begun by the same owner, all in one commit. Attempts are counted in ``stage_run`` and
nowhere else; only here is decided what is tried again, when, and what is set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from archive.catalog import codec
from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, document, message, page, stage_run
from archive.catalog.tools import insert
from archive.errors import PAGE_MEMORY, PAGE_TIMEOUT, READER_DIED, Failure, Fault
from archive.ledger.inputs import Inputs
from archive.ledger.messages import AT_ONCE, HELD, Post, put
from archive.ledger.outcome import keep, stop, write_document, write_page
from archive.ledger.owner import me
from archive.ledger.work import Indexed, Outcome, Work
from archive.types import Stage

Claimed = Row[tuple[object, ...]]
Follow = Callable[[Stage, bool, bool], Stage | None]
"""The next stage after this one, given whether the page and whether the whole document is settled."""

KILLED_READER = frozenset({PAGE_TIMEOUT.code, PAGE_MEMORY.code, READER_DIED.code})
READERS_A_PAGE = 3
"""A page that has killed this many readers is set aside (promise 4)."""
LONGEST_WAIT_SECONDS = 60.0
TAKEN_TOGETHER = 64
"""How many pages the index takes at a time."""


class Ledger:
    """The ledger of one worker process, which serves some of the stages."""

    def __init__(self, catalog: Catalog, inputs: Inputs, serves: Collection[Stage] = tuple(Stage)) -> None:
        self.catalog = catalog
        self.owner = me()
        self.serves = frozenset(serves)
        self._inputs = inputs

    def begin(self, stage: Stage, subject: str) -> Work | None:
        """Claim a message and open its run. ``None``: done, not due, or in somebody else's hands."""
        with self.catalog.write() as connection:
            return self._begin(connection, stage, subject)

    def settle(self, work: Work, outcome: Outcome, follow: Follow) -> Work | None:
        """Write what came of a work, and begin what follows from it; ``None`` when the chain ends here.

        A result that comes too late (its message is gone or held by another run, or its page has a newer
        revision) changes nothing.
        """
        with self.catalog.write() as connection:
            if work.stage is Stage.INDEX:
                self._settle_index(connection, work, outcome)
                return None
            if not _holds(connection, work):
                self._close(connection, work, "stale")
                return None
            if work.stage is Stage.CLASSIFY:
                return self._settle_document(connection, work, outcome, follow)
            return self._settle_page(connection, work, outcome, follow)

    def _begin(self, connection: Connection, stage: Stage, subject: str) -> Work | None:
        if stage is Stage.INDEX:
            return self._begin_index(connection, subject)
        claimed = self._claim(connection, stage, subject)
        if claimed is None:
            return None
        work = self._inputs.work(connection, claimed)
        if work is None:
            connection.execute(delete(message).where(message.c.id == claimed.id))
            return None
        run = self._open(connection, [work], {subject: claimed.batch})[0]
        connection.execute(update(message).where(message.c.id == claimed.id).values(run=run))
        return _with_run(work, run)

    def _begin_index(self, connection: Connection, subject: str) -> Work | None:
        """Claim this page's index message and all that wait with it: the index takes them together."""
        first = (
            select(message.c.id)
            .where(message.c.stage == Stage.INDEX, *self._free())
            .order_by(message.c.subject != subject, message.c.priority, message.c.number, message.c.id)
            .limit(TAKEN_TOGETHER)
            .with_for_update(skip_locked=True)
        )
        claimed = connection.execute(
            update(message).where(message.c.id.in_(first)).values(owner=self.owner).returning(message)
        ).all()
        work = self._inputs.index_work(connection, claimed)
        if work is None:
            connection.execute(delete(message).where(message.c.id.in_([row.id for row in claimed])))
            return None
        works = _taken(work)
        runs = self._open(connection, works, {row.subject: row.batch for row in claimed})
        connection.execute(
            update(message)
            .where(message.c.stage == Stage.INDEX, message.c.subject == bindparam("of"))
            .values(run=bindparam("by")),
            [{"of": each.subject, "by": run} for each, run in zip(works, runs, strict=True)],
        )
        others = tuple(_with_run(each, run) for each, run in zip(works[1:], runs[1:], strict=True))
        return msgspec.structs.replace(work, run=runs[0], others=others)

    def _claim(self, connection: Connection, stage: Stage, subject: str) -> Claimed | None:
        this = (
            select(message.c.id)
            .where(message.c.stage == stage, message.c.subject == subject, *self._free())
            .with_for_update(skip_locked=True)
        )
        return connection.execute(
            update(message).where(message.c.id.in_(this)).values(owner=self.owner).returning(message)
        ).one_or_none()

    def _free(self) -> tuple[ColumnElement[bool], ...]:
        """What makes a message one that may be claimed now."""
        return (
            message.c.owner.is_(None),
            message.c.due <= self.catalog.now(),
            message.c.priority < HELD,
        )

    def _open(self, connection: Connection, works: list[Work], batches: Mapping[str, str]) -> list[int]:
        """Open a run for each work, which is the moment the attempt counts; returns the runs' ids.

        ``batches`` has the batch of each subject.
        """
        rows = [
            {
                "stage": work.stage,
                "subject": work.subject,
                "revision": work.revision,
                "batch": batches[work.subject],
                "owner": self.owner,
                "started_at": self.catalog.now(),
            }
            for work in works
        ]
        opened = connection.execute(
            insert(connection, stage_run).returning(stage_run.c.id, sort_by_parameter_order=True), rows
        )
        return list(opened.scalars())

    def _settle_page(
        self, connection: Connection, work: Work, outcome: Outcome, follow: Follow
    ) -> Work | None:
        row = connection.execute(
            select(page.c.document, page.c.batch, page.c.number, page.c.revision, batch.c.priority)
            .join(batch, batch.c.id == page.c.batch)
            .where(page.c.id == work.subject)
        ).one()
        # Two last pages must not both think that the other is open (SQLite has one writer anyway).
        connection.execute(select(document.c.id).where(document.c.id == row.document).with_for_update())
        if self._goes_again(connection, work, outcome, row.revision):
            return None
        fresh = self._end(connection, work, outcome)
        is_settled = write_page(connection, work, outcome, row.document)
        document_settled = (
            is_settled
            and not connection.execute(
                select(exists().where(page.c.document == row.document, page.c.open))
            ).scalar_one()
        )
        stage = follow(work.stage, is_settled, document_settled)
        if stage is None:
            return None
        subject, number = (row.document, 0) if stage is Stage.CLASSIFY else (work.subject, row.number)
        put(connection, [Post(stage, subject, row.batch, row.priority, number, fresh)])
        return self._begin(connection, stage, subject) if stage in self.serves else None

    def _settle_document(
        self, connection: Connection, work: Work, outcome: Outcome, follow: Follow
    ) -> Work | None:
        row = connection.execute(
            select(document.c.batch, document.c.revision, batch.c.priority)
            .join(batch, batch.c.id == document.c.batch)
            .where(document.c.id == work.subject)
            .with_for_update(of=document)
        ).one()
        if self._goes_again(connection, work, outcome, row.revision):
            return None
        self._end(connection, work, outcome)
        write_document(connection, work, outcome)
        pages = connection.execute(
            update(page)
            .where(page.c.document == work.subject)
            .values(revision=page.c.revision + 1)
            .returning(page.c.id, page.c.number)
        ).all()
        stage = follow(work.stage, True, True)
        if stage is None or not pages:
            return None
        put(connection, [Post(stage, each.id, row.batch, row.priority, each.number) for each in pages])
        return self._begin(connection, stage, pages[0].id) if stage in self.serves else None

    def _goes_again(self, connection: Connection, work: Work, outcome: Outcome, revision: int) -> bool:
        """Whether the subject has a newer revision, or failed and is to be tried again: its message stays."""
        if revision != work.revision:
            self._leave(connection, work, "stale")
            return True
        if isinstance(outcome, Failure) and (again := self._retry_at(connection, work, outcome)) is not None:
            self._leave(connection, work, "failed", due=again, failed=outcome)
            return True
        return False

    def _settle_index(self, connection: Connection, work: Work, outcome: Outcome) -> None:
        """Mark what the index took; a page that changed meanwhile keeps its message and goes again."""
        later = AT_ONCE
        for each in _taken(work):
            failed = outcome if isinstance(outcome, Failure) else None
            if isinstance(outcome, Indexed):
                failed = outcome.failed.get(each.subject)
            if not _holds(connection, each):
                self._close(connection, each, "stale")
            elif failed is None:
                self._indexed(connection, each)
            elif (again := self._retry_at(connection, each, failed)) is not None:
                self._leave(connection, each, "failed", due=again, failed=failed)
                later = max(later, again)
            elif _revision(connection, each) > each.revision:
                self._leave(connection, each, "failed", failed=failed)
            else:
                self._end(connection, each, failed)
                connection.execute(stop(each, failed).where(~page.c.open))
        if isinstance(outcome, Failure) and outcome.fault is Fault.WORLD:
            # The index is down, and not for these pages only: the others need not find out one by one.
            waits = and_(message.c.stage == Stage.INDEX, message.c.owner.is_(None), message.c.due < later)
            connection.execute(update(message).where(waits).values(due=later))

    def _indexed(self, connection: Connection, work: Work) -> None:
        connection.execute(
            update(page)
            .where(page.c.id == work.subject, page.c.indexed_revision < work.revision)
            .values(indexed_revision=work.revision)
        )
        connection.execute(
            update(page)
            .where(page.c.id == work.subject, page.c.stop_stage == Stage.INDEX)
            .values(stop_stage=None, stop_cause=None, stop_details=None)
        )
        if _revision(connection, work) > work.revision:
            self._leave(connection, work, "done")
        else:
            self._close(connection, work, "done")
            connection.execute(delete(message).where(_its_message(work)))

    def _leave(
        self,
        connection: Connection,
        work: Work,
        ended: str,
        due: float = AT_ONCE,
        failed: Failure | None = None,
    ) -> None:
        """End the run and leave its message for anybody, from ``due`` on."""
        self._close(connection, work, ended, failed)
        connection.execute(
            update(message).where(_its_message(work)).values(owner=None, run=None, sent_at=None, due=due)
        )

    def _end(self, connection: Connection, work: Work, outcome: Outcome) -> bool:
        """End run and message, keep the result; returns whether the message had asked for a fresh one."""
        if isinstance(outcome, Failure):
            self._close(connection, work, "stopped", outcome)
        else:
            self._close(connection, work, "done" if work.known is None else "reused")
            if work.known is None and not isinstance(outcome, Indexed):
                keep(connection, work, outcome)
        ended = connection.execute(
            delete(message).where(_its_message(work)).returning(message.c.fresh)
        ).scalar()
        return bool(ended)

    def _close(self, connection: Connection, work: Work, ended: str, failed: Failure | None = None) -> None:
        connection.execute(
            update(stage_run)
            .where(stage_run.c.id == work.run, stage_run.c.outcome.is_(None))
            .values(
                ended_at=self.catalog.now(),
                outcome=ended,
                cause=None if failed is None else failed.cause,
                details=None if failed is None else codec.details(failed),
            )
        )

    def _retry_at(self, connection: Connection, work: Work, failed: Failure) -> float | None:
        """When a failed work is due again, ``None`` when it is set aside.

        The world's fault is tried again with a back-off that doubles from one second up to a minute; a page
        that killed its reader until the third one died; the file's own fault and what nobody expected never.
        """
        tries = connection.execute(
            select(func.count()).where(
                stage_run.c.subject == work.subject,
                stage_run.c.stage == work.stage,
                stage_run.c.revision == work.revision,
                or_(stage_run.c.outcome == "failed", stage_run.c.id == work.run),
            )
        ).scalar_one()
        if failed.fault is Fault.WORLD:
            return self.catalog.now() + min(2.0 ** min(tries - 1, 10), LONGEST_WAIT_SECONDS)
        if failed.cause in KILLED_READER and tries < READERS_A_PAGE:
            return AT_ONCE
        return None


def _taken(work: Work) -> list[Work]:
    """An index work as the works of its pages."""
    return [work, *work.others]


def _with_run(work: Work, run: int) -> Work:
    return msgspec.structs.replace(work, run=run)


def _its_message(work: Work) -> ColumnElement[bool]:
    """The message of a work, as long as its run holds it."""
    return and_(message.c.stage == work.stage, message.c.subject == work.subject, message.c.run == work.run)


def _revision(connection: Connection, work: Work) -> int:
    """The revision of a work's page now."""
    now: int = connection.execute(select(page.c.revision).where(page.c.id == work.subject)).scalar_one()
    return now


def _holds(connection: Connection, work: Work) -> bool:
    """The fence: whether this run is still the one that holds the message."""
    held: bool = connection.execute(select(exists().where(_its_message(work)))).scalar_one()
    return held

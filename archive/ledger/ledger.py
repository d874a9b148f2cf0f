"""Begin and settle: claim and begin in one commit, settle and begin the next in one commit.

``settle`` checks the fence and writes the result, the end of the run, the end of the message and the next
message, already begun by the same owner, all in one commit. Attempts are counted in ``stage_run`` and
nowhere else; only here is decided what is tried again, when, and what is set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from archive.catalog import codec
from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, document, message, page, stage_run
from archive.catalog.tools import in_order, insert
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

        def do(connection: Connection) -> Work | None:
            if stage is Stage.CLASSIFY:  # whoever settles a page of it must have come to his end
                connection.execute(in_order(document, document.c.id == subject))
            return self._begin(connection, stage, subject)

        return self.catalog.transact(do)

    def settle(self, work: Work, outcome: Outcome, follow: Follow) -> Work | None:
        """Write what came of a work, and begin what follows from it; ``None`` when the chain ends here.

        A result that comes too late (its message is gone or held by another run, or its page has a newer
        revision) changes nothing.
        """

        def do(connection: Connection) -> Work | None:
            if work.stage is Stage.INDEX:
                self._settle_index(connection, work, outcome)
                return None
            if work.stage is Stage.CLASSIFY:
                return self._settle_document(connection, work, outcome, follow)
            return self._settle_page(connection, work, outcome, follow)

        return self.catalog.transact(do)

    def _begin(self, connection: Connection, stage: Stage, subject: str) -> Work | None:
        claimed = self._claim(connection, stage, subject)
        if claimed is None:
            return None
        if stage is Stage.INDEX:
            return self._begin_index(connection, claimed)
        work = self._inputs.work(connection, claimed)
        if work is None:
            connection.execute(delete(message).where(message.c.id == claimed.id))
            return None
        return self._open(connection, [work], [claimed])[0]

    def _begin_index(self, connection: Connection, claimed: Claimed) -> Work | None:
        """Take all that waits together with this page, which the index is quicker with.

        A page that a worker was lost with is taken alone, so that the others need not pay for it.
        """
        rows = [claimed, *self._claim_others(connection)]
        works = self._inputs.index_works(connection, rows)
        taken = [work for work in works if not work.lost]
        if works and works[0].subject == claimed.subject and works[0].lost:
            taken = works[:1]
        known, mine = ({work.subject for work in some} for some in (works, taken))
        if unknown := [row.id for row in rows if row.subject not in known]:
            connection.execute(delete(message).where(message.c.id.in_(unknown)))
        if others := [row.id for row in rows if row.subject in known - mine]:
            connection.execute(
                update(message).where(message.c.id.in_(others)).values(owner=None, sent_at=None)
            )
        if not taken:
            return None
        taken.sort(key=lambda work: work.blocked is not None)  # the first speaks for all
        first, *rest = self._open(connection, taken, rows)
        together = tuple(record for work in taken for record in work.records)
        return msgspec.structs.replace(first, records=together, others=tuple(rest))

    def _claim(self, connection: Connection, stage: Stage, subject: str) -> Claimed | None:
        this = select(message.c.id).where(
            message.c.stage == stage, message.c.subject == subject, *self._free()
        )
        return connection.execute(self._take(this)).one_or_none()

    def _claim_others(self, connection: Connection) -> Sequence[Claimed]:
        first = (
            select(message.c.id)
            .where(message.c.stage == Stage.INDEX, *self._free())
            .order_by(message.c.priority, message.c.number, message.c.id)
            .limit(TAKEN_TOGETHER - 1)
        )
        return connection.execute(self._take(first)).all()

    def _take(self, which: Select[tuple[int]]) -> ReturningUpdate[Any]:
        # A CTE is run once; PostgreSQL may run a subquery again, and then takes more than its limit.
        ids = which.with_for_update(skip_locked=True).cte("free")
        return (
            update(message)
            .where(message.c.id.in_(select(ids.c.id)))
            .values(owner=self.owner)
            .returning(message)
        )

    def _free(self) -> tuple[ColumnElement[bool], ...]:
        """What makes a message one that may be claimed now."""
        return (
            message.c.owner.is_(None),
            message.c.due <= self.catalog.now(),
            message.c.priority < HELD,
        )

    def _open(self, connection: Connection, works: Sequence[Work], claimed: Sequence[Claimed]) -> list[Work]:
        """Open a run for each work, which is the moment the attempt counts, and let it hold its message."""
        of = {row.subject: row for row in claimed}
        rows = [
            {
                "stage": work.stage,
                "subject": work.subject,
                "revision": work.revision,
                "batch": of[work.subject].batch,
                "owner": self.owner,
                "started_at": self.catalog.now(),
            }
            for work in works
        ]
        runs = connection.execute(
            insert(connection, stage_run).returning(stage_run.c.id, sort_by_parameter_order=True), rows
        ).scalars()
        opened = [msgspec.structs.replace(work, run=run) for work, run in zip(works, runs, strict=True)]
        connection.execute(
            update(message).where(message.c.id == bindparam("of")).values(run=bindparam("by")),
            [{"of": of[work.subject].id, "by": work.run} for work in opened],
        )
        return opened

    def _settle_page(
        self, connection: Connection, work: Work, outcome: Outcome, follow: Follow
    ) -> Work | None:
        # The document first: two last pages must not both think that the other is open. What is read
        # before the lock is there may be out of date.
        of = select(page.c.document).where(page.c.id == work.subject).scalar_subquery()
        connection.execute(in_order(document, document.c.id == of))
        row = connection.execute(
            select(page.c.document, page.c.batch, page.c.number, page.c.revision)
            .add_columns(batch.c.priority, message.c.fresh)
            .join_from(page, batch, batch.c.id == page.c.batch)
            .join(message, message.c.subject == page.c.id)
            .where(_its_message(work))
            .with_for_update(of=[page, message])
        ).one_or_none()
        if row is None:
            self._close(connection, [work], "stale")
            return None
        if self._goes_again(connection, work, outcome, row.revision):
            return None
        self._end(connection, work, outcome)
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
        put(connection, [Post(stage, subject, row.batch, row.priority, number, row.fresh)])
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
        if connection.execute(in_order(message, _its_message(work))).first() is None:
            self._close(connection, [work], "stale")
            return None
        if self._goes_again(connection, work, outcome, row.revision):
            return None
        self._end(connection, work, outcome)
        write_document(connection, work, outcome)
        pages = connection.execute(
            update(page)
            .where(page.c.id.in_(in_order(page, page.c.document == work.subject)))
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
        works = [work, *work.others]
        revisions, held = _lock(connection, works)
        done, later = [], AT_ONCE
        for each in works:
            failed = _failure(each, outcome)
            changed = revisions[each.subject] > each.revision
            if each.run not in held:
                self._close(connection, [each], "stale")
            elif failed is None and changed:
                _mark(connection, [each.subject], each.revision)
                self._leave(connection, each, "done")
            elif failed is None:
                done.append(each)
            elif (again := self._retry_at(connection, each, failed)) is not None:
                self._leave(connection, each, "failed", due=again, failed=failed)
                later = max(later, again)
            elif changed:
                self._leave(connection, each, "failed", failed=failed)
            else:
                self._end(connection, each, failed)
                connection.execute(stop(each, failed).where(~page.c.open))
        if done:
            _mark(connection, [each.subject for each in done], page.c.revision)
            self._close(connection, done, "done")
            connection.execute(delete(message).where(*_index_messages(done)))
        if isinstance(outcome, Failure) and outcome.fault is Fault.WORLD:
            # The index is down, and not for these pages only: the others need not find out one by one.
            waits = and_(message.c.stage == Stage.INDEX, message.c.owner.is_(None), message.c.due < later)
            others = in_order(message, waits, skip_locked=True)
            connection.execute(
                update(message).where(message.c.id.in_(others)).values(due=later, sent_at=None)
            )

    def _leave(
        self,
        connection: Connection,
        work: Work,
        ended: str,
        due: float = AT_ONCE,
        failed: Failure | None = None,
    ) -> None:
        """End the run and leave its message for anybody, from ``due`` on."""
        self._close(connection, [work], ended, failed)
        connection.execute(
            update(message).where(_its_message(work)).values(owner=None, run=None, sent_at=None, due=due)
        )

    def _end(self, connection: Connection, work: Work, outcome: Outcome) -> None:
        """End run and message, keep the result."""
        if isinstance(outcome, Failure):
            self._close(connection, [work], "stopped", outcome)
        else:
            self._close(connection, [work], "done" if work.known is None else "reused")
            if work.known is None and not isinstance(outcome, Indexed):
                keep(connection, work, outcome, self.catalog.now())
        connection.execute(delete(message).where(_its_message(work)))

    def _close(
        self, connection: Connection, works: Sequence[Work], ended: str, failed: Failure | None = None
    ) -> None:
        connection.execute(
            update(stage_run)
            .where(stage_run.c.id.in_([work.run for work in works]), stage_run.c.outcome.is_(None))
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


def _lock(connection: Connection, works: Sequence[Work]) -> tuple[dict[str, int], set[int]]:
    """Lock the pages of index works and their messages: the pages' revisions, and the runs that hold them."""
    pages = (
        select(page.c.id, page.c.revision)
        .where(page.c.id.in_([work.subject for work in works]))
        .order_by(page.c.id)
        .with_for_update()
    )
    revisions = {row.id: row.revision for row in connection.execute(pages)}
    held = select(message.c.run).where(*_index_messages(works)).order_by(message.c.id).with_for_update()
    return revisions, set(connection.execute(held).scalars())


def _mark(connection: Connection, pages: Sequence[str], revision: int | ColumnElement[int]) -> None:
    """Say that the index has this revision of pages; they are no longer set aside for its sake."""
    stopped_there = page.c.stop_stage == Stage.INDEX
    stop_columns = (page.c.stop_stage, page.c.stop_cause, page.c.stop_details)
    connection.execute(
        update(page)
        .where(page.c.id.in_(pages), page.c.indexed_revision <= revision)
        .values(
            {column: case((stopped_there, null()), else_=column) for column in stop_columns}
            | {page.c.indexed_revision: revision}
        )
    )


def _index_messages(works: Sequence[Work]) -> tuple[ColumnElement[bool], ...]:
    return message.c.stage == Stage.INDEX, message.c.subject.in_([work.subject for work in works])


def _failure(work: Work, outcome: Outcome) -> Failure | None:
    """Why the index did not take one of the pages that were taken together."""
    if work.blocked is not None:
        return work.blocked
    if isinstance(outcome, Failure):
        return outcome
    return outcome.failed.get(work.subject) if isinstance(outcome, Indexed) else None


def _its_message(work: Work) -> ColumnElement[bool]:
    """The fence: the message of a work, as long as its run is the one that holds it."""
    return and_(message.c.stage == work.stage, message.c.subject == work.subject, message.c.run == work.run)

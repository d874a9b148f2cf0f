"""What begin and settle say to the catalog, each statement built once: building takes longer than running.

Values are bound by name: ``of`` is the subject, ``of_stage`` and ``of_run`` are those of the work. Rows are
locked in the order that ``tools.in_order`` tells.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from archive.catalog.schema import batch, document, message, page, stage_run
from archive.catalog.tools import in_order, insert_for
from archive.ledger.messages import AT_ONCE, HELD
from archive.types import Stage

OF: Any = bindparam("of")
OF_ALL: Any = bindparam("of_all", expanding=True)
OF_STAGE: Any = bindparam("of_stage")
OF_RUN: Any = bindparam("of_run")
NOW: Any = bindparam("now")

_ITS_MESSAGE = and_(message.c.stage == OF_STAGE, message.c.subject == OF, message.c.run == OF_RUN)
"""The fence: the message of a work, as long as its run is the one that holds it."""
_MAY_BE_CLAIMED = (message.c.due <= NOW, message.c.priority < HELD)
# Without saying so, that a message is in nobody's hands: else the index of all that wait may look like the
# shorter way to one of them, to a server that last counted when few waited.
_NOBODYS = func.coalesce(message.c.owner, "") == ""
_OF_INDEX = message.c.stage == Stage.INDEX.value


def _take(which: Select[tuple[int]]) -> ReturningUpdate[Any]:
    # A CTE is run once; PostgreSQL may run a subquery again, and then takes more than its limit.
    free = which.where(*_MAY_BE_CLAIMED).with_for_update(skip_locked=True).cte("free")
    taken = update(message).where(message.c.id.in_(select(free.c.id))).values(owner=bindparam("me"))
    return taken.returning(message)


LOCK_DOCUMENT = in_order(document, document.c.id == OF)
CLAIM = _take(select(message.c.id).where(message.c.stage == OF_STAGE, message.c.subject == OF, _NOBODYS))
CLAIM_FOR_INDEX = _take(
    select(message.c.id)
    .where(_OF_INDEX, message.c.owner.is_(None))
    .order_by(message.c.priority, message.c.number, message.c.id)
    .limit(bindparam("at_most"))
)
OPEN_RUN = insert(stage_run).returning(stage_run.c.id, sort_by_parameter_order=True)
DROP_RUN = delete(stage_run).where(stage_run.c.id == OF_RUN)
HOLD = update(message).where(message.c.id == bindparam("of_message")).values(run=bindparam("of_run"))
GIVE_BACK = update(message).where(message.c.id.in_(OF_ALL)).values(owner=None, sent_at=None)
DROP = delete(message).where(message.c.id.in_(OF_ALL))


@cache
def put_held(dialect: str) -> ReturningInsert[Any]:
    """Put a message in somebody's hands, unless there is one already; returns its id."""
    values = {"due": AT_ONCE, "owner": bindparam("me"), "run": bindparam("of_run")}
    return insert_for(dialect, message).values(values).on_conflict_do_nothing().returning(message.c.id)


PAGE_HELD = (
    select(page.c.document, page.c.batch, page.c.number, page.c.revision, batch.c.priority, message.c.fresh)
    .add_columns(page.c.prepared_key, page.c.text_key)
    .join_from(page, document, document.c.id == page.c.document)
    .join(batch, batch.c.id == page.c.batch)
    .join(message, message.c.subject == page.c.id)
    .where(_ITS_MESSAGE)
    .with_for_update(of=[document, page, message])
)
"""The page of a work and its message, locked after their document: what is read is what is there then."""
DOCUMENT_HELD = (
    select(document.c.batch, document.c.revision, batch.c.priority)
    .join(batch, batch.c.id == document.c.batch)
    .join(message, message.c.subject == document.c.id)
    .where(_ITS_MESSAGE)
    .with_for_update(of=[document, message])
)
INDEXED_HELD = (
    select(page.c.id, page.c.revision, message.c.run)
    .join(message, message.c.subject == page.c.id)
    .where(_OF_INDEX, message.c.subject.in_(OF_ALL))
    .order_by(page.c.id)
    .with_for_update(of=[page, message])
)

CLOSE_RUN = (
    update(stage_run)
    .where(stage_run.c.id == OF_RUN, stage_run.c.outcome.is_(None))
    .values(ended_at=NOW, outcome=bindparam("ended"), cause=bindparam("why"), details=bindparam("facts"))
)
END_MESSAGE = delete(message).where(_ITS_MESSAGE)
END_INDEX_MESSAGES = delete(message).where(_OF_INDEX, message.c.subject.in_(OF_ALL))
LEAVE_MESSAGE = (
    update(message).where(_ITS_MESSAGE).values(owner=None, run=None, sent_at=None, due=bindparam("until"))
)
PUT_OFF_INDEX = (
    update(message)
    .where(
        message.c.id.in_(
            in_order(message, _OF_INDEX, message.c.owner.is_(None), message.c.due < NOW, skip_locked=True)
        )
    )
    .values(due=NOW, sent_at=None)
)
"""The index is down, and not for these pages only: the others need not find out one by one."""

TRIES = select(func.count()).where(
    stage_run.c.subject == OF,
    stage_run.c.stage == OF_STAGE,
    stage_run.c.revision == bindparam("of_revision"),
    or_(stage_run.c.outcome == "failed", stage_run.c.id == OF_RUN),
)

NEXT_REVISION_OF_PAGES = (
    update(page)
    .where(page.c.id.in_(in_order(page, page.c.document == OF)))
    .values(revision=page.c.revision + 1)
    .returning(page.c.id, page.c.number)
)
HAS_OPEN_PAGES = select(exists().where(page.c.document == OF, page.c.open))

_not_stopped_there = {
    column: case((page.c.stop_stage == Stage.INDEX.value, null()), else_=column)
    for column in (page.c.stop_stage, page.c.stop_cause, page.c.stop_details)
}
INDEX_HAS_PAGES = (
    update(page)
    .where(page.c.id.in_(OF_ALL))
    .values({page.c.indexed_revision: page.c.revision, **_not_stopped_there})
)
"""The index has these pages as they are: they are no longer set aside for its sake."""
INDEX_HAD_PAGE = (
    update(page)
    .where(page.c.id == OF, page.c.indexed_revision < bindparam("of_revision"))
    .values({page.c.indexed_revision: bindparam("of_revision"), **_not_stopped_there})
)
"""The index has an older revision of a page."""

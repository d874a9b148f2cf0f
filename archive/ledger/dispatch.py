"""What a broker is told of: a window of the table of messages, first things first.

The table stays the truth. ``message.sent_at`` says when a broker was told of a message that nobody has begun
since; what is begun, left or freed loses it. So little is sent at a time that priority and pause still mean
something, and what a broker loses is only sent again.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Double,
    Integer,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    union_all,
    update,
)

from archive.catalog.connect import Catalog
from archive.catalog.schema import message, worker
from archive.catalog.tools import IN_LIMIT
from archive.ledger.messages import HELD
from archive.ledger.workers import LEASE_SECONDS
from archive.types import Stage

WINDOW = 2
"""How many messages are sent and not begun, for each thread that lives."""
RESEND_SECONDS = 300.0
"""After how long what was sent and not begun is sent again, whatever the broker says."""


_Time = float | BindParameter[float]


class Letter(NamedTuple):
    """A message to be published: what is to be done, to what, and how soon (a lower priority is sooner)."""

    id: int
    stage: Stage
    subject: str
    priority: int


def choose(catalog: Catalog, stages: Collection[Stage], resend_seconds: float) -> list[Letter]:
    """Choose what is to be published now, and note that it was; the first things first.

    Any number of dispatchers may choose at once: each message is given to one of them. No more than IN_LIMIT
    come at a time.
    """
    now = catalog.now()
    with catalog.read() as connection:
        window = WINDOW * _threads(connection, stages, now)
        sent = _sent_by_priority(connection, stages, now, resend_seconds)
        waiting = _waiting(connection, stages, now, resend_seconds, min(window, IN_LIMIT))
    fitting = _fitting(waiting, sent, window)
    if not fitting:
        return []
    still = _may_go(now, now - resend_seconds, now + resend_seconds)
    chosen = (
        select(message.c.id)
        .where(message.c.id.in_([each.id for each in fitting]), *still)
        .with_for_update(skip_locked=True)
    )
    with catalog.write() as connection:
        marked = update(message).where(message.c.id.in_(chosen)).values(sent_at=now).returning(message.c.id)
        ours = set(connection.execute(marked).scalars())
    return [each for each in fitting if each.id in ours]


def take_back(catalog: Catalog, letters: Iterable[Letter]) -> None:
    """Note that these were not published after all."""
    with catalog.write() as connection:
        connection.execute(
            update(message)
            .where(message.c.id.in_([each.id for each in letters]), message.c.owner.is_(None))
            .values(sent_at=None)
        )


def is_overdue(catalog: Catalog, owner: str, stages: Collection[Stage], seconds: float) -> bool:
    """Whether something was sent so many seconds ago and not begun, although this owner has nothing to do."""
    with catalog.read() as connection:
        late = exists().where(*_overdue(stages, catalog.now() - seconds))
        busy = exists().where(message.c.owner == owner)
        return bool(connection.execute(select(and_(late, not_(busy)))).scalar_one())


def send_again(catalog: Catalog, stages: Collection[Stage], seconds: float) -> None:
    """Let what was sent so many seconds ago and not begun be sent again."""
    with catalog.write() as connection:
        overdue = _overdue(stages, catalog.now() - seconds)
        connection.execute(update(message).where(*overdue).values(sent_at=None))


def _threads(connection: Connection, stages: Collection[Stage], now: float) -> int:
    """How many threads live that serve any of these stages."""
    alive = select(worker.c.stages, worker.c.threads).where(worker.c.seen_at > now - LEASE_SECONDS)
    wanted = {stage.value for stage in stages}
    return sum(row.threads for row in connection.execute(alive) if wanted & set(row.stages.split()))


def _sent_by_priority(
    connection: Connection, stages: Collection[Stage], now: float, resend_seconds: float
) -> dict[int, int]:
    """How many messages of each priority are with the broker."""
    rows = connection.execute(
        select(message.c.priority, func.count())
        .where(
            message.c.owner.is_(None),
            message.c.stage.in_(list(stages)),
            message.c.priority < HELD,
            message.c.sent_at.between(now - resend_seconds, now + resend_seconds),
        )
        .group_by(message.c.priority)
    )
    return {row[0]: row[1] for row in rows}


def _waiting(
    connection: Connection, stages: Collection[Stage], now: float, resend_seconds: float, limit: int
) -> list[Letter]:
    """What may be published, first things first."""
    given = {"now": now, "before": now - resend_seconds, "after": now + resend_seconds, "most": limit}
    rows = connection.execute(_waiting_query(tuple(stages)), given)
    return [Letter(row.id, Stage(row.stage), row.subject, row.priority) for row in rows]


@functools.cache
def _waiting_query(stages: tuple[Stage, ...]) -> CompoundSelect[tuple[Any, ...]]:
    """Made once: it is asked again and again, and to make it takes longer than to answer it."""
    now, before, after = (bindparam(name, type_=Double) for name in ("now", "before", "after"))
    most = bindparam("most", type_=Integer)
    first = (message.c.priority, message.c.number, message.c.id)
    columns = (message.c.id, message.c.stage, message.c.subject, message.c.priority, message.c.number)
    # The first of each stage, then of those: an index leads to them however many wait.
    heads = [
        select(
            select(*columns)
            .where(message.c.stage == stage, *_may_go(now, before, after))
            .order_by(*first)
            .limit(most)
            .subquery()
        )
        for stage in stages
    ]
    return union_all(*heads).order_by("priority", "number", "id").limit(most)


def _fitting(waiting: list[Letter], sent: dict[int, int], window: int) -> list[Letter]:
    """As many as the window has room for.

    For each, only what is as urgent or more urgent takes up room, so that an urgent letter goes out at once
    however much else was sent. Half a window at a time: each thread has one to go on with meanwhile.
    """
    fitting: list[Letter] = []
    for each in waiting:
        ahead = len(fitting) + sum(count for priority, count in sent.items() if priority <= each.priority)
        if ahead >= window or (not fitting and 2 * ahead > window):
            break
        fitting.append(each)
    return fitting


def _may_go(now: _Time, before: _Time, after: _Time) -> tuple[ColumnElement[bool], ...]:
    """What makes a message one that may be published now.

    Sent between ``before`` and ``after`` is sent lately: what lies further ahead comes from a clock that was
    set back since.
    """
    return (
        message.c.owner.is_(None),
        message.c.due <= now,
        message.c.priority < HELD,
        or_(message.c.sent_at.is_(None), not_(message.c.sent_at.between(before, after))),
    )


def _overdue(stages: Collection[Stage], before: float) -> tuple[ColumnElement[bool], ...]:
    return (
        message.c.owner.is_(None),
        message.c.stage.in_(list(stages)),
        message.c.priority < HELD,
        message.c.sent_at <= before,
    )

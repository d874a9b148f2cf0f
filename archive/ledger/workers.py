"""Who works: a worker is a row, renewed as long as he lives; what he held comes free when he is gone.

Whether a process of this machine is there is seen at once (pid, start time, boot id). Of one out of sight
only his row tells: it is renewed twice a minute, by the catalog's clock, and believed for LEASE_SECONDS. One
that is there and renews it no more (stopped, hung) is gone as well. That is told by the machine's monotonic
clock, which stands still while the machine sleeps: when it wakes, nobody is late.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Double, delete, exists, func, null, select, type_coerce, union, update

from archive.catalog.connect import Catalog
from archive.catalog.schema import document, message, page, stage_run, worker
from archive.catalog.tools import IN_LIMIT, insert
from archive.ledger.owner import host_and_pid, in_sight, is_gone, on_this_machine, went_down
from archive.types import Stage

LEASE_SECONDS = 120.0
"""How long a worker is believed to live, or not to hang, without a sign of it."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Something a worker has in hand since ``begun_at``: a page, or a document (whose ``number`` is 0)."""

    stage: Stage
    subject: str
    begun_at: float
    path: str
    number: int


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker as kept: whom he is, what he serves, when he was last seen, what he has in hand."""

    owner: str
    stages: tuple[Stage, ...]
    threads: int
    started_at: float
    seen_at: float
    pages_an_hour: int
    in_hand: tuple[Hand, ...] = ()


def seen(catalog: Catalog, owner: str, stages: Collection[Stage], threads: int, pages_an_hour: int) -> None:
    """Say that a worker is there, before he takes anything and again as long as he lives."""
    with catalog.write() as connection:
        catalog.compare_clocks(connection)
        now = catalog.now()
        row = {"owner": owner, "stages": " ".join(stages), "threads": threads, "started_at": now}
        sign = {"seen_at": now, "awake_at": time.monotonic(), "pages_an_hour": pages_an_hour}
        connection.execute(
            insert(connection, worker)
            .values(row | sign)
            .on_conflict_do_update(index_elements=["owner"], set_=sign)
        )


def all_workers(catalog: Catalog) -> list[Worker]:
    """Every worker that is kept, the first started first, with what he has in hand."""
    hands: dict[str, list[Hand]] = {}
    with catalog.read() as connection:
        held = connection.execute(
            select(
                message.c.owner,
                message.c.stage,
                message.c.subject,
                stage_run.c.started_at,
                func.coalesce(page.c.path, document.c.path, ""),
                func.coalesce(page.c.number, 0),
            )
            .join(stage_run, stage_run.c.id == message.c.run)
            .outerjoin(page, page.c.id == message.c.subject)
            .outerjoin(document, document.c.id == message.c.subject)
            .where(message.c.owner.is_not(None))
            .order_by(stage_run.c.id)
        )
        for owner, stage, *rest in held:
            hands.setdefault(owner, []).append(Hand(Stage(stage), *rest))
        rows = connection.execute(select(worker).order_by(worker.c.started_at, worker.c.owner)).all()
    return [
        Worker(
            owner=row.owner,
            stages=tuple(Stage(each) for each in row.stages.split()),
            threads=row.threads,
            started_at=row.started_at,
            seen_at=row.seen_at,
            pages_an_hour=row.pages_an_hour,
            in_hand=tuple(hands.get(row.owner, ())),
        )
        for row in rows
    ]


def on_other_machines(catalog: Catalog, stages: Collection[Stage]) -> list[str]:
    """The names of the other machines on which somebody serves any of these stages now."""
    wanted = {stage.value for stage in stages}
    alive = select(worker.c.owner, worker.c.stages).where(worker.c.seen_at > catalog.now() - LEASE_SECONDS)
    with catalog.read() as connection:
        rows = connection.execute(alive).all()
    far = (row.owner for row in rows if wanted & set(row.stages.split()) and not on_this_machine(row.owner))
    return sorted({host_and_pid(owner)[0] for owner in far})


def is_first(catalog: Catalog, owner: str) -> bool:
    """Whether a worker is the one that does what one of all is enough for: who has lived the longest."""
    alive = worker.c.seen_at > catalog.now() - LEASE_SECONDS
    first = select(worker.c.owner).where(alive).order_by(worker.c.started_at, worker.c.owner).limit(1)
    with catalog.read() as connection:
        return connection.execute(first).scalar() == owner


def gone(catalog: Catalog) -> dict[str, int]:
    """The workers that are gone and not forgotten yet, and how many messages each of them still holds."""
    held = select(message.c.owner, func.count()).where(message.c.owner.is_not(None)).group_by(message.c.owner)
    with catalog.read() as connection:
        messages = {row[0]: row[1] for row in connection.execute(held)}
        return {owner: messages.get(owner, 0) for owner in sorted(_gone(connection, catalog.now()))}


def free(catalog: Catalog) -> int:
    """Free what is held by workers that are gone, at once; returns how many messages came free.

    Their open runs end as ``lost``, or as ``down`` where the whole machine went down, which counts
    against nobody.
    """
    with catalog.read() as connection:
        catalog.compare_clocks(connection)  # with one that was set just now, all others would be gone
        gone = _gone(connection, catalog.now())
    if not gone:
        return 0

    def do(connection: Connection) -> int:
        # Asked again: one that was cut off may have come back meanwhile, or somebody else have freed it.
        still = gone & _gone(connection, catalog.now())
        return sum(
            _release(connection, owner, "down" if went_down(owner) else "lost", catalog.now())
            for owner in sorted(still)
        )

    return catalog.transact(do)


def let_go(catalog: Catalog, owner: str) -> int:
    """Free everything an owner holds who ends in an orderly way; his open runs count against nobody."""
    return catalog.transact(lambda connection: _release(connection, owner, "down", catalog.now()))


def _gone(connection: Connection, now: float) -> set[str]:
    """The owners that are gone, of all that hold something or are kept as workers.

    The last sign of life of one out of sight is his row, or the start of what he has in hand.
    """
    begun = (
        select(
            message.c.owner.label("owner"),
            func.max(stage_run.c.started_at).label("seen"),
            type_coerce(null(), Double).label("awake"),
        )
        .outerjoin(stage_run, stage_run.c.id == message.c.run)
        .where(message.c.owner.is_not(None))
        .group_by(message.c.owner)
    )
    signs = union(begun, select(worker.c.owner, worker.c.seen_at, worker.c.awake_at)).subquery()
    last = select(signs.c.owner, func.max(signs.c.seen), func.max(signs.c.awake)).group_by(signs.c.owner)
    return {owner for owner, seen, awake in connection.execute(last) if _is_gone(owner, seen, awake, now)}


def _is_gone(owner: str, seen: float | None, awake: float | None, now: float) -> bool:
    if not in_sight(owner):
        return (seen or 0.0) < now - LEASE_SECONDS
    # Whoever only writes to the index for a moment has no row, and is believed as long as he is there.
    return is_gone(owner) or (awake is not None and awake < time.monotonic() - LEASE_SECONDS)


def _release(connection: Connection, owner: str, ended: str, now: float) -> int:
    """End an owner's open runs, free his messages, forget him.

    What is being settled or freed at this moment is left to whoever does that.
    """
    theirs = (
        select(message.c.id, message.c.run)
        .where(message.c.owner == owner)
        .order_by(message.c.id)
        .with_for_update(skip_locked=True)
    )
    held = connection.execute(theirs).all()
    for start in range(0, len(held), IN_LIMIT):
        some = held[start : start + IN_LIMIT]
        connection.execute(
            update(message)
            .where(message.c.id.in_([row.id for row in some]))
            .values(owner=None, run=None, sent_at=None)
        )
        connection.execute(
            update(stage_run)
            .where(stage_run.c.id.in_([row.run for row in some]), stage_run.c.outcome.is_(None))
            .values(ended_at=now, outcome=ended)
        )
    holds = exists().where(message.c.owner == owner)
    connection.execute(delete(worker).where(worker.c.owner == owner, ~holds))
    return len(held)

"""How soon a batch is worked on: its priority, paused by a person, held outside its hours of work.

A hold is a number added to the batch's priority (``messages.HELD``, ``messages.PAUSED``), which its messages
carry too: whoever looks for work asks for nothing else. What is in hand comes to the end of its stage.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, not_, select, update

from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, message
from archive.catalog.tools import in_order
from archive.errors import BATCH_UNKNOWN, ArsipError
from archive.ledger.hours import Hours
from archive.ledger.messages import HELD, PAUSED
from archive.types import Stage


class Standing(int):
    """A batch's priority as the catalog has it, with its holds."""

    __slots__ = ()

    @property
    def priority(self) -> int:
        """The priority without its holds: what has the lower number goes first."""
        return self % HELD

    @property
    def is_held(self) -> bool:
        """Whether it is outside the batch's hours of work."""
        return self % PAUSED >= HELD

    @property
    def is_paused(self) -> bool:
        """Whether a person has paused the batch."""
        return self >= PAUSED

    def but(
        self, *, priority: int | None = None, held: bool | None = None, paused: bool | None = None
    ) -> Standing:
        """The same with something changed."""
        return Standing(
            (self.priority if priority is None else priority)
            + HELD * (self.is_held if held is None else held)
            + PAUSED * (self.is_paused if paused is None else paused)
        )


class Held(NamedTuple):
    """A batch with what its place in the queue follows from."""

    id: str
    standing: Standing
    hours: Hours | None


def pause(catalog: Catalog, name: str, paused: bool = True) -> bool:
    """Begin nothing more of a batch, or go on; returns whether anything changed. Raises BATCH_UNKNOWN."""
    return _change(catalog, name, lambda of: of.standing.but(paused=paused))


def prioritize(catalog: Catalog, name: str, priority: int) -> bool:
    """Give a batch a priority, what waits of it too; returns whether it had another. Raises BATCH_UNKNOWN."""
    return _change(catalog, name, lambda of: of.standing.but(priority=priority))


def work_between(catalog: Catalog, name: str, hours: Hours | None) -> bool:
    """Work on a batch in these hours only, or always; returns whether it had others. Raises BATCH_UNKNOWN."""
    column = None if hours is None else hours.column()

    def do(connection: Connection) -> bool:
        of = locked(connection, name)
        connection.execute(update(batch).where(batch.c.id == of.id).values(hours=column))
        stand(connection, of, _by_the_clock(of._replace(hours=hours), catalog.now()))
        return of.hours != hours

    return catalog.transact(do)


def keep_hours(catalog: Catalog) -> None:
    """Hold the batches whose hours have ended, release those whose hours have begun.

    Every crew calls this again and again, as many at once as there are.
    """
    columns = (batch.c.name, batch.c.id, batch.c.priority, batch.c.hours)
    with catalog.read() as connection:
        timed = connection.execute(select(*columns).where(batch.c.hours.is_not(None)))
        all_timed = [(row.name, _held(row.id, row.priority, row.hours)) for row in timed]
    for name, seen in all_timed:
        if _by_the_clock(seen, catalog.now()) != seen.standing:
            _change(catalog, name, lambda of: _by_the_clock(of, catalog.now()))


def mend(catalog: Catalog) -> int:
    """Give messages the priority of their batch where they have another; returns how many.

    That is so where a batch was paused or released while somebody was about to put a message for it.
    """
    its = select(batch.c.priority).where(batch.c.id == message.c.batch).scalar_subquery()
    differs = is_misplaced(its)
    with catalog.read() as connection:
        if connection.execute(select(message.c.id).where(differs).limit(1)).first() is None:
            return 0
    placed = (
        update(message).where(message.c.id.in_(in_order(message, differs))).values(priority=its, sent_at=None)
    )
    return catalog.transact(lambda connection: connection.execute(placed).rowcount)


def is_misplaced(of_batch: ColumnElement[int] | ScalarSelect[int]) -> ColumnElement[bool]:
    """Whether a message has another priority than its batch, and none that only leaves out the holds so
    that the index hears at once of a batch that was withdrawn or restored.
    """
    is_let_pass = and_(message.c.stage == Stage.INDEX, message.c.priority == of_batch % HELD)
    return and_(message.c.priority != of_batch, not_(is_let_pass))


def locked(connection: Connection, name: str) -> Held:
    """The batch of this name, unchanged by others before this transaction ends. Raises BATCH_UNKNOWN."""
    row = connection.execute(
        select(batch.c.id, batch.c.priority, batch.c.hours).where(batch.c.name == name).with_for_update()
    ).one_or_none()
    if row is None:
        raise ArsipError(BATCH_UNKNOWN, name=name)
    return _held(*row)


def stand(connection: Connection, of: Held, standing: Standing) -> bool:
    """Give a batch and its messages a priority with its holds; a broker is told of them anew."""
    if standing == of.standing:
        return False
    connection.execute(update(batch).where(batch.c.id == of.id).values(priority=int(standing)))
    connection.execute(
        update(message)
        .where(message.c.id.in_(in_order(message, message.c.batch == of.id)))
        .values(priority=int(standing), sent_at=None)
    )
    return True


def _change(catalog: Catalog, name: str, to: Callable[[Held], Standing]) -> bool:
    """Let a batch stand otherwise; returns whether it did not stand so already."""

    def do(connection: Connection) -> bool:
        of = locked(connection, name)  # as it is now: somebody else may have been there first
        return stand(connection, of, to(of))

    return catalog.transact(do)


def _held(of: str, priority: int, hours: str | None) -> Held:
    return Held(of, Standing(priority), Hours.kept(hours))


def _by_the_clock(of: Held, now: float) -> Standing:
    """As a batch should stand by its hours."""
    return of.standing.but(held=of.hours is not None and not of.hours.include(now))

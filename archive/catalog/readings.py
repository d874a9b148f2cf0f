"""Which reading of a page is the page's: what re-readings decided, and how a person decides otherwise.

Both readings are kept under their keys. The last run of the page that had something to tell says which of
them is not the page's now; to bring it back is to make it the page's, and to tell so in a run of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, or_, select

from archive.catalog import codec
from archive.catalog.change import describe_again, locked
from archive.catalog.codec import Decided, Keys, Told
from archive.catalog.connect import Catalog
from archive.catalog.history import last_told
from archive.catalog.schema import page, stage_run
from archive.catalog.tools import IN_LIMIT
from archive.ledger.outcome import keep, reading_under, write_reading
from archive.ledger.owner import me
from archive.types import PageText, Reading, Stage

Wish = Literal["rolled-back", "accepted"]
"""Bring back the reading before, or take the newer one after all."""

_FROM: dict[Wish, tuple[Decided, ...]] = {
    "rolled-back": ("better", "accepted"),
    "accepted": ("kept", "rolled-back"),
}
"""What must have been decided last, so that there is another reading: to wish twice is to wish once."""

Carry = Callable[[Reading, Reading], PageText]
"""The text of the second reading with what a person has put right in the first."""


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """What re-readings came to: pages with a better reading, pages as they were, and those that failed.

    A page that could not be read again keeps what it had, if it had anything; ``stopped`` counts those among
    the failed that had nothing. ``mean_gain`` is that of the better ones, as a share of the letters that can
    be believed; 0 where nothing was better. ``told`` is what each page told that was measured.
    """

    better: int
    kept: int
    failed: int
    stopped: int
    mean_gain: float
    told: Mapping[str, Told]


def read_again(catalog: Catalog, pages: Sequence[str], since: float) -> ReadAgain:
    """What the re-readings of these pages decided that ended after ``since`` (seconds since the epoch)."""
    reads = (stage_run.c.stage.in_([Stage.PREPROCESS, Stage.OCR]), stage_run.c.ended_at >= since)
    last: dict[str, Told | None] = {}
    with catalog.read() as connection:
        for start in range(0, len(pages), IN_LIMIT):
            some = stage_run.c.subject.in_(pages[start : start + IN_LIMIT])
            rows = connection.execute(select(stage_run).where(some, *reads).order_by(stage_run.c.id))
            last |= {
                row.subject: codec.told(row.cause, row.details)
                for row in rows
                if row.outcome == "stopped" or (row.cause is None and row.details is not None)
            }
        failed = [of for of, said in last.items() if said is None]
        stopped = 0
        for start in range(0, len(failed), IN_LIMIT):
            now = (page.c.id.in_(failed[start : start + IN_LIMIT]), page.c.stop_cause.is_not(None))
            stopped += connection.execute(select(func.count()).select_from(page).where(*now)).scalar_one()
    told = {of: said for of, said in last.items() if said is not None}
    measured = {of: said for of, said in told.items() if said.gain is not None}
    gains = [said.gain.share for said in measured.values() if said.decided == "better" and said.gain]
    kept = sum(said.decided == "kept" for said in told.values())
    mean = sum(gains) / len(gains) if gains else 0.0
    return ReadAgain(len(gains), kept, len(failed), stopped, mean, measured)


def with_another(catalog: Catalog, pages: Sequence[str], wish: Wish) -> list[str]:
    """The pages among these that ``choose`` would give another reading, in the order given."""
    found: list[str] = []
    with catalog.read() as connection:
        for start in range(0, len(pages), IN_LIMIT):
            some = pages[start : start + IN_LIMIT]
            has = {row.id for row in _told(connection, some) if _other(row, wish) is not None}
            found += [each for each in some if each in has]
    return found


def choose(catalog: Catalog, pages: Sequence[str], wish: Wish, carry: Carry) -> int:
    """Give pages the other one of their two readings, as a person wishes; returns how many that were.

    What a person has put right in the reading that goes is carried over to the one that comes. A page that is
    read again just now, or that has no such reading, stays as it is.
    """
    return sum(
        _choose(catalog, pages[start : start + IN_LIMIT], wish, carry)
        for start in range(0, len(pages), IN_LIMIT)
    )


def tell(connection: Connection, row: Row[Any], stage: Stage, said: Told, now: float) -> None:
    """Put what a person did with a page into its history."""
    at = {"started_at": now, "ended_at": now, "owner": me(), "outcome": "done"}
    of = {"stage": stage, "subject": row.id, "revision": row.revision, "batch": row.batch}
    connection.execute(insert(stage_run).values(at | of | {"details": codec.encode_told(said)}))


def _choose(catalog: Catalog, pages: Sequence[str], wish: Wish, carry: Carry) -> int:
    def do(connection: Connection) -> int:
        rows = locked(connection, pages)
        said = {row.id: _other(row, wish) for row in _told(connection, pages)}
        now = catalog.now()
        changed = [row for row in rows if _changed(connection, row, said.get(row.id), wish, carry, now)]
        if changed:
            describe_again(connection, changed, now, fresh=False)
        return len(changed)

    return catalog.transact(do)


def _changed(
    connection: Connection, row: Row[Any], said: Told | None, wish: Wish, carry: Carry, now: float
) -> bool:
    """Give a page its other reading; returns whether there is one."""
    if said is None or said.other is None:
        return False
    keys, present = said.other, Keys(row.prepared_key, row.text_key)
    other, mine = reading_under(connection, keys), reading_under(connection, present)
    if other is None:
        return False
    text = other.text if mine is None else carry(mine, other)
    if text != other.text:
        keys = Keys(keys.prepared, codec.key(Stage.OCR, "carried", keys.text, present.text))
        keep(connection, Stage.OCR, keys.text, text, now)
    write_reading(connection, row.id, keys, Reading(text, other.prepared))
    told = Told(engine=said.engine, version=said.version, decided=wish, gain=said.gain, other=present)
    tell(connection, row, Stage.OCR, told, now)
    return True


def _told(connection: Connection, pages: Sequence[str]) -> list[Row[Any]]:
    """What the last run of each of these pages told, as far as they are read and settled."""
    settled = (~page.c.open, or_(page.c.stop_stage.is_(None), page.c.stop_stage == Stage.INDEX))
    query = select(page.c.id, last_told().label("told")).where(page.c.id.in_(pages), *settled)
    return list(connection.execute(query))


def _other(row: Row[Any], wish: Wish) -> Told | None:
    """What a page told, if there is another reading to be had for this wish."""
    said = codec.told(None, row.told)
    return said if said is not None and said.decided in _FROM[wish] else None

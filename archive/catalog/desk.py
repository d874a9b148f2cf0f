"""What the scanner's desk asks of the catalog: the pages of a batch with the keys of their results, and facts
that were made of these before, which are kept as a result like any other."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from archive.catalog import codec
from archive.catalog.accounts import batch_id
from archive.catalog.connect import Catalog
from archive.catalog.intake import batch_there
from archive.catalog.schema import document, page, result
from archive.catalog.tools import IN_LIMIT, insert
from archive.errors import ArsipError, Failure

STAGE = "desk"
"""As what such a result is kept; it is nobody's stage, and no page points to it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A page of a batch: where it is, what a viewer must be allowed to see, under which keys its clean
    page and its text are kept (None: not yet), and why it stopped, if it did."""

    page: str
    document: str
    number: int
    unit: str
    security: str
    prepared: str | None
    text: str | None
    failure: Failure | None = None
    withdrawn: bool = False


def seats(catalog: Catalog, batch: str) -> list[Seat]:
    """The pages of a batch, document by document. Raises BATCH_UNKNOWN, BATCH_WITHDRAWN."""
    of = batch_id(catalog, batch)
    batch_there(catalog, batch)  # refuses one that is withdrawn
    with catalog.read() as connection:
        rows = connection.execute(
            select(
                page.c.id,
                page.c.document,
                page.c.number,
                document.c.unit,
                document.c.security,
                page.c.prepared_key,
                page.c.text_key,
                page.c.stop_cause,
                page.c.stop_details,
            )
            .join(document, document.c.id == page.c.document)
            .where(page.c.batch == of)
            .order_by(document.c.path, page.c.document, page.c.number)
        ).all()
    return [Seat(*row[:7], failure=codec.failure(row.stop_cause, row.stop_details)) for row in rows]


def kept(catalog: Catalog, keys: Sequence[str]) -> dict[str, bytes]:
    """What is kept under these keys."""
    found: dict[str, bytes] = {}
    with catalog.read() as connection:
        for start in range(0, len(keys), IN_LIMIT):
            some = select(result.c.key, result.c.payload).where(
                result.c.key.in_(keys[start : start + IN_LIMIT])
            )
            found.update((row.key, row.payload) for row in connection.execute(some))
    return found


def keep(catalog: Catalog, made: Mapping[str, bytes]) -> None:
    """Keep facts under their keys, if that can be done at once: they can be made again, and whoever asks for
    them only wants to look. What is there already is the same."""
    now = time.time()
    rows = [{"key": key, "stage": STAGE, "made_at": now, "payload": each} for key, each in made.items()]
    if rows:
        # Whatever else is wrong with the catalog, the next to read from it will say.
        with contextlib.suppress(ArsipError), catalog.write(waits=False) as connection:
            connection.execute(insert(connection, result).on_conflict_do_nothing(), rows)

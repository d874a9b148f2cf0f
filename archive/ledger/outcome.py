"""What an outcome leaves in the catalog: on its page, on its document, and as a result under its key."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Update, bindparam, update

from archive.catalog import codec
from archive.catalog.schema import document, page, result
from archive.catalog.tools import insert_for
from archive.errors import Failure
from archive.ledger.work import Outcome, Result, Work
from archive.types import Description, PageText, Prepared

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert


def write_page(connection: Connection, work: Work, outcome: Outcome, of_document: str) -> bool:
    """Write on the page what came of it; returns whether the page is settled: read, or stopped."""
    if isinstance(outcome, Prepared):
        given = {"of": work.subject, "with_key": work.key, "is_blank": outcome.quality.blank}
        connection.execute(_PREPARED, given)
        return False
    if isinstance(outcome, Failure):
        connection.execute(stop(work, outcome))
    elif isinstance(outcome, PageText):
        given = {"of": work.subject, "with_key": work.key, "how_many": len(outcome.words)}
        connection.execute(_READ, {**given, "how_sure": outcome.confidence})
    connection.execute(_NEXT_REVISION, {"of": of_document})
    return True


def write_document(connection: Connection, work: Work, outcome: Outcome) -> None:
    """Write on the document what came of describing it."""
    values: dict[str, object] = {
        "described_revision": work.revision,
        "stop_cause": None,
        "stop_details": None,
    }
    if isinstance(outcome, Failure):
        values |= {"stop_cause": outcome.cause, "stop_details": codec.details(outcome)}
    elif isinstance(outcome, Description):
        values |= {
            "description_key": work.key,
            "type": outcome.label.code,
            "date": outcome.tanggal.value or "",
            "nomor": outcome.nomor.value or "",
            "hal": outcome.hal.value or "",
        }
    else:
        raise TypeError(type(outcome).__name__)
    connection.execute(update(document).where(document.c.id == work.subject).values(**values))


def stop(work: Work, failed: Failure) -> Update:
    """Set the page of a work aside."""
    return (
        update(page)
        .where(page.c.id == work.subject)
        .values(
            stop_stage=work.stage,
            stop_cause=failed.cause,
            stop_details=codec.details(failed),
            open=False,
            revision=page.c.revision + 1,
        )
    )


def keep(connection: Connection, work: Work, outcome: Result, now: float) -> None:
    """Keep a result under its key; the same key again is the same result, read afresh."""
    row = {"key": work.key, "stage": work.stage, "made_at": now, "payload": codec.pack(outcome)}
    connection.execute(_kept(connection.dialect.name), row)


@cache
def _kept(dialect: str) -> Insert:
    statement = insert_for(dialect, result)
    return statement.on_conflict_do_update(
        index_elements=["key"],
        set_={"payload": statement.excluded.payload, "made_at": statement.excluded.made_at},
    )


_OF: Any = bindparam("of")
_PREPARED = (
    update(page)
    .where(page.c.id == _OF)
    .values(prepared_key=bindparam("with_key"), blank=bindparam("is_blank"))
)
_READ = (
    update(page)
    .where(page.c.id == _OF)
    .values(
        text_key=bindparam("with_key"),
        words=bindparam("how_many"),
        confidence=bindparam("how_sure"),
        open=False,
        revision=page.c.revision + 1,
    )
)
_NEXT_REVISION = update(document).where(document.c.id == _OF).values(revision=document.c.revision + 1)

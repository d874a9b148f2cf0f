"""What an outcome leaves in the catalog: on its page, on its document, and as a result under its key."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from sqlalchemy import Connection, Update, bindparam, select, update

from archive.catalog import codec
from archive.catalog.schema import document, page, result
from archive.catalog.tools import insert_for
from archive.errors import Failure
from archive.ledger.work import Outcome, Result, Work
from archive.types import Description, PageText, Prepared, Reading, Stage

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert


def write_page(
    connection: Connection, work: Work, outcome: Outcome, of_document: str, before: codec.Keys | None
) -> bool:
    """Write on the page what came of it; returns whether the page is settled: read, or stopped.

    ``before`` are the keys of the reading that the page has, if it has one. Unless that is lost, it is not
    given up for an attempt that failed: the page stays read, and its history tells of the failure.
    """
    if isinstance(outcome, Prepared):
        given = {"of": work.subject, "with_key": work.key, "is_blank": outcome.quality.blank}
        connection.execute(_PREPARED, given)
        return False
    if isinstance(outcome, Failure):
        has_reading = reading_under(connection, before) is not None
        connection.execute(_KEPT if has_reading else stop(work, outcome), {"of": work.subject})
    elif isinstance(outcome, PageText):
        if is_taken(outcome) and work.prepared is not None:
            keys = codec.Keys(work.prepared_key, work.key)
            write_reading(connection, work.subject, keys, Reading(outcome, work.prepared))
        else:
            connection.execute(_KEPT, {"of": work.subject})
    connection.execute(_NEXT_REVISION, {"of": of_document})
    return True


def write_reading(connection: Connection, of_page: str, keys: codec.Keys, reading: Reading) -> None:
    """Make a reading, which is kept under these keys, that of its page."""
    given = {"of": of_page, "clean_key": keys.prepared, "with_key": keys.text}
    of_text = {"how_many": len(reading.text.words), "how_sure": reading.text.confidence}
    connection.execute(_READ, given | of_text | {"is_blank": reading.prepared.quality.blank})


def reading_under(connection: Connection, keys: codec.Keys | None) -> Reading | None:
    """The reading that is kept under these keys; ``None`` where a part of it is lost or damaged."""
    if keys is None:
        return None
    both = result.c.key.in_([keys.prepared, keys.text])
    rows = connection.execute(select(result.c.key, result.c.payload).where(both))
    payloads = {row.key: row.payload for row in rows}
    return codec.reading(payloads.get(keys.prepared), payloads.get(keys.text))


def is_taken(text: PageText) -> bool:
    """Whether a reading becomes that of its page: the first one does, another one where it is better."""
    return text.gain is None or text.gain.better


def told(work: Work, outcome: Outcome, before: codec.Keys | None) -> str | None:
    """What an attempt that went well leaves in the page's history, if there is anything to tell.

    ``before`` are the keys of the reading that the page had.
    """
    if not isinstance(outcome, PageText):
        return None
    said = codec.Told(engine=outcome.engine, version=outcome.version)
    if outcome.gain is not None:
        taken = is_taken(outcome)
        other = before if taken else codec.Keys(work.prepared_key, work.key)
        decided: codec.Decided = "better" if taken else "kept"
        said = replace(said, decided=decided, gain=outcome.gain, other=other)
    return codec.encode_told(said)


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


def keep(connection: Connection, stage: Stage, key: str, outcome: Result, now: float) -> None:
    """Keep a result under its key; the same key again is the same result, read afresh."""
    row = {"key": key, "stage": stage, "made_at": now, "payload": codec.pack(outcome)}
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
    # A page that has a reading keeps the clean page of it until another one is taken.
    .where(page.c.id == _OF, page.c.text_key.is_(None))
    .values(prepared_key=bindparam("with_key"), blank=bindparam("is_blank"))
)
_READ = (
    update(page)
    .where(page.c.id == _OF)
    .values(
        prepared_key=bindparam("clean_key"),
        text_key=bindparam("with_key"),
        words=bindparam("how_many"),
        confidence=bindparam("how_sure"),
        blank=bindparam("is_blank"),
        open=False,
        revision=page.c.revision + 1,
    )
)
_KEPT = update(page).where(page.c.id == _OF).values(open=False, revision=page.c.revision + 1)
_NEXT_REVISION = update(document).where(document.c.id == _OF).values(revision=document.c.revision + 1)

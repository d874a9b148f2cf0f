"""What the catalog knows of pages, put together for whoever shows, searches or indexes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Row, func, select

from archive.catalog import codec
from archive.catalog.connect import Catalog
from archive.catalog.schema import batch, blob, document, page, result
from archive.catalog.tools import IN_LIMIT
from archive.types import PageRecord, PageView, Source

Locate = Callable[[str], str]
"""Where the original with this SHA-256 lies."""

_prepared = result.alias("prepared")
_text = result.alias("text")
_pages_of = page.alias("pages_of")

_SELECT = (
    select(
        page,
        document.c.root,
        document.c.path.label("document_path"),
        document.c.unit,
        document.c.security,
        document.c.box,
        document.c.shelf,
        document.c.type,
        document.c.date,
        document.c.nomor,
        document.c.hal,
        batch.c.name.label("batch_name"),
        batch.c.withdrawn_at,
        blob.c.media_type,
        select(func.count())
        .where(_pages_of.c.document == page.c.document)
        .correlate(page)
        .scalar_subquery()
        .label("pages"),
        _text.c.payload.label("text_payload"),
    )
    .join(document, document.c.id == page.c.document)
    .join(batch, batch.c.id == page.c.batch)
    .join(blob, blob.c.sha256 == page.c.blob)
    .outerjoin(_text, _text.c.key == page.c.text_key)
)
_SELECT_PREPARED = _SELECT.add_columns(_prepared.c.payload.label("prepared_payload")).outerjoin(
    _prepared, _prepared.c.key == page.c.prepared_key
)


def views(catalog: Catalog, locate: Locate, pages: Sequence[str]) -> dict[str, PageView]:
    """All that is known of these pages, by id; an unknown id is left out."""
    with catalog.read() as connection:
        rows = [
            row
            for start in range(0, len(pages), IN_LIMIT)
            for row in connection.execute(
                _SELECT_PREPARED.where(page.c.id.in_(pages[start : start + IN_LIMIT]))
            )
        ]
    return {row.id: _view(row, locate) for row in rows}


def records(connection: Connection, pages: Sequence[str]) -> dict[str, PageRecord]:
    """The index records of these pages as they are now, by id."""
    return {kept.page: codec.record(kept) for kept in kept_records(connection, pages)}


def kept_records(connection: Connection, pages: Sequence[str]) -> list[codec.KeptRecord]:
    """The same records with their words as they are kept, for whoever unpacks them elsewhere."""
    return [
        codec.KeptRecord(**_facts(row), confidence=row.confidence or 0.0, payload=row.text_payload)
        for start in range(0, len(pages), IN_LIMIT)
        for row in connection.execute(_SELECT.where(page.c.id.in_(pages[start : start + IN_LIMIT])))
    ]


def _view(row: Row[tuple[object, ...]], locate: Locate) -> PageView:
    return PageView(
        **_facts(row),
        source=Source(path=locate(row.blob), blob=row.blob, media_type=row.media_type, frame=row.frame),
        prepared=codec.prepared(row.prepared_payload),
        text=codec.page_text(row.text_payload),
    )


def _facts(row: Row[tuple[object, ...]]) -> dict[str, Any]:
    """The properties of ``PageFacts``."""
    same = ("document", "revision", "number", "pages", "path", "unit", "security", "box", "shelf")
    described = ("type", "date", "nomor", "hal")
    return {
        "page": row.id,
        "batch": row.batch_name,
        "folder": PurePosixPath(row.root).name,
        "withdrawn": row.withdrawn_at is not None,
        **{name: getattr(row, name) for name in same + described},
    }

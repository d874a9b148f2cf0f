"""A rescan takes its page's place: the page shows another image; its id, its place and its history stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select, update

from archive.catalog import history
from archive.catalog.change import describe_again, fence, locked, touch
from archive.catalog.codec import Keys, Told
from archive.catalog.connect import Catalog
from archive.catalog.intake import Batch, Leaf, see
from archive.catalog.readings import tell
from archive.catalog.schema import batch, blob, document, page, stage_run
from archive.catalog.tools import insert
from archive.errors import BATCH_WITHDRAWN, PAGE_UNKNOWN, SEVERAL_PAGES, ArsipError
from archive.ledger.messages import Post, put
from archive.ledger.outcome import reading_under, write_reading
from archive.types import Stage


class Image(NamedTuple):
    """What a page shows: an original by its SHA-256, and which frame of it (from 0)."""

    blob: str
    frame: int


@dataclass(frozen=True, slots=True)
class Replacing:
    """A page, and the image that it is, or would be, given in place of the one before.

    ``comes_back`` says that the page has shown that image already, before others.
    """

    page: str
    document: str
    number: int
    path: str
    batch: str
    batch_name: str
    before: Image
    now: Image
    comes_back: bool

    @property
    def changes(self) -> bool:
        """Whether it is another image at all."""
        return self.before != self.now


def replacing(catalog: Catalog, of_page: str, leaf: Leaf) -> Replacing:
    """What ``replace_image`` would do. Raises as it does."""
    with catalog.read() as connection:
        return _replacing(connection, of_page, leaf)


def languages_of(catalog: Catalog, of_page: str) -> str:
    """The languages of a page that may be changed. Raises PAGE_UNKNOWN, BATCH_WITHDRAWN."""
    with catalog.read() as connection:
        languages: str = _page(connection, of_page).languages
    return languages


def replace_image(catalog: Catalog, of_page: str, leaf: Leaf) -> Replacing:
    """Have a page show another image, and be prepared, read, described and indexed again.

    What a worker does with the page at this moment is fenced: it will come too late. The original before
    stays in the store, and the page's history tells of it. An image that the page showed before comes back
    with the reading that it had. One that it shows already is nothing to do.

    Raises PAGE_UNKNOWN, BATCH_WITHDRAWN, and SEVERAL_PAGES for a file that does not have one page.
    """

    def do(connection: Connection) -> Replacing:
        its = select(page.c.batch).where(page.c.id == of_page).scalar_subquery()
        connection.execute(select(batch.c.id).where(batch.c.id == its).with_for_update(key_share=True))
        _replacing(connection, of_page, leaf)
        new = {"sha256": leaf.sha256, "size": leaf.size, "media_type": leaf.media_type, "frames": leaf.frames}
        connection.execute(insert(connection, blob).values(new).on_conflict_do_nothing())
        rows = locked(connection, [of_page])
        found = _replacing(connection, of_page, leaf)  # as it is now that nobody else changes it
        if found.changes:
            _replace(connection, rows[0], found, catalog.now())
            if not found.comes_back:  # else it was seen when it came
                into = Batch(found.batch, found.batch_name, rows[0].priority)
                said = {"document": found.document, "blob": leaf.sha256}
                see(connection, into, leaf.seen, catalog.now(), outcome="replaces", **said)
        return found

    return catalog.transact(do)


def _replace(connection: Connection, row: Row[Any], found: Replacing, now: float) -> None:
    fence(connection, [row.id, row.document], now)
    mine = None if row.text_key is None else Keys(row.prepared_key, row.text_key)
    keys = _shown_before(connection, row.id).get(found.now)
    reading = reading_under(connection, keys)
    connection.execute(update(page).where(page.c.id == row.id).values(**found.now._asdict(), **_UNREAD))
    said = Told(
        engine="" if reading is None else reading.text.engine,
        version="" if reading is None else reading.text.version,
        decided="replaced",
        other=mine,
        blob=found.before.blob,
        frame=found.before.frame,
    )
    tell(connection, row, Stage.PREPROCESS, said, now)
    if keys is None or reading is None:
        touch(connection, [row.document])
        put(connection, [Post(Stage.PREPROCESS, row.id, row.batch, row.priority, row.number)])
    else:
        write_reading(connection, row.id, keys, reading)
        describe_again(connection, [row], now, fresh=False)


_UNREAD: dict[str, Any] = {
    "open": True,
    "blank": False,
    "words": 0,
    "confidence": None,
    "prepared_key": None,
    "text_key": None,
    "stop_stage": None,
    "stop_cause": None,
    "stop_details": None,
    "revision": page.c.revision + 1,
}


def _replacing(connection: Connection, of_page: str, leaf: Leaf) -> Replacing:
    row = _page(connection, of_page)
    before, shown = Image(row.blob, row.frame), _shown_before(connection, row.id)
    now = _image(leaf, [before, *reversed(shown)])
    of = (row.id, row.document, row.number, row.path, row.batch, row.batch_name)
    return Replacing(*of, before, now, now in shown)


def _page(connection: Connection, of_page: str) -> Row[Any]:
    row = connection.execute(
        select(page, document.c.languages, batch.c.name.label("batch_name"), batch.c.withdrawn_at)
        .join(document, document.c.id == page.c.document)
        .join(batch, batch.c.id == page.c.batch)
        .where(page.c.id == of_page)
    ).one_or_none()
    if row is None:
        raise ArsipError(PAGE_UNKNOWN, id=of_page[:40])
    if row.withdrawn_at is not None:
        raise ArsipError(BATCH_WITHDRAWN, name=row.batch_name)
    return row


def _image(leaf: Leaf, shown: list[Image]) -> Image:
    """Which frame of a file a page is to show: the one that it shows or showed before, else its only one."""
    for image in shown:
        if image.blob == leaf.sha256:
            return image
    if leaf.frames != 1:
        raise ArsipError(SEVERAL_PAGES, pages=leaf.frames)
    return Image(leaf.sha256, 0)


def _shown_before(connection: Connection, of_page: str) -> dict[Image, Keys | None]:
    """The images that a page showed before, the latest last, each with the reading that it had."""
    shown: dict[Image, Keys | None] = {}
    for _page, said in history.replaced(connection, stage_run.c.subject == of_page):
        image = Image(said.blob, said.frame)
        shown.pop(image, None)
        shown[image] = said.other
    return shown

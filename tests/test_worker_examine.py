"""Files, catalog, messages and index compared: each is broken in turn, seen, and mended if that is safe."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, insert, select, update

from archive.catalog.change import withdraw
from archive.catalog.codec import record
from archive.catalog.indexed import records_of
from archive.catalog.schema import batch, document, message, page, result, stage_run, worker
from archive.ledger import workers
from archive.ledger.ledger import Ledger
from archive.ledger.owner import me
from archive.store import Store
from archive.types import Stage
from tests.archives import parts_of, work_on
from tests.index_pages import record as invented
from tests.ledgers import Archive, inputs
from worker.examine import Examination, Finding
from worker.originals import YOUNG_SECONDS
from worker.parts import Parts

NAMES = ("surat/01.tif", "surat/02.tif", "surat/03.tif")


@dataclass
class Sound:
    """An archive of three documents with one page each, where everything is as it should be."""

    home: Path
    parts: Parts
    archive: Archive
    pages: list[str]
    originals: list[str]

    @property
    def store(self) -> Store:
        return self.parts.store

    def change(self, *statements: Any) -> None:
        """Break something in the catalog."""
        with self.parts.catalog.write() as connection:
            for statement in statements:
                connection.execute(statement)

    def looked(self, mends: bool = False, full: bool = True) -> dict[str, Finding]:
        """All that differs, by kind."""
        look = Examination(self.parts, full=full, mends=mends)
        found = [*look.originals(), *look.messages(), *look.results(), *look.index()]
        return {finding.kind: finding for finding in found}

    def work(self) -> None:
        """Do all that waits."""
        work_on(self.archive, self.home)


@pytest.fixture
def sound(home: Path) -> Iterator[Sound]:
    home.mkdir(parents=True)
    parts = parts_of(home)
    archive = Archive(parts.database)
    originals = []
    for name in NAMES:
        (home / "scan").write_bytes(name[-10:].encode())  # ten bytes, as the archive of the tests says
        originals.append(parts.store.keep(home / "scan", lambda _copy, _kept: None).sha256)
        archive.add(name, 1, originals[-1])
    work_on(archive, home)
    with archive.catalog.read() as connection:
        pages = list(connection.execute(select(page.c.id).order_by(page.c.path)).scalars())
    made = Sound(home, parts, archive, pages, originals)
    assert made.looked() == {}
    yield made
    parts.close()
    archive.catalog.close()


def mended(sound: Sound, kind: str, count: int = 1, quick: bool = False) -> Finding:
    """It is seen, and looking changes nothing; it is mended, work goes on, and all is sound again."""
    if quick:
        assert list(sound.looked(full=False)) == [kind]
    for _again in range(2):
        found = sound.looked()
        assert {each: (at.count, at.mended) for each, at in found.items()} == {kind: (count, 0)}
    repaired = sound.looked(mends=True)
    assert {each: (at.count, at.mended) for each, at in repaired.items()} == {kind: (count, count)}
    sound.work()
    assert sound.looked() == {}
    return found[kind]


def told(sound: Sound, kind: str, count: int = 1) -> Finding:
    """It is seen, and not even mending changes it."""
    assert sound.looked()[kind].count == count
    found = sound.looked(mends=True)
    assert {each: (at.count, at.mended) for each, at in found.items()} == {kind: (count, 0)}
    return found[kind]


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def test_a_missing_original_is_told_with_a_page_that_shows_it(sound: Sound) -> None:
    sound.store.path(sound.originals[0]).unlink()
    found = told(sound, "original-missing")
    assert found.examples == [f"{sound.originals[0][:12]}… (surat/01.tif)"]


def test_an_original_of_another_size_is_told(sound: Sound) -> None:
    overwrite(sound.store.path(sound.originals[1]), b"shorter")
    told(sound, "original-changed")


def test_other_bytes_are_found_by_reading_everything(sound: Sound) -> None:
    path = sound.store.path(sound.originals[1])
    overwrite(path, bytes(10))
    assert list(sound.looked()) == ["original-changed"]
    assert sound.looked(mends=True, full=False) == {}, "without --full, sizes are compared and no bytes read"
    assert path.read_bytes() == bytes(10)


def test_a_file_nobody_knows_is_told_and_never_deleted(sound: Sound) -> None:
    sha256 = hashlib.sha256(b"unknown").hexdigest()
    nobodys = [
        sound.store.path(sha256),
        sound.store.root / "catatan.txt",
        sound.store.root / "zz" / "salinan",
    ]
    for path in nobodys:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"unknown")
    assert sound.looked()["original-unknown"].count == 2, "one is young, and may be that of an import"
    long_ago = nobodys[0].stat().st_mtime - YOUNG_SECONDS - 60
    os.utime(nobodys[0], (long_ago, long_ago))
    told(sound, "original-unknown", 3)
    assert all(path.read_bytes() == b"unknown" for path in nobodys)


def test_what_an_import_that_was_killed_left_is_swept_and_what_a_living_one_holds_is_not(
    sound: Sound,
) -> None:
    incoming = sound.store.root / "incoming"
    (incoming / "half").write_bytes(b"half")
    code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(incoming / "held")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as living:
        assert living.stdout is not None
        living.stdout.readline()
        mended(sound, "copy-left-over", quick=True)
        assert [path.name for path in incoming.iterdir()] == ["held"]
        living.communicate(b"\n")


@pytest.mark.parametrize("where", ["00/00/{sha256}", "pindah/{sha256}", "{sha256}", "12/34/other name"])
def test_an_original_in_the_wrong_place_is_brought_to_its_own(sound: Sound, where: str) -> None:
    sha256 = sound.originals[0]
    stray = sound.store.root / where.format(sha256=sha256)
    stray.parent.mkdir(parents=True, exist_ok=True)
    sound.store.path(sha256).rename(stray)
    mended(sound, "original-misplaced", quick=True)
    assert sound.store.path(sha256).stat().st_mode & 0o777 == 0o444
    assert not stray.exists()


def test_a_stray_with_other_bytes_is_not_taken_for_the_original(sound: Sound) -> None:
    sha256 = sound.originals[0]
    stray = sound.store.root / "zz" / sha256
    stray.parent.mkdir()
    sound.store.path(sha256).rename(stray)
    overwrite(stray, bytes(10))
    found = sound.looked(mends=True)
    assert {kind: at.mended for kind, at in found.items()} == {"original-unknown": 0, "original-missing": 0}
    assert stray.exists()


def test_missing_messages_are_put_back(sound: Sound) -> None:
    opened = update(page).where(page.c.id == sound.pages[0]).values(open=True)
    changed = update(document).where(
        document.c.id == select(page.c.document).where(page.c.id == sound.pages[1]).scalar_subquery()
    )
    unindexed = update(page).where(page.c.id == sound.pages[2]).values(revision=page.c.revision + 1)
    sound.change(opened, changed.values(revision=document.c.revision + 1), unindexed)
    found = mended(sound, "message-missing", 3, quick=True)
    assert any(each.endswith("(surat/01.tif, page 1)") for each in found.examples)


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("subject", ["settled", "unknown"])
def test_messages_about_nothing_are_dropped(sound: Sound, stage: Stage, subject: str) -> None:
    settled = sound.pages[0]
    if stage is Stage.CLASSIFY:
        with sound.parts.catalog.read() as connection:
            settled = connection.execute(select(page.c.document).where(page.c.id == settled)).scalar_one()
    row = {"stage": stage, "subject": settled if subject == "settled" else "p" + "0" * 16, "number": 1}
    row |= {"batch": sound.archive.batch.id, "priority": 100, "due": 0.0, "fresh": False}
    sound.change(insert(message).values(row))
    mended(sound, "message-needless", quick=True)


def test_a_message_that_would_wait_for_ever_is_given_the_priority_of_its_batch(sound: Sound) -> None:
    sound.archive.add("surat/04.tif", 2, sound.originals[0])
    sound.change(update(message).values(priority=1_000_100))
    mended(sound, "message-misplaced", 2, quick=True)
    with sound.parts.catalog.read() as connection:
        assert connection.execute(select(page.c.open).where(page.c.open)).first() is None


def gone() -> str:
    """An owner on this machine who lived once."""
    host, boot, pid, _started = me().rsplit("/", 3)
    return f"{host}/{boot}/{pid}/1"


def test_what_a_worker_held_who_is_gone_is_freed(sound: Sound) -> None:
    sound.archive.add("surat/04.tif", 2, sound.originals[0])
    ledger = Ledger(sound.archive.catalog, inputs())
    ledger.owner = gone()
    workers.seen(sound.archive.catalog, ledger.owner, [Stage.OCR], 1, 0)
    sound.archive.begin(ledger)
    found = mended(sound, "worker-gone", quick=True)
    assert found.examples == [gone()]
    with sound.parts.catalog.read() as connection:
        assert connection.execute(select(worker)).all() == []


def test_what_a_living_worker_has_in_hand_is_no_difference(sound: Sound) -> None:
    sound.archive.add("surat/04.tif", 2, sound.originals[0])
    workers.seen(sound.archive.catalog, me(), [Stage.OCR], 1, 0)
    sound.archive.begin()
    assert sound.looked() == {}
    assert sound.looked(mends=True) == {}


def test_a_run_without_a_message_is_ended(sound: Sound) -> None:
    row = {"stage": Stage.OCR, "subject": sound.pages[0], "revision": 1, "owner": me(), "started_at": 1.0}
    sound.change(
        insert(stage_run).values(row | {"batch": sound.archive.batch.id}),
        insert(stage_run).values(row | {"batch": "", "stage": Stage.PREPROCESS}),
    )
    mended(sound, "run-open", 2, quick=True)


@pytest.mark.parametrize("column", ["text_key", "prepared_key"])
@pytest.mark.parametrize("payload", [None, b"no result"])
def test_a_page_whose_result_is_gone_or_damaged_is_read_again(
    sound: Sound, column: str, payload: bytes | None
) -> None:
    key = select(page.c[column]).where(page.c.id == sound.pages[0]).scalar_subquery()
    with sound.parts.catalog.read() as connection:
        shared = connection.execute(select(page.c.id).where(page.c[column] == key)).all()
    this = result.c.key == key
    sound.change(
        delete(result).where(this) if payload is None else update(result).where(this).values(payload=payload)
    )
    mended(sound, "result-lost", len(shared), quick=True)


def test_a_page_whose_original_is_gone_as_well_is_not_read_again(sound: Sound) -> None:
    sound.store.path(sound.originals[0]).unlink()
    sound.change(update(page).where(page.c.id == sound.pages[0]).values(text_key=None))
    found = sound.looked(mends=True)
    assert {kind: (at.count, at.mended) for kind, at in found.items()} == {
        "original-missing": (1, 0),
        "result-lost": (1, 0),
    }


def test_a_document_whose_description_is_gone_is_described_again(sound: Sound) -> None:
    with sound.parts.catalog.read() as connection:
        keys = connection.execute(select(document.c.description_key)).scalars().all()
    sound.change(delete(result).where(result.c.key == keys[0]))
    mended(sound, "description-lost", keys.count(keys[0]))


def test_pages_the_index_lacks_are_indexed_again(sound: Sound) -> None:
    sound.parts.index.remove(sound.pages[:2])
    assert sound.looked(full=False)["index-count"].count == 2
    mended(sound, "index-missing", 2)


def test_an_index_that_is_behind_or_ahead_is_brought_up_to_date(sound: Sound) -> None:
    catalog_says = update(page).where(page.c.id == sound.pages[0])
    sound.change(catalog_says.values(revision=9, indexed_revision=9))
    mended(sound, "index-older")
    (of_index,) = records_of(sound.parts.catalog, [sound.pages[1]])
    sound.parts.index.write([msgspec.structs.replace(record(of_index), revision=99)])
    mended(sound, "index-newer")


def test_pages_the_catalog_does_not_know_leave_the_index(sound: Sound) -> None:
    sound.parts.index.write([invented("p-unknown")])
    found = mended(sound, "index-unknown")
    assert found.examples == ["p-unknown"]


def test_an_index_that_is_mostly_somebody_elses_is_not_touched(sound: Sound) -> None:
    sound.parts.index.write([invented(f"x{number}") for number in range(20)])
    told(sound, "index-foreign", 20)
    assert sound.parts.index.count() == 23


@pytest.mark.parametrize("withdrawn", [True, False])
def test_what_is_hidden_or_shown_wrongly_is_put_right(sound: Sound, withdrawn: bool) -> None:
    if not withdrawn:
        withdraw(sound.archive.catalog, "batch")
        sound.work()
    (of_index,) = records_of(sound.parts.catalog, [sound.pages[1]])
    sound.parts.index.write([msgspec.structs.replace(record(of_index), withdrawn=withdrawn)])
    mended(sound, "index-withdrawn")


def test_everything_at_once(sound: Sound) -> None:
    """What is broken in several places is mended in one go."""
    sound.parts.index.remove(sound.pages)
    sound.change(
        update(page).where(page.c.id == sound.pages[0]).values(text_key=None),
        update(page).where(page.c.id == sound.pages[1]).values(open=True),
        update(batch).values(priority=10),
    )
    sound.looked(mends=True)
    sound.work()
    assert sound.looked() == {}


def test_steps_are_told_of_to_the_last(sound: Sound) -> None:
    steps: list[int] = []
    look = Examination(sound.parts, full=True, step=steps.append)
    for each in (look.originals, look.messages, look.results, look.index):
        each()
    assert sum(steps) == look.steps() == 9

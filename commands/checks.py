"""The checks of ``arsip doctor``: each looks at one thing around the archive and says what to do about it."""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from archive.catalog import health, history
from archive.catalog.schema import HEAD
from archive.catalog.sqlite import NETWORK_FILESYSTEMS, SAFE_WAL, filesystem_of, sqlite_version
from archive.errors import (
    CATALOG_ON_NETWORK,
    INDEX_BROKEN,
    NOT_WRITABLE,
    ORIGINAL_MISSING,
    WORKERS_DIED,
    ArsipError,
    failure_of,
)
from archive.messages import N_, _
from commands.shared import shell
from settings import Settings
from worker.parts import Parts

LEAST_FREE_BYTES = 5 * 10**9
LEAST_FREE_SHARE = 0.10
ORIGINALS_LOOKED_AT = 200
ORIGINALS_READ = 5
CLOCK_SECONDS = 60.0
"""By how much a clock may be behind what was written before it is told of."""
BUILT_AFTER = 1_735_689_600.0
"""2025-01-01: a clock that says less was never set."""

State = Literal["ok", "warning", "error"]

OCR = N_("Reading")
LANGUAGES = N_("Languages")
OTHER_ENGINE = N_("Other engine")
READER = N_("Reader process")
MEMORY = N_("Memory")
HOME = N_("Archive folder")
DISK = N_("Disk space")
SQLITE = N_("SQLite")
CATALOG = N_("Catalog")
ORIGINALS = N_("Originals")
INDEX = N_("Search index")
CLOCK = N_("Clock")


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found; ``advice`` says what to do where something is not as it should be."""

    name: str
    state: State
    says: str
    advice: str = ""


def all_checks(settings: Settings) -> Iterator[Check]:
    """Look at everything, one thing after the other; nothing is made or changed.

    An archive that is not there yet is no error: only its surroundings are looked at.
    """
    parts = Parts(settings)
    there = parts.database.there()
    looks: list[tuple[str, Callable[[], Iterator[Check]]]] = [
        (OCR, partial(_ocr, parts)),
        (LANGUAGES, partial(_languages, settings)),
        (OTHER_ENGINE, partial(_other_engine, parts)),
        (READER, partial(_reader, parts)),
        (MEMORY, partial(_memory, settings)),
        (HOME, partial(_home, settings)),
        (DISK, partial(_disk, settings)),
        (SQLITE, _sqlite),
    ]
    if there:
        looks += [(CATALOG, partial(_catalog, parts)), (ORIGINALS, partial(_originals, parts))]
    if there or settings.index.engine != "embedded":
        looks.append((INDEX, partial(_index, parts)))
    looks.append((CLOCK, partial(_clock, parts if there else None)))
    for name, look in looks:
        try:
            yield from look()
        except Exception as error:
            failure = failure_of(error)
            again = failure.cause == WORKERS_DIED.code  # whose advice is to run this
            advice = _("run make in Arsip's folder again; if it stays, please report it")
            yield Check(name, "error", failure.message(), advice if again else failure.advice())
    parts.close()


def _ocr(parts: Parts) -> Iterator[Check]:
    from ocr.read import engine

    options = parts.read_options(parts.settings.ocr.languages)
    version = engine(options.engine).version
    yield Check(
        OCR, "ok", _("Tesseract {version}, by {engine}").format(version=version, engine=options.engine)
    )


def _languages(settings: Settings) -> Iterator[Check]:
    """Every model that is needed is there and can be read."""
    from ocr import tessdata

    asked = settings.ocr.languages
    tessdata.fingerprint(asked)
    yield Check(
        LANGUAGES, "ok", _("{languages}, in {folder}").format(languages=asked, folder=tessdata.folder())
    )


def _other_engine(parts: Parts) -> Iterator[Check]:
    from ocr.read import EngineName, engine

    chosen = parts.read_options(parts.settings.ocr.languages).engine
    other: EngineName = "pytesseract" if chosen == "tesserocr" else "tesserocr"
    try:
        version = engine(other).version
    except ArsipError as error:
        slow = other == "tesserocr" and parts.settings.ocr.engine == "auto"
        says = _("{engine} cannot be used, and is not needed").format(engine=other)
        if slow:
            says = _("{engine} is not installed; {chosen}, which is slower, reads the pages").format(
                engine=other, chosen=chosen
            )
        yield Check(OTHER_ENGINE, "warning" if slow else "ok", says, error.failure.advice() if slow else "")
    else:
        yield Check(
            OTHER_ENGINE, "ok", _("{engine} could be used as well").format(engine=f"{other} {version}")
        )


def _reader(parts: Parts) -> Iterator[Check]:
    """A reader starts, opens a tiny image, and is bound by its limits."""
    with tempfile.TemporaryDirectory(prefix="arsip-doctor-") as folder, parts.reader() as reader:
        image = Path(folder) / "page.bmp"
        image.write_bytes(_bitmap())
        reader.inspect(str(image), image.name, parts.settings.preprocess)
        bounds = Path(f"/proc/{reader.pid}/limits").read_text()
        environment = Path(f"/proc/{reader.pid}/environ").read_bytes().split(b"\0")
    bound = next((line for line in bounds.splitlines() if line.startswith("Max address space")), "")
    chosen = parts.settings.reader
    says = _("starts and opens images; at most {megabytes} MB and {seconds} s a page").format(
        megabytes=chosen.megabytes, seconds=round(chosen.seconds)
    )
    yield Check(READER, "ok", says)
    if "unlimited" in bound or not bound:
        yield Check(
            READER,
            "warning",
            _("its address space has no limit here"),
            _("allow limits on processes (ulimit -v)"),
        )
    if b"OMP_THREAD_LIMIT=1" not in environment:
        yield Check(READER, "warning", _("it may use several threads, which is slow"), _("please report it"))


def _memory(settings: Settings) -> Iterator[Check]:
    free, each = _free_megabytes(), settings.reader.megabytes
    needed = settings.threads * each
    says = _("{free} MB free; {count} readers take {needed} MB at most").format(
        free=free, count=settings.threads, needed=needed
    )
    enough = free >= needed
    fewer = _("set worker.threads = {count} in arsip.toml, or add memory").format(count=max(1, free // each))
    yield Check(MEMORY, "ok" if enough else "warning", says, "" if enough else fewer)


def _home(settings: Settings) -> Iterator[Check]:
    home = Path(settings.home)
    kind = filesystem_of(home)
    if kind in NETWORK_FILESYSTEMS:
        raise ArsipError(CATALOG_ON_NETWORK, path=str(settings.catalog_path), filesystem=kind)
    if not os.access(_standing(home), os.W_OK | os.X_OK):
        raise ArsipError(NOT_WRITABLE, path=str(home))
    for folder in (settings.originals_path, settings.index_path, settings.catalog_path):
        if folder.exists() and not os.access(folder, os.W_OK):
            raise ArsipError(NOT_WRITABLE, path=str(folder))
    yield Check(HOME, "ok", str(home) if home.is_dir() else _("{folder}, to be made").format(folder=home))


def _disk(settings: Settings) -> Iterator[Check]:
    usage = shutil.disk_usage(_standing(Path(settings.home)))
    says = _("{free} GB free of {total} GB").format(
        free=f"{usage.free / 1e9:.1f}", total=f"{usage.total / 1e9:.1f}"
    )
    low = usage.free < LEAST_FREE_BYTES or usage.free < LEAST_FREE_SHARE * usage.total
    yield Check(DISK, "warning" if low else "ok", says, _("free some space, or add a disk") if low else "")


def _sqlite() -> Iterator[Check]:
    version, safe = (".".join(map(str, each)) for each in (sqlite_version(), SAFE_WAL))
    if sqlite_version() >= SAFE_WAL:
        yield Check(SQLITE, "ok", version)
    else:
        says = _("{version}: works, but searches wait for imports (journal without WAL)")
        advice = _("install pysqlite3 with SQLite {version} or newer").format(version=safe)
        yield Check(SQLITE, "warning", says.format(version=version), advice)


def _catalog(parts: Parts) -> Iterator[Check]:
    health.quick_check(parts.catalog)
    says = _("sound, schema {revision}; {count} pages are not searchable yet").format(
        revision=HEAD, count=history.waiting(parts.catalog)
    )
    yield Check(CATALOG, "ok", says)


def _originals(parts: Parts) -> Iterator[Check]:
    """Some of them are there in full size, and a few of these still have the bytes they came with."""
    some = health.originals(parts.catalog, ORIGINALS_LOOKED_AT)
    for place, (sha256, size) in enumerate(some):
        path = parts.store.locate(sha256)
        changed = path.stat().st_size != size
        if place < ORIGINALS_READ and not changed:
            with path.open("rb") as file:
                changed = hashlib.file_digest(file, "sha256").hexdigest() != sha256
        if changed:
            says = _("{file} is not what was stored").format(file=path)
            yield Check(ORIGINALS, "error", says, ArsipError(ORIGINAL_MISSING).failure.advice())
            return
    yield Check(ORIGINALS, "ok", _("{count} looked at, all there").format(count=len(some)))


def _index(parts: Parts) -> Iterator[Check]:
    chosen = parts.settings.index
    try:
        parts.index.check()
    except ArsipError as error:
        if error.failure.cause != INDEX_BROKEN.code:
            raise
        broken = Check(INDEX, "error", error.failure.message())
        again = shell("reprocess", "--all", "--from", "index")
        remove = _("remove the folder {where}; then run: {command}")
        where = str(parts.settings.index_path)
        if chosen.engine == "elasticsearch":
            remove, where = _("delete the index {where} on the server; then run: {command}"), chosen.name
        yield replace(broken, advice=remove.format(where=where, command=again))
    else:
        yield Check(INDEX, "ok", _("{engine} answers").format(engine=chosen.engine))


def _clock(parts: Parts | None) -> Iterator[Check]:
    latest = health.latest_attempt(parts.catalog) if parts is not None else None
    late = max(BUILT_AFTER, (latest or 0.0) - CLOCK_SECONDS)
    if time.time() >= late:
        yield Check(CLOCK, "ok", time.strftime("%Y-%m-%d %H:%M:%S %z"))
    else:
        says = _("{now}, which is before what is in the archive").format(
            now=time.strftime("%Y-%m-%d %H:%M:%S %z")
        )
        yield Check(CLOCK, "warning", says, _("set the clock: what waits is ordered by it"))


def _standing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _free_megabytes() -> int:
    """Memory that can be had now, in MB: what Linux says, or less where a container has less."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    group = Path("/sys/fs/cgroup")
    try:
        limit = int((group / "memory.max").read_text()) - int((group / "memory.current").read_text())
    except (OSError, ValueError):  # no such limit
        limit = free
    return max(0, min(free, limit)) // 10**6


def _bitmap(side: int = 64) -> bytes:
    """A white square as a BMP file of 24 bits a pixel."""
    pixels = b"\xff" * (side * side * 3)
    file = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, 54)
    return (
        file + struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, len(pixels), 3780, 3780, 0, 0) + pixels
    )

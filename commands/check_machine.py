"""The checks of ``arsip doctor`` that look at this machine: Tesseract, readers, memory, folders, disk."""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from archive.catalog.sqlite import NETWORK_FILESYSTEMS, filesystem_of
from archive.errors import CATALOG_ON_NETWORK, NOT_WRITABLE, ArsipError
from archive.messages import N_, _, decimal
from commands.checks import Check
from settings import Settings
from worker.parts import Parts

LEAST_FREE_BYTES = 5 * 10**9
LEAST_FREE_SHARE = 0.10

OCR = N_("Reading")
LANGUAGES = N_("Languages")
OTHER_ENGINE = N_("Other engine")
READER = N_("Reader process")
MEMORY = N_("Memory")
HOME = N_("Archive folder")
DISK = N_("Disk space")


def ocr(parts: Parts) -> Iterator[Check]:
    from ocr.read import engine

    version = engine(parts.engine).version
    yield Check(OCR, "ok", _("Tesseract {version}, by {engine}").format(version=version, engine=parts.engine))


def languages(parts: Parts) -> Iterator[Check]:
    """Every model that is needed is there and can be read."""
    from ocr import tessdata

    asked = parts.settings.ocr.languages
    tessdata.fingerprint(asked)
    if careful := parts.read_options(asked).careful:
        tessdata.larger_fingerprint(asked, careful)
    yield Check(
        LANGUAGES, "ok", _("{languages}, in {folder}").format(languages=asked, folder=tessdata.folder())
    )


def other_engine(parts: Parts) -> Iterator[Check]:
    from ocr.read import EngineName, engine

    chosen = parts.engine
    other: EngineName = "tesserocr" if chosen == "onnx" else "onnx"
    try:
        version = engine(other).version
    except ArsipError as error:
        slow = parts.settings.ocr.engine == "auto"
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


def reader(parts: Parts) -> Iterator[Check]:
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


def memory(settings: Settings) -> Iterator[Check]:
    free, each = _free_megabytes(), settings.reader.megabytes
    needed = settings.threads * each
    says = _("{free} MB free; {count} readers take {needed} MB at most").format(
        free=free, count=settings.threads, needed=needed
    )
    enough = free >= needed
    fewer = _("set worker.threads = {count} in arsip.toml, or add memory").format(count=max(1, free // each))
    yield Check(MEMORY, "ok" if enough else "warning", says, "" if enough else fewer)


def home(settings: Settings) -> Iterator[Check]:
    """The archive's folder can be written, and holds no SQLite where that would lose data."""
    folder = Path(settings.home)
    kind = filesystem_of(folder)
    if kind in NETWORK_FILESYSTEMS and not settings.catalog.url:
        raise ArsipError(CATALOG_ON_NETWORK, path=str(settings.catalog_path), filesystem=kind)
    for part in (folder, settings.index_path, settings.catalog_path):
        try_to_write(part)
    says = str(folder) if folder.is_dir() else _("{folder}, to be made").format(folder=folder)
    yield Check(HOME, "ok", says)


def try_to_write(path: Path) -> None:
    """Raise NOT_WRITABLE unless a file can be written, or one can be made in a folder or where it will be.

    What is made has no name, where the file system knows such files, and is gone at once.
    """
    there = _standing(path)
    try:
        if there.is_dir():
            with tempfile.TemporaryFile(dir=there):
                return
        with there.open("ab"):
            return
    except OSError:
        raise ArsipError(NOT_WRITABLE, path=str(path)) from None


def disk(settings: Settings) -> Iterator[Check]:
    """There is room where the archive lies, and on the disk of its originals, if that is another one."""
    folders = [_standing(path) for path in (settings.originals_path, Path(settings.home))]
    for folder in {path.stat().st_dev: path for path in folders}.values():
        usage = shutil.disk_usage(folder)
        if not usage.total:  # not on a disk, and told of by now
            continue
        says = _("{free} GB free of {total} GB").format(
            free=decimal(usage.free / 1e9), total=decimal(usage.total / 1e9)
        )
        low = usage.free < LEAST_FREE_BYTES or usage.free < LEAST_FREE_SHARE * usage.total
        advice = _("free some space, or add a disk") + f" ({folder})"
        yield Check(DISK, "warning" if low else "ok", says, advice if low else "")


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

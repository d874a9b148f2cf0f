"""A small archive for tests of the commands: a real catalog, a real embedded index, pages written by hand.

surat/und-01.tif    three pages, read; seen again as salinan/und-01.tif
surat/und-01.png    one page, read, without Bupati
surat/gambar.tif    one page, read, with a real original
surat/rusak.pdf     one page that stopped while it was read
kosong.png          one blank page
Thumbs.db ignored, terkunci.pdf refused
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

import cli
import settings
from archive.catalog.intake import Aside, Place, Seen, take_in
from archive.errors import DAMAGED_PAGE, ENCRYPTED, PAGE_TIMEOUT, Failure
from archive.ledger.work import Indexed, Outcome, Work
from archive.store import Store
from archive.types import (
    Box,
    Description,
    Evidence,
    Field,
    Label,
    PageText,
    Stage,
    Word,
)
from index.contract import Index
from tests.ledgers import BLANK, GOOD, Archive
from tests.profiles import surroundings
from tests.program import save, sheet
from worker.parts import Parts

PLACE = Place(unit="Sekretariat", box="12", shelf="A-3")
NUMBER = Evidence(1, Box(0.1, 0.1, 0.5, 0.02), "Nomor : 005/1/UM/2021", "nomor/label")
DESCRIBED = Description(
    Label("undangan", 0.93, (Evidence(1, Box(0.1, 0.14, 0.3, 0.02), "Hal : Undangan", "hal"),)),
    Field("005/1/UM/2021", 0.9, NUMBER),
    Field("2021-05-12", 0.9, NUMBER),
    Field(None, reason="not-found"),
)

Arsip = Callable[..., Result]
"""Runs a command on an archive: its words in, its result out."""


def arsip(home: Path) -> Arsip:
    """The program on the archive in this folder, in English."""

    def run(*words: str, typed: str = "") -> Result:
        environment = {
            "ARSIP_HOME": str(home),
            "ARSIP_LANGUAGE": "en",
            "ARSIP_DEBUG": "",
            **surroundings(home),
        }
        return CliRunner(env=environment).invoke(cli.main, words, input=typed, prog_name="arsip")

    return run


def parts_of(home: Path) -> Parts:
    """The parts of the archive in this folder, on the engines of its profile."""
    return Parts(settings.load({"ARSIP_HOME": str(home), **surroundings(home)}))


def page_text(*lines: str, confidence: float = 0.93) -> PageText:
    """A page of these lines, each word in its place."""
    words = tuple(
        Word(text, Box(0.1 + at * 0.1, 0.1 + number * 0.04, 0.08, 0.02), confidence, number)
        for number, line in enumerate(lines)
        for at, text in enumerate(line.split())
    )
    return PageText(words, "ocr", "tesserocr", "ind+eng@0", "5.3.0", confidence=confidence)


def fill(home: Path, name: str = "batch", works: int = 1000) -> Archive:
    """Make the archive; ``works`` ends it early, with pages that still wait."""
    home.mkdir(parents=True, exist_ok=True)
    archive = Archive(parts_of(home).database)
    archive.add("surat/und-01.tif", 3, "b1", PLACE)
    archive.add("surat/und-01.png", 1, "b2", PLACE)
    archive.add("surat/gambar.tif", 1, _original(home), PLACE)
    archive.add("surat/rusak.pdf", 1, "b3", PLACE)
    archive.add("salinan/und-01.tif", 3, "b1", PLACE)
    archive.add("kosong.png", 1, "b4", PLACE)
    asides = [
        Aside(Seen("/in", "Thumbs.db", 1, 1), rule="system-file"),
        Aside(Seen("/in", "terkunci.pdf", 1, 1), failure=Failure(ENCRYPTED.code)),
    ]
    take_in(archive.catalog, archive.batch, PLACE, [], asides)
    work_on(archive, home, works)
    return archive


def work_on(archive: Archive, home: Path, works: int = 1000) -> None:
    """Take so many messages as far as they go; what is to be indexed is indexed."""
    index = parts_of(home).index
    while works and (due := archive.waiting()):
        works -= 1
        work = archive.ledger.begin(*due[0])
        while work is not None:
            work = archive.settle(work, _outcome(work, index))
    index.close()


def _original(home: Path) -> str:
    """A real page in the store; its SHA-256."""
    content = save(home / "page.tif", sheet("undangan rapat", "Kabupaten Contoh")).read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    path = Store(home / "originals").path(sha256)
    path.parent.mkdir(parents=True)
    (home / "page.tif").replace(path)
    return sha256


def _outcome(work: Work, index: Index) -> Outcome:
    if work.stage is Stage.INDEX:
        return Indexed(index.write(work.records))
    if work.stage is Stage.CLASSIFY:
        return DESCRIBED
    blob = "" if work.source is None else work.source.blob
    if blob.startswith("b4"):
        return BLANK if work.stage is Stage.PREPROCESS else PageText((), "blank", "", "", "")
    if work.stage is Stage.PREPROCESS and blob.startswith("b6"):
        return Failure(DAMAGED_PAGE.code)
    if work.stage is Stage.PREPROCESS:
        return GOOD[Stage.PREPROCESS]
    if blob.startswith("b3"):
        return Failure(PAGE_TIMEOUT.code, {"seconds": 60})
    frame = 0 if work.source is None else work.source.frame
    last = "tembusan disampaikan" if blob.startswith("b2") else f"Bupati Contoh halaman {frame + 1}"
    sure = 0.41 if blob.startswith("b5") else 0.93
    return page_text("Nomor : 005/1/UM/2021", "Hal : Undangan rapat koordinasi", last, confidence=sure)

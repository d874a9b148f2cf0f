"""Who reads the same pages in a comparison: Arsip with each engine, the bare engine, OCRmyPDF."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from sqlalchemy import func, select

import settings
from archive.catalog.schema import page as page_table
from archive.catalog.schema import stage_run
from archive.geometry import added, on_shown
from archive.types import PageView, Stage, Turn, Word
from bench import bare as bare_engine
from bench import boxes
from bench.generated import as_text
from bench.processes import Took, after, beside, timed
from worker.parts import existing

JOBS = 2
"""How many pages each side reads at the same time, however many cores there are."""
FINISHED = (0, 3, 6)
"""Exit codes of an import that came to its end, also where a page was refused, stopped or put off."""
ARSIP = [sys.executable, "-P", "-m", "cli"]


@dataclass(slots=True)
class Read:
    """What one side made of some pages; pages go by ``folder/name``.

    ``parts`` are CPU seconds, which add up to ``took.cpu``. ``boxes`` are lists of words by where they were
    found (index, pdf, alto). ``turns`` are the clockwise turns that pages were given.
    """

    took: Took
    parts: dict[str, float] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, dict[str, Sequence[Word]]] = field(default_factory=dict)
    turns: dict[str, Turn] = field(default_factory=dict)
    version: str = ""


def named(path: Path) -> str:
    """What a page is called, by its file or by what was exported from it."""
    return f"{path.parent.name}/{path.stem.removesuffix('.alto')}"


def bare(engine: str, languages: str, files: Sequence[Path], out: Path) -> Took:
    """Two processes of the bare engine, each with every other file."""
    out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "bench.bare", engine, languages, str(out)]
    halves = [files[start::JOBS] for start in range(JOBS) if files[start::JOBS]]
    started = time.monotonic()
    with ThreadPoolExecutor(JOBS) as pool:
        sides = list(pool.map(lambda half: timed([*command, *map(str, half)]), halves))
    return beside(time.monotonic() - started, sides)


def read_bare(engine: str, languages: str, files: Sequence[Path], out: Path) -> Read:
    """The bare engine on the files as they lie there, and what it read."""
    read = Read(bare(engine, languages, files, out))
    read.parts = {"ocr": read.took.cpu}
    for path in files:
        with Image.open(path) as image:
            width, height = image.size
        tsv = bare_engine.target(out, str(path)).read_text("utf-8")
        words = boxes.of_tsv(tsv, width, height)
        read.texts[named(path)] = as_text(words)
        read.boxes.setdefault("index", {})[named(path)] = words
    read.version = _tesseract() if engine == "tesseract" else _tesserocr()
    return read


def ours(engine: str, languages: str, folder: Path, home: Path) -> Took:
    """``arsip import`` into a fresh archive, which ends when all is searchable."""
    shutil.rmtree(home, ignore_errors=True)
    around = {"ARSIP_HOME": str(home), "ARSIP_OCR_ENGINE": engine, "ARSIP_WORKER_THREADS": str(JOBS)}
    words = ["import", str(folder), "--batch", "bench", "--language", languages, "--json"]
    return timed([*ARSIP, *words], around, FINISHED)


def read_ours(engine: str, languages: str, folder: Path, scratch: Path) -> Read:
    """Import to searchable with searchable PDFs written; then, off the clock, what was read."""
    home = scratch / f"home-{engine}"
    took = ours(engine, languages, folder, home)
    parts = _parts(home, took)
    written = _export(home, "pdf", scratch / f"pdf-{engine}")
    read = Read(after(took, written), parts | {"pdf": written.cpu})
    _export(home, "text", scratch / f"text-{engine}")
    for path in sorted((scratch / f"text-{engine}").rglob("*.txt")):
        read.texts[named(path)] = path.read_text("utf-8")
    for name, view in _views(home).items():
        _look(read, name, view)
    read.boxes["pdf"] = _words(scratch / f"pdf-{engine}", "*.pdf", boxes.of_pdf)
    _export(home, "alto", scratch / f"alto-{engine}")
    read.boxes["alto"] = _words(scratch / f"alto-{engine}", "*.xml", boxes.of_alto)
    shutil.rmtree(home)
    return read


def _look(read: Read, name: str, view: PageView) -> None:
    """Where the words of a page are when it is shown upright, and how it was turned."""
    if view.prepared is None or view.text is None:
        return
    places = on_shown(view.prepared, view.text.turn, (word.box for word in view.text.words))
    read.boxes.setdefault("index", {})[name] = [
        Word(word.text, box, word.confidence, word.line)
        for word, box in zip(view.text.words, places, strict=True)
    ]
    read.turns[name] = added(view.prepared.turn, view.text.turn)
    read.version = read.version or view.text.version


def _views(home: Path) -> dict[str, PageView]:
    """What the catalog knows of each page; every file of a comparison is one page."""
    parts = existing(settings.load({"ARSIP_HOME": str(home)}))
    try:
        with parts.catalog.read() as connection:
            pages = dict(connection.execute(select(page_table.c.id, page_table.c.path)).all())
        views = parts.views.views(list(pages))
        return {named(Path(pages[one])): view for one, view in views.items()}
    finally:
        parts.close()


def _parts(home: Path, took: Took) -> dict[str, float]:
    """CPU by part: the readers', shared out as their stages took time, and that of the command itself."""
    archive = existing(settings.load({"ARSIP_HOME": str(home)}))
    try:
        seconds = func.sum(stage_run.c.ended_at - stage_run.c.started_at)
        query = select(stage_run.c.stage, seconds).group_by(stage_run.c.stage)
        with archive.catalog.read() as connection:
            stages = {Stage(stage): float(took or 0) for stage, took in connection.execute(query)}
    finally:
        archive.close()
    prepare, ocr = stages.get(Stage.PREPROCESS, 0.0), stages.get(Stage.OCR, 0.0)
    readers, share = took.cpu - took.own, prepare / max(1e-9, prepare + ocr)
    return {"prepare": readers * share, "ocr": readers * (1 - share), "catalog, index": took.own}


def _export(home: Path, form: str, target: Path) -> Took:
    shutil.rmtree(target, ignore_errors=True)
    command = [*ARSIP, "export", "--batch", "bench", f"--{form}", "-o", str(target)]
    return timed(command, {"ARSIP_HOME": str(home)}, FINISHED)


def _words(
    folder: Path, pattern: str, words: Callable[[Path], list[list[Word]]]
) -> dict[str, Sequence[Word]]:
    return {named(path): words(path)[0] for path in sorted(folder.rglob(pattern))}


def ocrmypdf(program: str, languages: str, pdf: Path, scratch: Path, *more: str) -> Took:
    """OCRmyPDF as it comes, with two jobs, on the same images in one PDF."""
    fixed = ["--jobs", str(JOBS), "-l", languages, "-q"]
    return timed([program, *fixed, *more, str(pdf), str(scratch / "out.pdf")])


def read_ocrmypdf(program: str, languages: str, files: Sequence[Path], pdf: Path, scratch: Path) -> Read:
    """The same, and what it read: page by page in the order of the files."""
    sidecar = scratch / "sidecar.txt"
    read = Read(ocrmypdf(program, languages, pdf, scratch, "--sidecar", str(sidecar)))
    read.parts = {"all": read.took.cpu}
    texts = sidecar.read_text("utf-8").split("\f")
    words = boxes.of_pdf(scratch / "out.pdf")
    for path, text, found in zip(files, texts, words, strict=False):
        read.texts[named(path)] = text
        read.boxes.setdefault("pdf", {})[named(path)] = found
    read.version = _tesseract()
    return read


def as_pdf(program: str, files: Sequence[Path], pdf: Path) -> None:
    """The files as one PDF, their bytes as they are (img2pdf, which is there with OCRmyPDF)."""
    img2pdf = str(Path(program).with_name("img2pdf"))
    subprocess.run([img2pdf, "-o", str(pdf), *map(str, files)], check=True, stderr=subprocess.DEVNULL)


def _tesseract() -> str:
    done = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[1]


def _tesserocr() -> str:
    import tesserocr

    return str(tesserocr.tesseract_version()).split()[1]

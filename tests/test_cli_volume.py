"""A book of many pages: memory stays flat, its first pages are found early, a letter need not wait for it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from archive.catalog.schema import batch, stage_run
from archive.types import Stage
from tests.program import Program, save, sheet
from tests.watch import Watch

PAGES = 50


def test_a_book_is_found_page_by_page_and_a_letter_overtakes_it(tmp_path: Path, program: Program) -> None:
    filling = ["isi buku yang panjang dan tebal sekali"] * 11  # a page of it takes longer than the letter
    pages = (sheet(f"halaman buku tebal {n}", *filling, size=(1000, 1100)) for n in range(PAGES))
    book = save(tmp_path / "buku" / "buku.pdf", *pages)
    letter = save(tmp_path / "surat" / "surat.png", sheet("surat mendesak"))
    process = program.start("import", str(book.parent), "--batch", "buku", "--json")
    watch = Watch(process)
    watch.start()
    _until_found(program, process, "tebal", 1)
    second = program.start("import", str(letter.parent), "--batch", "surat", "--no-work", "--json")
    second.communicate(timeout=60)
    process.communicate(timeout=300)
    watch.join()
    assert process.returncode == 0
    assert program.run("search", "tebal", "--json").answer["total"] == {"documents": 1, "pages": PAGES}
    assert program.run("search", "mendesak", "--json").answer["total"] == {"documents": 1, "pages": 1}
    assert _began(program, "surat", min) < _began(program, "buku", max), "the letter waited"
    assert watch.worker_megabytes <= 600
    assert watch.reader_megabytes <= 600


def _began(program: Program, batch_name: str, which: Callable[[Iterable[float]], float]) -> float:
    """When the first or the last page of a batch began to be read."""
    with closing(program.parts()) as parts, parts.catalog.read() as connection:
        began = (
            select(stage_run.c.started_at)
            .join(batch, batch.c.id == stage_run.c.batch)
            .where(batch.c.name == batch_name, stage_run.c.stage == Stage.OCR)
        )
        return which(connection.execute(began).scalars())


def _until_found(program: Program, process: subprocess.Popen[str], word: str, pages: int) -> None:
    until = time.monotonic() + 120
    while True:
        ran = program.run("search", word, "--json")
        if ran.code == 0 and ran.answer["total"]["pages"] >= pages:
            return
        assert process.poll() is None, f"the book was read before {word} was found"
        assert time.monotonic() < until

"""A book of many pages: memory stays flat, its first pages are found early, a letter need not wait for it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

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
    _until_found(program, process, "mendesak", 1)
    found = program.run("search", "tebal", "--limit", "0", "--json").answer["total"]["pages"]
    assert found < PAGES, "the letter was found only after the whole book"
    process.communicate(timeout=300)
    watch.join()
    assert process.returncode == 0
    assert program.run("search", "tebal", "--json").answer["total"] == {"documents": 1, "pages": PAGES}
    assert watch.worker_megabytes <= 600
    assert watch.reader_megabytes <= 600


def _until_found(program: Program, process: subprocess.Popen[str], word: str, pages: int) -> None:
    until = time.monotonic() + 120
    while True:
        ran = program.run("search", word, "--json")
        if ran.code == 0 and ran.answer["total"]["pages"] >= pages:
            return
        assert process.poll() is None, f"the book was read before {word} was found"
        assert time.monotonic() < until

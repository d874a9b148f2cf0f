"""A PDF of a thousand pages: memory of every process, first hit while the rest is read, a letter meanwhile.

``python -m bench.volume [--pages 1000] [--json]``. Ends with 1 where a process held more than 600 MB, where
memory grew over the second half by more than 10 %, where nothing of the book was found before it was read, or
where a letter that came meanwhile was not searchable within 30 seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from tests.watch import Watch

ROOT = Path(__file__).resolve().parent.parent
MOST_MEGABYTES = 600
MOST_GROWTH = 1.10
LETTER_SECONDS = 30.0


def book(path: Path, pages: int) -> None:
    """A scanned book: A4 at 150 dpi, a few lines a page, each page with its number."""
    font = ImageFont.truetype("DejaVuSans.ttf", 30)

    def sheet(number: int) -> Image.Image:
        image = Image.new("L", (1240, 1754), 252)
        pen = ImageDraw.Draw(image)
        for line in range(8):
            pen.text((120, 160 + 60 * line), f"baris {line} halaman buku tebal {number}", fill=20, font=font)
        return image

    sheet(1).save(path, save_all=True, append_images=(sheet(n) for n in range(2, pages + 1)), resolution=150)


def letter(path: Path) -> None:
    """A letter of one page."""
    image = Image.new("L", (1240, 1754), 252)
    font = ImageFont.truetype("DejaVuSans.ttf", 30)
    ImageDraw.Draw(image).text((120, 160), "surat mendesak sekali", fill=20, font=font)
    image.save(path, dpi=(150, 150))


class Archive:
    """Commands on an archive of its own."""

    def __init__(self, home: Path) -> None:
        self._environment = {**os.environ, "ARSIP_HOME": str(home), "PYTHONPATH": str(ROOT)}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "cli", *words],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def found(self, word: str) -> int:
        """On how many pages a word is found just now; 0 as long as there is no index."""
        out, _err = self.start("search", word, "--limit", "0", "--json").communicate()
        answer: dict[str, Any] = json.loads(out)
        return int(answer["total"]["pages"]) if "total" in answer else 0


def measure(pages: int, scratch: Path) -> dict[str, Any]:
    """Import the book, look for its first page, bring a letter, and watch the processes to the end."""
    (scratch / "in").mkdir()
    book(scratch / "in" / "buku.pdf", pages)
    letter(scratch / "surat.png")
    archive = Archive(scratch / "home")
    started = time.monotonic()
    process = archive.start("import", str(scratch / "in"), "--batch", "buku", "--json")
    watch = Watch(process, every_seconds=0.5)
    watch.start()
    while not archive.found("tebal"):
        if process.poll() is not None:
            break
    first = time.monotonic() - started
    early = process.poll() is None
    came = time.monotonic()
    archive.start(
        "import", str(scratch / "surat.png"), "--batch", "surat", "--no-work", "--json"
    ).communicate()
    while not archive.found("mendesak"):
        if time.monotonic() - came > 10 * LETTER_SECONDS:
            break
    letter_seconds = time.monotonic() - came
    meanwhile = archive.found("tebal")
    process.communicate()
    watch.join()
    return {
        "pages": pages,
        "seconds": round(time.monotonic() - started, 1),
        "first_hit_seconds": round(first, 1),
        "first_hit_while_reading": early,
        "letter_seconds": round(letter_seconds, 1),
        "book_pages_found_when_the_letter_was": meanwhile,
        "book_pages_found": archive.found("tebal"),
        "worker_megabytes": round(watch.worker_megabytes),
        "reader_megabytes": round(watch.reader_megabytes),
        "worker_growth": round(growth(watch.worker_series), 3),
    }


def growth(series: Sequence[float]) -> float:
    """The last tenth of a series against the tenth in its middle, by their medians."""
    tenth = max(1, len(series) // 10)
    middle = len(series) // 2
    return median(series[-tenth:]) / median(series[middle : middle + tenth])


def promises(told: dict[str, Any]) -> list[str]:
    """What is not as it should be."""
    checks = {
        "a process held too much memory": max(told["worker_megabytes"], told["reader_megabytes"])
        > MOST_MEGABYTES,
        "memory grew": told["worker_growth"] > MOST_GROWTH,
        "nothing was found before all was read": not told["first_hit_while_reading"],
        "the letter had to wait": told["letter_seconds"] > LETTER_SECONDS,
        "pages are missing": told["book_pages_found"] != told["pages"],
    }
    return [what for what, is_wrong in checks.items() if is_wrong]


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.volume", description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        told = measure(chosen.pages, Path(scratch))
    wrong = promises(told)
    if chosen.json:
        print(json.dumps(told | {"wrong": wrong}, indent=1))
    else:
        print("\n".join(f"{name.replace('_', ' '):<40}{value:>10}" for name, value in told.items()))
        print("; ".join(wrong) or "all as promised")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes the drawn half of the ruler as a corpus: pages of the project's own generator with their truth.

    python -m bench.generated DIR [--folder NAME…] [--sample N] [--from N] [--freeze]

writes ``DIR/scans/FOLDER/NAME.jpg`` (or .tif), the true text in ``.gt.txt`` and every word with its box in
``.truth.json`` beside it, as ``samples.truth.PageTruth`` has it. The same call draws the same pages;
``--from 100`` draws other pages of the same kinds, to try things on: those that are frozen are the ruler.
``--freeze`` writes the hashes of what is drawn to ``tests/held_out/PAGES``.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec
from PIL import features

from archive.types import Word
from samples.draw import typefaces
from samples.files import save_image, save_tiff
from samples.pages import Sheet, sheets

FROZEN = Path(__file__).resolve().parent.parent / "tests" / "held_out" / "PAGES"

GREY = tuple(f"drawn-{kind}" for kind in ("letters", "forms", "tables", "stamps", "typed", "old-spelling"))
"""Folders of ordinary scans in grey, nothing of which has to be turned, flattened or lit."""


INKED = ("drawn-inks", "drawn-colours")
"""Folders of scans in colour: stamps and pens over print, and print in colour."""


def write(folder: Path, sample: int = 0, only: Collection[str] = (), start: int = 0) -> list[str]:
    """Write the pages that ``samples.pages.sheets`` gives; returns their lines in ``FROZEN``."""
    lines = []
    for sheet in sheets(sample, only, start):
        place = folder / "scans" / sheet.folder
        place.mkdir(parents=True, exist_ok=True)
        bilevel = sum(count > 0 for count in sheet.image.histogram()) == 2
        path = place / f"{sheet.name}.{'tif' if bilevel else 'jpg'}"
        (save_tiff if bilevel else save_image)(path, [sheet.image], sheet.dpi)
        path.with_suffix(".gt.txt").write_text(as_text(sheet.truth.words), "utf-8")
        path.with_suffix(".truth.json").write_bytes(msgspec.json.encode(sheet.truth))
        lines.append(line(sheet))
    return lines


def line(sheet: Sheet) -> str:
    """What is frozen of a page: the hashes of its pixels and of its text, and its name."""
    pixels = hashlib.sha256(sheet.image.tobytes()).hexdigest()
    text = hashlib.sha256(as_text(sheet.truth.words).encode()).hexdigest()
    return f"{pixels}  {text}  {sheet.folder}/{sheet.name}"


def drawn_with() -> str:
    """The line for what is drawn with: other typefaces, FreeType or processors draw other pixels."""
    digest = hashlib.sha256()
    for path in typefaces():
        digest.update(path.read_bytes())
    return f"{digest.hexdigest()}  fonts, FreeType {features.version('freetype2')}, {platform.machine()}"


def frozen() -> list[str]:
    """What was drawn when the pages were frozen."""
    return FROZEN.read_text("utf-8").splitlines()


def as_text(words: Iterable[Word]) -> str:
    """The words as lines of text."""
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    return "\n".join(" ".join(line) for line in lines.values()) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m bench.generated",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", metavar="DIR", type=Path)
    parser.add_argument("--folder", action="append", default=[], help="only these folders")
    parser.add_argument(
        "--sample", type=int, default=0, help="so many pages of each folder; 0: as are frozen"
    )
    parser.add_argument("--from", dest="start", type=int, default=0, help="number of the first page")
    parser.add_argument("--freeze", action="store_true")
    asked = parser.parse_args()
    if asked.freeze and (asked.folder or asked.sample or asked.start):
        parser.error("--freeze is for all pages")
    drawn = write(asked.target, asked.sample, asked.folder, asked.start)
    if asked.freeze:
        FROZEN.write_text("\n".join([drawn_with(), *drawn]) + "\n")
    sys.stdout.write(f"{len(drawn)} pages\n")

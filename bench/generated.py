"""Draws a corpus: pages of the project's own generator with their true text, for figures to publish.

``python -m bench.generated DIR [--each N]`` writes ``DIR/scans/CONDITION/KIND-N.png`` with its true text in
``.gt.txt`` beside it, the layout that the other measurements read. The same call writes the same pages.
"""

from __future__ import annotations

import argparse
import random
import sys
import zlib
from collections.abc import Iterable
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from PIL import Image

from archive.types import Word
from samples.damage import RECIPES, damaged
from samples.draw import Look, draw
from samples.letters import KINDS, letter

DPI = 300
FAMILIES = ("serif", "sans", "narrow", "dejavu-serif", "mono")


def write(folder: Path, each: int = 4) -> int:
    """Write ``each`` pages in every condition of the generator; returns how many pages that are."""
    count = 0
    kinds, families = cycle(KINDS), cycle(FAMILIES)
    for condition, recipe in RECIPES.items():
        place = folder / "scans" / condition.replace(" ", "-")
        place.mkdir(parents=True, exist_ok=True)
        for number, kind in enumerate(islice(kinds, each)):
            seed = zlib.crc32(f"{condition} {number}".encode())
            rng = random.Random(seed)
            look = Look(next(families), rng.choice((10.5, 11.5, 12.0)), DPI)  # type: ignore[arg-type]
            page = draw(letter(kind, rng), look, rng)[0]
            out = damaged(np.asarray(page.image), recipe, np.random.default_rng(seed))
            name = f"{kind}-{number}"
            Image.fromarray(out.pixels).save(place / f"{name}.png", dpi=(DPI, DPI), compress_level=1)
            (place / f"{name}.gt.txt").write_text(as_text(page.words), "utf-8")
            count += 1
    return count


def as_text(words: Iterable[Word]) -> str:
    """The words as lines of text."""
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    return "\n".join(" ".join(line) for line in lines.values()) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.generated", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=4)
    asked = parser.parse_args()
    sys.stdout.write(f"{write(asked.folder, asked.each)} pages\n")

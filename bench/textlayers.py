"""Drawn PDF pages with known words: whose own text Arsip believes, repairs or reads again from the image.

    python -m bench.textlayers [--each 2] [--seed 1]

Ends with 1 where text is believed that is not what the page shows, or where more than 2 % of the pages whose
text is right, or can provably be put right, are read again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from archive.types import PrepareOptions, ReadOptions, Source
from ingest.prepare import prepare
from ocr import read
from samples.pdfpages import write
from samples.textlayers import Layer, layers

RIGHT = 0.97
"""Share of a page's words that its text must have, and that must be the page's: one word of a short page."""
NEEDLESS = 0.02
"""Share of good pages that may be read again."""


class Outcome(NamedTuple):
    """A page: its trouble, the verdict, if it was believed wrongly or read again needlessly, and cost."""

    trouble: str
    verdict: str
    wrong: bool
    needless: bool
    good: bool
    seconds: float


def judged(layer: Layer, folder: Path) -> Outcome:
    """What becomes of one page's text. ``seconds`` are of CPU, for the judgement alone."""
    path = folder / "page.pdf"
    write(path, layer.sheet)
    source = Source(path=str(path), blob="0", media_type="application/pdf", frame=0)
    image, prepared = prepare(source, PrepareOptions())
    start = time.process_time()
    found = read.text_layer(source, prepared, image, ReadOptions())
    seconds = time.process_time() - start
    truth, said = _counted(layer.words), _counted(word.text for word in found.words)
    same = (truth & said).total()
    right = same >= RIGHT * said.total() and (found.in_part or same >= RIGHT * truth.total())
    good = layer.want in ("own", "part")
    return Outcome(
        layer.trouble, found.verdict, found.used and not right, good and not found.used, good, seconds
    )


def _counted(words: Iterable[str]) -> Counter[str]:
    """The words without colons at their end: a label and its colon may be taken for one word or for two."""
    bare = (unicodedata.normalize("NFC", word).rstrip(":") for word in words)
    return Counter(word for word in bare if word)


def measured(each: int, seed: int) -> Iterator[Outcome]:
    """Every trouble's pages in turn."""
    with TemporaryDirectory() as folder:
        for layer in layers(each, seed):
            yield judged(layer, Path(folder))


def main() -> int:
    """Measure, print a line for each trouble and the sums."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    parser = argparse.ArgumentParser(prog="python -m bench.textlayers", description=__doc__)
    parser.add_argument("--each", type=int, default=2, help="pages of each trouble (default: 2)")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other pages")
    asked = parser.parse_args()
    outcomes = list(measured(asked.each, asked.seed))
    for trouble in dict.fromkeys(one.trouble for one in outcomes):
        of = [one for one in outcomes if one.trouble == trouble]
        verdicts = ", ".join(f"{n} {name}" for name, n in Counter(one.verdict for one in of).most_common())
        wrong = sum(one.wrong for one in of)
        sys.stdout.write(f"{trouble:34} {verdicts}" + (f"  WRONG: {wrong}" if wrong else "") + "\n")
    wrong, needless = sum(one.wrong for one in outcomes), sum(one.needless for one in outcomes)
    good = sum(one.good for one in outcomes)
    cost = sum(one.seconds for one in outcomes) / len(outcomes) * 1000
    sys.stdout.write(
        f"{len(outcomes)} pages: believed wrongly {wrong}; read again needlessly {needless} of {good}; "
        f"{cost:.0f} ms of CPU a page\n"
    )
    return int(wrong > 0 or needless > NEEDLESS * good)


if __name__ == "__main__":
    sys.exit(main())

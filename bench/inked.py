"""Words that a stamp or a pen lies on, and words that nobody printed, as Arsip and the bare engine read them.

    python -m bench.inked [--corpus DIR] [--engine NAME] [--languages ind+eng] [--json]

A word is found where it is read as it is, in its place; what was read over no printed word is counted as
``more``, and that is what stamps say, and scribbles. Without a corpus the frozen pages are drawn; others, to
try things on, by ``python -m bench.generated DIR --folder drawn-inks --folder drawn-colours --from 100``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import msgspec

from archive.geometry import on_shown
from archive.types import PrepareOptions, ReadOptions, Word
from bench import generated
from bench.boxes import markable, shared
from bench.recall import bare, known_of, scans, source_of
from bench.truth import normalised
from ingest.prepare import prepare
from ocr import read
from samples.truth import PageTruth

Way = Callable[[Path, ReadOptions], Sequence[Word]]
LEAST_OVER = 0.3
"""A word read lies over printed ones where they take this share of its box; boxes that only touch do not."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Words that ink lies on and the others, how many of each were found, and how many more were read."""

    inked: int = 0
    inked_found: int = 0
    plain: int = 0
    plain_found: int = 0
    more: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))


def counted(true: PageTruth, words: Iterable[Word]) -> Counted:
    """One page, read in some way. A colon or a dash alone is no word here."""
    read_words = markable(words)
    inked = markable(true.words[n] for n in true.inked)
    plain = markable(word for n, word in enumerate(true.words) if n not in {*true.inked})
    return Counted(
        inked=len(inked),
        inked_found=sum(_found(word, read_words) for word in inked),
        plain=len(plain),
        plain_found=sum(_found(word, read_words) for word in plain),
        more=sum(
            sum(shared(word.box, each.box) for each in true.words) < LEAST_OVER * word.box.w * word.box.h
            for word in read_words
        ),
    )


def ours(path: Path, options: ReadOptions) -> tuple[Word, ...]:
    """The words as the pipeline gets them, on the page as it is shown."""
    source = source_of(path)
    image, prepared = prepare(source, PrepareOptions())
    text = read.read(source, prepared, image, options)
    places = on_shown(prepared, text.turn, (word.box for word in text.words))
    return tuple(msgspec.structs.replace(word, box=box) for word, box in zip(text.words, places, strict=True))


WAYS: dict[str, Way] = {"ours": ours, "bare": bare}


def measure(corpus: Path, options: ReadOptions) -> dict[str, dict[str, dict[str, Counted]]]:
    """By folder, page and way."""
    results: dict[str, dict[str, dict[str, Counted]]] = {}
    for folder, paths in scans(corpus, 0).items():
        for path in paths:
            if (true := known_of(path)) is not None:
                page = {name: counted(true, way(path, options)) for name, way in WAYS.items()}
                results.setdefault(folder, {})[path.stem] = page
    return results


def told(results: dict[str, dict[str, dict[str, Counted]]]) -> str:
    """The counts as a table: folders first, then their pages."""
    lines = [f"{'':34}{'inked':>6}{'found %':>9}{'plain':>7}{'found %':>9}{'more':>6}"]
    for folder, pages in results.items():
        for way in WAYS:
            total = sum((page[way] for page in pages.values()), Counted())
            lines.append(_line(f"{folder}, {way}", total))
        lines += [_line(f"  {name}, {way}", page[way]) for name, page in pages.items() for way in WAYS]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measures and tells."""
    asked = _arguments(arguments)
    options = ReadOptions(engine=asked.engine, languages=asked.languages)
    read.check(options)
    with TemporaryDirectory() as drawn:
        if asked.corpus is None:
            asked.corpus = Path(drawn)
            generated.write(asked.corpus, only=generated.INKED)
        results = measure(asked.corpus, options)
    if not results:
        sys.exit("no scans whose words are known with their places")
    plain = {
        folder: {name: {way: asdict(one) for way, one in page.items()} for name, page in pages.items()}
        for folder, pages in results.items()
    }
    print(json.dumps(plain, indent=1) if asked.json else told(results))
    return 0


def _found(word: Word, words: Sequence[Word]) -> bool:
    text = normalised(word.text)
    return any(shared(word.box, each.box) > 0 and normalised(each.text) == text for each in words)


def _line(name: str, one: Counted) -> str:
    inked, plain = (
        100 * found / max(1, all_)
        for found, all_ in ((one.inked_found, one.inked), (one.plain_found, one.plain))
    )
    return f"{name:34}{one.inked:>6}{inked:>9.1f}{one.plain:>7}{plain:>9.1f}{one.more:>6}"


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.inked", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--corpus", type=Path, help="else the frozen pages are drawn for the purpose")
    parser.add_argument("--engine", choices=get_args(read.EngineName), default=read.default_engine())
    parser.add_argument("--languages", default=ReadOptions().languages)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

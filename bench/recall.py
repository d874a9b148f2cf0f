"""Scans read by Arsip and by the bare engine, page by page in one run, against the true text.

    python -m bench.recall [--corpus DIR] [--sample N] [--engine tesserocr] [--json]

Ends with 1 where Arsip finds fewer words of a folder than the bare engine on the untouched image, by more
than 0.3 points: preparing a page must not cost words.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import get_args

import msgspec
import numpy as np
from PIL import Image

from archive.types import PageImage, PrepareOptions, ReadOptions, Source, Word
from bench import generated, truth
from ingest.inspect import sniff
from ingest.prepare import prepare
from ocr import read
from samples.truth import PageTruth

TOLERANCE = 0.003
"""Share of words that may be lost against the bare engine: a word or two of a folder's thousand."""
DISORDER = (0.20, 0.95)
"""A page with more errors than the first, but more words found than the second, was read in another order."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One page read one way: words found of those in the truth, error rates of letters and words, CPU."""

    found: int
    read: int
    words: int
    error_rate: float
    word_error_rate: float
    seconds: float

    @property
    def recall(self) -> float:
        """Share of the true words that were found."""
        return self.found / max(1, self.words)


@dataclass(frozen=True, slots=True)
class Compared:
    """One page read both ways."""

    page: str
    ours: Reading
    bare: Reading


@dataclass(frozen=True, slots=True)
class Row:
    """Pages read one way: recall and precision over all words, median and mean error rates, CPU a page."""

    pages: int
    recall: float
    precision: float
    error_rate: float
    word_error_rate: float
    mean_error: float
    seconds: float


def row(readings: Iterable[Reading]) -> Row:
    """Sums up readings."""
    pages = list(readings)
    hits = sum(page.found for page in pages)
    return Row(
        pages=len(pages),
        recall=hits / max(1, sum(page.words for page in pages)),
        precision=hits / max(1, sum(page.read for page in pages)),
        error_rate=median(page.error_rate for page in pages),
        word_error_rate=median(page.word_error_rate for page in pages),
        mean_error=mean(page.error_rate for page in pages),
        seconds=sum(page.seconds for page in pages) / len(pages),
    )


def source_of(path: Path) -> Source:
    """A scan as the stages are given it."""
    with path.open("rb") as file:
        media_type = sniff(file.read(4096))
    return Source(path=str(path), blob="", media_type=media_type or "", frame=0)


def ours(path: Path, options: ReadOptions) -> tuple[Word, ...]:
    """The words as the pipeline gets them."""
    source = source_of(path)
    image, prepared = prepare(source, PrepareOptions())
    return read.read(source, prepared, image, options).words


def bare(path: Path, options: ReadOptions) -> tuple[Word, ...]:
    """The words of the engine alone, on the grey image as it lies on the disk."""
    with Image.open(path) as file:
        dpi = float(file.info.get("dpi", (0, 0))[0])
        image = PageImage(np.array(file.convert("L")), dpi if 70 <= dpi <= 1300 else 300.0)
    return read.engine(options.engine).recognise(image, options.languages).words


def measured(
    way: Callable[[Path, ReadOptions], tuple[Word, ...]], path: Path, options: ReadOptions
) -> Reading:
    """One page, one way."""
    true = truth_of(path).read_text("utf-8")
    before = cpu_seconds()
    words = way(path, options)
    seconds = cpu_seconds() - before
    return reading(generated.as_text(words), true, seconds)


def reading(text: str, true: str, seconds: float = 0.0) -> Reading:
    """A text measured against the true one."""
    return Reading(
        found=truth.found(text, true),
        read=truth.words(text).total(),
        words=truth.words(true).total(),
        error_rate=truth.error_rate(text, true),
        word_error_rate=truth.word_error_rate(text, true),
        seconds=seconds,
    )


def cpu_seconds() -> float:
    """CPU time of this process and of the programs it has started and seen the end of."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def truth_of(path: Path) -> Path:
    """The true text beside a scan."""
    return path.with_suffix(".gt.txt")


def known_of(path: Path) -> PageTruth | None:
    """The true words with their places beside a scan, where they are known."""
    beside = path.with_suffix(".truth.json")
    return msgspec.json.decode(beside.read_bytes(), type=PageTruth) if beside.exists() else None


def scans(corpus: Path, sample: int) -> dict[str, list[Path]]:
    """The scans that have a true text, by folder; with a sample, that many spread over each folder."""
    folders: dict[str, list[Path]] = {}
    for path in sorted((corpus / "scans").glob("*/*")):
        if path.suffix in (".tif", ".tiff", ".png", ".jpg") and truth_of(path).is_file():
            folders.setdefault(path.parent.name, []).append(path)
    if not sample:
        return folders
    return {name: paths[:: max(1, len(paths) // sample)][:sample] for name, paths in folders.items()}


def compare(paths: Iterable[Path], options: ReadOptions) -> list[Compared]:
    """Reads each page both ways, the ways taking turns to be first."""
    pages: list[Compared] = []
    for number, path in enumerate(paths):
        ways = (ours, bare) if number % 2 == 0 else (bare, ours)
        by_way = {way: measured(way, path, options) for way in ways}
        pages.append(Compared(path.stem, by_way[ours], by_way[bare]))
    return pages


def main(arguments: list[str] | None = None) -> int:
    """Measures, tells, and ends with 1 where words were lost."""
    asked = _arguments(arguments)
    options = ReadOptions(engine=asked.engine, languages=asked.languages)
    with TemporaryDirectory() as drawn:
        if asked.corpus is None:
            asked.corpus = Path(drawn)
            generated.write(asked.corpus)
        return _measure(asked, options)


def _measure(asked: argparse.Namespace, options: ReadOptions) -> int:
    folders = scans(asked.corpus, asked.sample)
    if not folders:
        sys.exit(f"no scans with a true text in {asked.corpus}")
    read.check(options)
    bare(next(iter(folders.values()))[0], options)  # loads the models before the clock runs
    results = {name: compare(paths, options) for name, paths in folders.items()}
    rows = {name: (row(p.ours for p in pages), row(p.bare for p in pages)) for name, pages in results.items()}
    lost = [name for name, (mine, theirs) in rows.items() if mine.recall < theirs.recall - TOLERANCE]
    if asked.json:
        folder_rows = {name: {"ours": asdict(a), "bare": asdict(b)} for name, (a, b) in rows.items()}
        pages = {name: [asdict(page) for page in pages] for name, pages in results.items()}
        print(json.dumps({"folders": folder_rows, "pages": pages, "lost": lost}, indent=1))
    else:
        _tell(results, rows, lost)
    return 1 if lost else 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.recall", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--corpus", type=Path, help="else pages are drawn for the purpose")
    parser.add_argument("--sample", type=int, default=0, help="pages of each folder; 0 for all")
    parser.add_argument("--engine", choices=get_args(read.EngineName), default=read.default_engine())
    parser.add_argument("--languages", default="ind+eng")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _tell(results: dict[str, list[Compared]], rows: dict[str, tuple[Row, Row]], lost: list[str]) -> None:
    print(
        f"{'':12}{'pages':>6}{'word recall %':>22}{'precision %':>20}{'median CER %':>20}{'CPU s/page':>18}"
    )
    print(f"{'':18}{'ours':>12}{'bare':>10}" + f"{'ours':>10}{'bare':>10}" * 2 + f"{'ours':>9}{'bare':>9}")
    for name, (mine, theirs) in rows.items():
        print(
            f"{name:12}{len(results[name]):>6}"
            f"{mine.recall:>12.2%}{theirs.recall:>10.2%}{mine.precision:>10.2%}{theirs.precision:>10.2%}"
            f"{mine.error_rate:>10.2%}{theirs.error_rate:>10.2%}{mine.seconds:>9.2f}{theirs.seconds:>9.2f}"
        )
    for page in (page for pages in results.values() for page in pages):
        if page.ours.error_rate > DISORDER[0] and page.ours.recall > DISORDER[1]:
            print(
                f"reading order: {page.page} (CER {page.ours.error_rate:.0%}, recall {page.ours.recall:.1%})"
            )
    for name in lost:
        worst = max(results[name], key=lambda page: page.bare.found - page.ours.found)
        print(f"lost words: {name}, most on {worst.page} ({worst.bare.found} -> {worst.ours.found})")


if __name__ == "__main__":
    sys.exit(main())

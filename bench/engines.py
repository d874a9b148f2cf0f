"""Engines side by side on the same clean pages, taking turns: errors, words found, CPU seconds.

    python -m bench.engines [--corpus DIR] [--sample N] [--folder NAME…] [--languages ind+eng]
                            [--engine tesserocr --engine onnx] [--dpi 300] [--json]

Pages are prepared once, before the clock runs. The first engine is what the others are measured against: ends
with 1 where another finds fewer words over all by more than 0.3 points.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from archive.types import PageImage, PrepareOptions, ReadOptions, Word
from bench import generated
from bench.recall import TOLERANCE, Reading, Row, measured, row, scans, source_of
from ingest.prepare import prepare
from ocr import read


def prepared(path: Path, dpi: int) -> PageImage:
    """The clean page of a scan."""
    return prepare(source_of(path), PrepareOptions(max_dpi=dpi))[0]


def measure(asked: argparse.Namespace) -> dict[str, dict[str, list[Reading]]]:
    """Every page by every engine: folder, engine, readings."""
    results: dict[str, dict[str, list[Reading]]] = {}
    for folder, paths in scans(asked.corpus, asked.sample).items():
        if asked.folder and folder not in asked.folder:
            continue
        sides = results.setdefault(folder, {engine: [] for engine in asked.engine})
        for number, path in enumerate(paths):
            image = prepared(path, asked.dpi)

            def way(_path: Path, options: ReadOptions, image: PageImage = image) -> tuple[Word, ...]:
                return read.engine(options.engine).recognise(image, options.languages).words

            choices = [ReadOptions(engine=engine, languages=asked.languages) for engine in asked.engine]
            if len(results) == 1 and number == 0:
                for options in choices:  # loads the models before the clock runs
                    way(path, options)
            for options in choices if number % 2 == 0 else choices[::-1]:
                sides[options.engine].append(measured(way, path, options))
    return results


def main(arguments: list[str] | None = None) -> int:
    """Measures, tells, and ends with 1 where words were lost."""
    asked = _arguments(arguments)
    with TemporaryDirectory() as drawn:
        if asked.corpus is None:
            asked.corpus = Path(drawn)
            generated.write(asked.corpus)
        results = measure(asked)
    if not results:
        sys.exit("no scans with a true text")
    rows = {
        folder: {engine: row(pages) for engine, pages in sides.items()} for folder, sides in results.items()
    }
    rows["all"] = {e: row(page for sides in results.values() for page in sides[e]) for e in asked.engine}
    if asked.json:
        print(
            json.dumps({f: {e: asdict(r) for e, r in sides.items()} for f, sides in rows.items()}, indent=1)
        )
    else:
        _tell(rows)
    first, *others = (rows["all"][engine] for engine in asked.engine)
    return int(any(other.recall < first.recall - TOLERANCE for other in others))


def _tell(rows: dict[str, dict[str, Row]]) -> None:
    print(
        f"{'':24}{'pages':>6}{'recall %':>10}{'precision %':>13}"
        f"{'CER mean %':>12}{'median':>8}{'CPU s/page':>12}"
    )
    for folder, sides in rows.items():
        for engine, one in sides.items():
            print(
                f"{folder:12}{engine:12}{one.pages:>6}{100 * one.recall:>10.2f}{100 * one.precision:>13.2f}"
                f"{100 * one.mean_error:>12.2f}{100 * one.error_rate:>8.2f}{one.seconds:>12.3f}"
            )


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.engines", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--corpus", type=Path, help="else pages are drawn for the purpose")
    parser.add_argument("--sample", type=int, default=0, help="pages of each folder; 0 for all")
    parser.add_argument("--folder", action="append", help="only these folders")
    parser.add_argument("--engine", action="append", choices=get_args(read.EngineName))
    parser.add_argument("--languages", default="ind+eng")
    parser.add_argument("--dpi", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    asked.engine = asked.engine or ["tesserocr", "onnx"]
    return asked


if __name__ == "__main__":
    sys.exit(main())

"""Recognition measured in one run: Arsip with each engine, OCRmyPDF and the bare engine, on the same pages.

    python -m bench.recognition [--corpus DIR] [--sample N] [--folder NAME…] [--runs 1] [--engine NAME…]
                                [--ocrmypdf .bench/bin/ocrmypdf] [--json] [--plot FILE.png]

Pages are the scans of the corpus that have a true text (``DIR/scans/FOLDER``; else ARSIP_CORPUS names it) and
those that the project's generator draws. They are read in groups, in each of which all sides take turns:
import into a fresh archive and searchable PDFs written, by both; OCRmyPDF is given all pages of a group in
one PDF made before its clock runs. What is promised is told beside what was measured; ends with 1 where it is
not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import get_args

from archive.types import ReadOptions
from bench import generated, sides
from bench.boxes import markable, placed
from bench.processes import ROOT, Took
from bench.promises import Promise, promises
from bench.recall import Reading, Row, known_of, reading, row, scans, truth_of
from bench.sides import Read, named
from ocr import read as engines
from samples.truth import PageTruth

GROUPS = {
    "letters and reports": ("letters", "reports"),
    "grey pages": generated.GREY,
}
"""Folders that are read together, so that a run is long enough to be timed; all others are the last group."""
OTHERS = "other pages"
Truths = Mapping[str, tuple[str, PageTruth | None]]
"""The true text of each page, and where its words are if that is known."""
BARE, OCRMYPDF = "bare", "ocrmypdf"


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that are read together: copies of their scans below ``folder``, and all of them in ``pdf``."""

    name: str
    sources: tuple[Path, ...]
    files: tuple[Path, ...]
    folder: Path
    pdf: Path


@dataclass(frozen=True, slots=True)
class Speed:
    """A group read by one side, the median of its runs; CPU a page by part, memory in MB."""

    pages: int
    seconds: float
    pages_a_minute: float
    cpu_a_page: dict[str, float]
    tree_megabytes: float
    child_megabytes: float
    version: str


@dataclass(slots=True)
class Measured:
    """All figures: speed by group and side, rows by folder and side, boxes by folder, side and place."""

    speed: dict[str, dict[str, Speed]] = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    boxes: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    turned: dict[str, float] = field(default_factory=dict)
    pages: dict[str, dict[str, Reading]] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)


def gather(asked: argparse.Namespace, scratch: Path) -> list[Group]:
    """The pages of the corpus and the drawn ones, copied so that each group is one folder to import."""
    corpora = [] if asked.corpus is None else [asked.corpus]
    if asked.drawn:
        corpora.append(scratch / "drawn")
        asked.lines = generated.write(corpora[-1], asked.sample, asked.folder or ())
    found: dict[str, list[Path]] = {}
    for corpus in corpora:
        for folder, paths in scans(corpus, asked.sample).items():
            if not asked.folder or folder in asked.folder:
                found.setdefault(_group_of(folder), []).extend(paths)
    return [_group(name, paths, scratch / f"in-{n}") for n, (name, paths) in enumerate(sorted(found.items()))]


def _group_of(folder: str) -> str:
    return next((name for name, folders in GROUPS.items() if folder in folders), OTHERS)


def _group(name: str, paths: Sequence[Path], folder: Path) -> Group:
    files = []
    for path in paths:
        files.append(folder / path.parent.name / path.name)
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, files[-1])
    return Group(name, tuple(paths), tuple(files), folder, folder.with_suffix(".pdf"))


def truths(groups: Iterable[Group]) -> Truths:
    """What is true of each page, from beside its scan."""
    sources = (source for group in groups for source in group.sources)
    return {named(source): (truth_of(source).read_text("utf-8"), known_of(source)) for source in sources}


def ways(asked: argparse.Namespace, scratch: Path) -> dict[str, Callable[[Group], Read]]:
    """The sides by name."""
    languages = asked.languages
    chosen: dict[str, Callable[[Group], Read]] = {}
    for engine in asked.engine:
        chosen[f"arsip {engine}"] = lambda group, engine=engine: sides.read_ours(  # type: ignore[misc]
            engine, languages, group.folder, scratch
        )
    for engine in ("tesserocr", "tesseract"):
        chosen[f"{BARE} {engine}"] = lambda group, engine=engine: sides.read_bare(  # type: ignore[misc]
            engine, languages, group.files, scratch / f"bare-{engine}"
        )
    if Path(asked.ocrmypdf).exists():
        chosen[OCRMYPDF] = lambda group: sides.read_ocrmypdf(
            asked.ocrmypdf, languages, group.files, group.pdf, scratch
        )
    return chosen


def measure(asked: argparse.Namespace, scratch: Path) -> Measured:
    """Every group by every side, who begins changing from group to group and from run to run."""
    groups, by = gather(asked, scratch), ways(asked, scratch)
    if not groups:
        sys.exit("no scans with a true text")
    true = truths(groups)
    measured = Measured()
    last: dict[str, Read] = {side: Read(Took()) for side in by}
    for number, group in enumerate(groups):
        if OCRMYPDF in by:
            sides.as_pdf(asked.ocrmypdf, group.files, group.pdf)
        runs: dict[str, list[Read]] = {side: [] for side in by}
        for run in range(asked.runs):
            start = (number + run) % len(by)
            for side in [*by][start:] + [*by][:start]:
                runs[side].append(by[side](group))
        measured.speed[group.name] = {side: _speed(reads, len(group.files)) for side, reads in runs.items()}
        for side, reads in runs.items():
            _keep(last[side], reads[-1])
    _judge(measured, last, true)
    if asked.lines:
        known = set(generated.frozen())
        share = sum(line in known for line in asked.lines) / len(asked.lines)
        measured.promises.append(Promise("drawn pages that are those frozen", share, 1.0, at_most=False))
    measured.promises += promises(
        measured.speed, measured.rows, measured.boxes, measured.turned, measured.pages, asked.default
    )
    return measured


def _speed(reads: list[Read], pages: int) -> Speed:
    seconds = median(read.took.wall for read in reads)
    return Speed(
        pages=pages,
        seconds=seconds,
        pages_a_minute=60 * pages / seconds,
        cpu_a_page={part: median(read.parts[part] for read in reads) / pages for part in reads[0].parts},
        tree_megabytes=max(read.took.tree for read in reads),
        child_megabytes=max(read.took.child for read in reads),
        version=reads[0].version,
    )


def _keep(all_: Read, read: Read) -> None:
    """Gather what a side read of all groups."""
    all_.texts |= read.texts
    all_.turns |= read.turns
    for where, pages in read.boxes.items():
        all_.boxes.setdefault(where, {}).update(pages)


def _judge(measured: Measured, reads: Mapping[str, Read], true: Truths) -> None:
    """Texts, boxes and turns against the truth, by folder; what a side has no text for counts as empty."""
    folders: dict[str, list[str]] = {}
    for page in true:
        folders.setdefault(page.split("/")[0], []).append(page)
    for side, read in reads.items():
        measured.pages[side] = {
            page: reading(read.texts.get(page, ""), text) for page, (text, _) in true.items()
        }
        for folder, pages in [*folders.items(), ("all", [*true])]:
            found = [measured.pages[side][page] for page in pages]
            measured.rows.setdefault(folder, {})[side] = row(found)
            known = {page: markable(truth.words) for page in pages if (truth := true[page][1])}
            for where in read.boxes if known else ():
                over = sum(placed(words, read.boxes[where].get(page, ())) for page, words in known.items())
                share = over / max(1, sum(map(len, known.values())))
                measured.boxes.setdefault(folder, {}).setdefault(side, {})[where] = share
        turns = {page: truth.turn for page, (_, truth) in true.items() if truth}
        if read.turns and turns:
            right = sum(read.turns.get(page) == turn for page, turn in turns.items())
            measured.turned[side] = right / len(turns)


def told(measured: Measured) -> str:
    """The figures as tables."""
    lines = [
        f"{'':26}{'pages':>6}{'wall s':>9}{'pages/min':>11}{'tree MB':>9}{'child MB':>10}  CPU s/page by part"
    ]
    for group, by in measured.speed.items():
        lines.append(group)
        for side, one in by.items():
            parts = ", ".join(f"{part} {seconds:.2f}" for part, seconds in one.cpu_a_page.items())
            lines.append(
                f"  {side:24}{one.pages:>6}{one.seconds:>9.1f}{one.pages_a_minute:>11.0f}"
                f"{one.tree_megabytes:>9.0f}{one.child_megabytes:>10.0f}"
                f"  {sum(one.cpu_a_page.values()):.2f} ({parts}), Tesseract {one.version}"
            )
    lines += [
        "",
        f"{'':26}{'pages':>6}{'median CER %':>14}{'WER %':>8}{'recall %':>10}{'precision %':>13}  boxes %",
    ]
    for folder, rows in measured.rows.items():
        lines.append(folder)
        for side, figures in rows.items():
            boxes = measured.boxes.get(folder, {}).get(side, {})
            shares = ", ".join(f"{where} {100 * share:.1f}" for where, share in boxes.items())
            lines.append(
                f"  {side:24}{figures.pages:>6}{100 * figures.error_rate:>14.2f}"
                f"{100 * figures.word_error_rate:>8.2f}{100 * figures.recall:>10.2f}"
                f"{100 * figures.precision:>13.2f}  {shares}"
            )
    lines += ["", "promised", *(str(promise) for promise in measured.promises)]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measures, tells, and ends with 1 where a promise is not kept."""
    asked = _arguments(arguments)
    with TemporaryDirectory(prefix="arsip-bench-") as scratch:
        measured = measure(asked, Path(scratch))
    answer = asdict(measured) | {"promises": [asdict(one) | {"kept": one.kept} for one in measured.promises]}
    print(json.dumps(answer, indent=1) if asked.json else told(measured))
    if asked.plot:
        from bench.plot import plot

        plot(measured.speed, measured.rows).save(asked.plot)
    return int(any(promise.kept is False for promise in measured.promises))


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.recognition", description=(__doc__ or "").splitlines()[0]
    )
    here = os.environ.get("ARSIP_CORPUS")
    parser.add_argument(
        "--corpus", type=Path, default=here and Path(here), help="real scans beside the drawn pages"
    )
    parser.add_argument("--no-drawn", dest="drawn", action="store_false", help="only the corpus")
    parser.add_argument("--sample", type=int, default=0, help="pages of each folder; 0 for all")
    parser.add_argument("--folder", action="append", help="only these folders")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--engine", action="append", choices=get_args(engines.EngineName))
    parser.add_argument("--languages", default=ReadOptions().languages)
    parser.add_argument("--ocrmypdf", default=shutil.which("ocrmypdf") or str(ROOT / ".bench/bin/ocrmypdf"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plot", type=Path, help="a picture of the figures")
    asked = parser.parse_args(arguments)
    asked.engine = asked.engine or list(get_args(engines.EngineName))
    asked.lines = []
    asked.default = ReadOptions().engine if ReadOptions().engine in asked.engine else asked.engine[0]
    return asked


if __name__ == "__main__":
    sys.exit(main())

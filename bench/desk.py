"""What the scanner's desk says of drawn sheets, bad ones and good ones that look alike: precision and recall.

    python -m bench.desk [--set "held out 3"] [--each 30] [--part PART] [--no-words] [--json]

The sheets (``samples/sheets.py``) are prepared and read as in an import. Ends with 1 where precision or
recall of blank, blurred, cut or twice is below 0.95. ``--set tune`` are those that the limits were chosen on;
``held out`` and ``held out 2`` were looked at, and are spent; of ``held out 3`` only figures were looked
at, and the limit of blurred pages was moved between its two measurements.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from archive.types import PageText, PrepareOptions, ReadOptions
from bench.recall import source_of
from ingest.desk.facts import Facts, facts
from ingest.desk.findings import findings
from ingest.desk.kinds import WITH_WORDS, Kind
from ingest.prepare import prepare
from ocr import read
from samples.sheets import Sheet, documents, drawn, numbered, plan

PROMISED = (Kind.BLANK, Kind.BLURRED, Kind.CUT, Kind.TWICE)
LEAST = 0.95
SETS = ("held out 3", "held out 2", "held out", "tune")
FAULTS = {"double": Kind.DOUBLE}
"""Faults that are not called as the kind that tells of them."""


@dataclass(slots=True)
class Row:
    """How often a kind was told, how often it should have been, how often both; and where not."""

    told: int = 0
    true: int = 0
    right: int = 0
    missed: tuple[str, ...] = ()
    false: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        """Share of what was told that is so."""
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        """Share of what is so that was told."""
        return self.right / self.true if self.true else 1.0


def looked_at(
    sheets: Iterable[Sheet], folder: Path, words: bool
) -> tuple[list[Facts], dict[str, PageText], float]:
    """The facts and readings of sheets, and the CPU milliseconds that preparing one took."""
    options = ReadOptions(engine=read.default_engine(), languages="ind+eng")
    pages, texts, seconds = [], {}, 0.0
    numbers: dict[str, int] = {}
    for sheet in sheets:
        path = folder / "sheet.png"
        Image.fromarray(drawn(sheet)).save(path, dpi=(sheet.dpi, sheet.dpi), compress_level=1)
        before = time.process_time()
        source = source_of(path)
        image, prepared = prepare(source, PrepareOptions())
        seconds += time.process_time() - before
        document = sheet.document or sheet.name
        numbers[document] = numbers.get(document, 0) + 1
        if words:
            texts[sheet.name] = read.read(source, prepared, image, options)
        pages.append(facts(sheet.name, document, numbers[document], prepared, texts.get(sheet.name)))
    return pages, texts, 1000 * seconds / max(1, len(pages))


def part(sheet: Sheet) -> str:
    """What a sheet is mainly there for: parts can be measured one by one, as reading all takes long."""
    if sheet.document:
        return "numbers"
    return "twice" if any(f" {name} " in sheet.name for name in ("once", "again", "alike")) else "faults"


def scored(sheets: Sequence[Sheet], pages: Sequence[Facts], texts: dict[str, PageText]) -> dict[Kind, Row]:
    """What was told against what is so, by kind; what is only doubtful to read is not scored."""
    told = {(each.kind, each.page) for each in findings(pages, lambda asked: {p: texts[p] for p in asked})}
    true = {(FAULTS.get(fault) or Kind(fault), sheet.name) for sheet in sheets for fault in sheet.faults}
    rows: dict[Kind, Row] = {}
    for kind in Kind:
        if kind is Kind.WEAK or (kind in WITH_WORDS and not texts):
            continue
        mine, theirs = ({page for of, page in pairs if of is kind} for pairs in (told, true))
        missed, false = (tuple(sorted(names)) for names in (theirs - mine, mine - theirs))
        rows[kind] = Row(len(mine), len(theirs), len(mine & theirs), missed, false)
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--set", default="held out 3", dest="of", choices=SETS)
    parser.add_argument("--each", type=int, default=30)
    parser.add_argument("--part", default="all", choices=("all", "faults", "twice", "numbers"))
    parser.add_argument("--no-words", action="store_true", help="as in a dry run")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    sheets = [*plan(asked.of, asked.each), *documents(asked.of, max(2, asked.each * 2 // 5))]
    sheets += numbered(asked.of, 2 * asked.each)
    sheets = [sheet for sheet in sheets if asked.part in ("all", part(sheet))]
    with TemporaryDirectory() as folder:
        pages, texts, milliseconds = looked_at(sheets, Path(folder), not asked.no_words)
    rows = scored(sheets, pages, texts)
    kept = [kind for kind in PROMISED if kind in rows]
    below = [kind for kind in kept if min(rows[kind].precision, rows[kind].recall) < LEAST]
    if asked.json:
        kinds = {kind: asdict(row) for kind, row in rows.items()}
        print(json.dumps({"kinds": kinds, "below": below}, indent=1))
    else:
        _tell(rows, len(sheets), milliseconds)
    return 1 if below else 0


def _tell(rows: dict[Kind, Row], sheets: int, milliseconds: float) -> None:
    print(f"{sheets} sheets, {milliseconds:.0f} ms CPU to prepare one")
    print(f"{'':14}{'true':>6}{'told':>6}{'right':>7}{'precision':>11}{'recall':>8}")
    for kind, row in rows.items():
        print(f"{kind:14}{row.true:>6}{row.told:>6}{row.right:>7}{row.precision:>11.3f}{row.recall:>8.3f}")
    for kind, row in rows.items():
        for what, names in (("missed", row.missed), ("false", row.false)):
            if names:
                print(f"{kind} {what}: {', '.join(names)}")


if __name__ == "__main__":
    sys.exit(main())

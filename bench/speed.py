"""Import to searchable, against two bare engine processes and OCRmyPDF, on the same grey images in one run.

    python -m bench.speed [--corpus DIR] [--runs 3] [--ocrmypdf .bench/bin/ocrmypdf] [--json]

Every run starts on a fresh archive. The sides take turns within a run; figures are medians over the runs.
Ends with 1 where Arsip takes more than 1.25 times the bare engine's time, or where more than 10 % of its CPU
goes to what is neither decoder nor cleaning nor engine.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import median

from PIL import Image

from bench import generated
from bench.processes import ROOT, TICKS, Took
from bench.sides import JOBS, as_pdf, bare, ocrmypdf, ours
from worker.reader import Reader

MOST_TIMES_BARE = 1.25
MOST_OVERHEAD = 0.10


def grey(corpus: Path, folder: Path, sample: int) -> list[Path]:
    """The scans as grey images at their native resolution, which every side is given."""
    scans = sorted(
        each
        for each in (corpus / "scans").rglob("*")
        if each.suffix.lower() in (".tif", ".tiff", ".png", ".jpg")
    )
    files = []
    for scan in scans[:: max(1, len(scans) // sample)] if sample else scans:
        with Image.open(scan) as image:
            dpi = image.info.get("dpi", (0, 0))
            target = folder / scan.parent.name / f"{scan.stem}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            image.convert("L").save(target, compress_level=1, **({"dpi": dpi} if dpi[0] else {}))
        files.append(target)
    return files


def reader_start() -> float:
    """CPU seconds that a reader takes before it has done anything: it loads its libraries."""
    with Reader() as reader:
        reader.start()
        stat = Path(f"/proc/{reader.pid}/stat")
        before = -1.0
        while True:
            fields = stat.read_text().rpartition(")")[2].split()
            now = (int(fields[11]) + int(fields[12])) / TICKS
            if now == before and now > 0:
                return now
            before = now
            time.sleep(0.5)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, help="else pages are drawn for the purpose")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sample", type=int, default=0, help="about so many of the scans; 0 is all")
    parser.add_argument("--languages", default="ind+eng")
    parser.add_argument("--ocrmypdf", default=shutil.which("ocrmypdf") or str(ROOT / ".bench/bin/ocrmypdf"))
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if chosen.corpus is None:
            chosen.corpus = Path(name) / "corpus"
            generated.write(chosen.corpus, only=generated.GREY)
        answer = measure(chosen, Path(name))
    print(json.dumps(answer, indent=1) if chosen.json else told(answer))
    return 1 if answer["too_slow"] or answer["too_much_overhead"] else 0


def measure(chosen: argparse.Namespace, scratch: Path) -> dict[str, object]:
    """All sides, taking turns, and what they come to."""
    folder, languages = scratch / "grey", chosen.languages
    files = grey(chosen.corpus, folder, chosen.sample)
    sides: dict[str, Callable[[], Took]] = {
        "bare tesserocr": lambda: bare("tesserocr", languages, files, scratch / "bare"),
        "arsip tesserocr": lambda: ours("tesserocr", languages, folder, scratch / "home"),
        "bare tesseract": lambda: bare("tesseract", languages, files, scratch / "bare"),
        "arsip pytesseract": lambda: ours("pytesseract", languages, folder, scratch / "home"),
    }
    if Path(chosen.ocrmypdf).exists():
        pdf = scratch / "in.pdf"
        as_pdf(chosen.ocrmypdf, files, pdf)
        sides["ocrmypdf"] = lambda: ocrmypdf(chosen.ocrmypdf, languages, pdf, scratch)
    took: dict[str, list[Took]] = {side: [] for side in sides}
    for _ in range(chosen.runs):
        for side, run in sides.items():
            took[side].append(run())
    walls = {side: median(each.wall for each in runs) for side, runs in took.items()}
    start = reader_start()
    overhead = {
        side: median((each.own + JOBS * start) / each.cpu for each in runs)
        for side, runs in took.items()
        if side.startswith("arsip")
    }
    ratios = {
        "tesserocr": walls["arsip tesserocr"] / walls["bare tesserocr"],
        "pytesseract": walls["arsip pytesseract"] / walls["bare tesseract"],
    }
    if "ocrmypdf" in walls:
        ratios |= {f"{each} / ocrmypdf": walls[each] / walls["ocrmypdf"] for each in walls if "arsip" in each}
    return {
        "pages": len(files),
        "runs": {side: [asdict(each) for each in runs] for side, runs in took.items()},
        "wall_seconds": walls,
        "ratios": ratios,
        "overhead": overhead,
        "reader_start_cpu_seconds": start,
        "too_slow": max(ratios["tesserocr"], ratios["pytesseract"]) > MOST_TIMES_BARE,
        "too_much_overhead": max(overhead.values()) > MOST_OVERHEAD,
    }


def told(answer: Mapping[str, object]) -> str:
    """The figures in words."""
    lines = [f"{answer['pages']} pages, median of the runs"]
    for name in ("wall_seconds", "ratios", "overhead"):
        figures = answer[name]
        assert isinstance(figures, dict)
        lines += [
            "",
            name.replace("_", " "),
            *(f"  {side:<32}{figure:8.3f}" for side, figure in figures.items()),
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

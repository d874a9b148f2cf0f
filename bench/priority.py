"""One urgent document against a batch of 10,000 pages: how long until it is searchable, idle and busy.

    python -m bench.priority [--profile embedded|served] [--pages 10000] [--seconds 0.5] [--letters 5]

A real ``arsip worker`` works on pages whose reader sleeps so long in place of reading, which leaves the
CPU to what is measured: the way of a message. Then letters of one page are imported with ``--priority
urgent``, one at a time, and searched for until they are found. Ends with 1 where the median takes more than
three times as long as on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from archive.catalog.accounts import account
from archive.catalog.intake import Place, open_batch
from archive.ledger.hold import prioritize
from archive.types import Filter, Viewer
from bench.catalog import archive
from commands.report import PRIORITIES
from search import search
from tests.hosts import SleepingParts, take_in
from worker.importer import Importer
from worker.parts import Parts

MOST_TIMES = 3.0
ROOT = Path(__file__).resolve().parent.parent
EVERYBODY = Viewer("bench", Filter())
_LONGEST_SECONDS = 120.0


def letter_seconds(parts: Parts, scratch: Path, name: str, seconds: float) -> float:
    """How long it takes from taking a letter in until a search finds it."""
    word = f"mendesak{name}x"
    (scratch / name).mkdir()
    (scratch / name / "surat.png").write_text(f"{seconds} surat {word}")
    began = time.monotonic()
    batch = open_batch(parts.catalog, name)
    prioritize(parts.catalog, batch.name, PRIORITIES["urgent"])
    Importer(parts, name, Place(), "file").run([scratch / name], lambda: True)
    while not search(word, EVERYBODY, index=parts.index, catalog=parts.views).pages:
        if time.monotonic() - began > _LONGEST_SECONDS:
            raise RuntimeError("the letter was not found")
        time.sleep(0.02)
    return time.monotonic() - began


@contextmanager
def worker(scratch: Path) -> Iterator[None]:
    """A worker process on the archive that the environment names, whose readers sleep."""
    with (scratch / "told").open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.sleeping", "60"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def measure(profile: str, pages: int, seconds: float, letters: int, scratch: Path) -> dict[str, float]:
    """Median and worst seconds of the letters, on the idle machine and beside the batch."""
    with archive(profile, scratch / "home", SleepingParts) as parts, worker(scratch):
        letter_seconds(parts, scratch, "pertama", seconds)  # the worker and the index are up then
        idle = [letter_seconds(parts, scratch, f"sepi{n}", seconds) for n in range(letters)]
        take_in(parts, scratch / "bulk", "bulk", pages, seconds)
        busy = [letter_seconds(parts, scratch, f"ramai{n}", seconds) for n in range(letters)]
        left = account(parts.catalog, "bulk").pages.waiting
    return {
        "idle": median(idle),
        "idle_worst": max(idle),
        "busy": median(busy),
        "busy_worst": max(busy),
        "times": median(busy) / median(idle),
        "pages_left": left,
    }


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--letters", type=int, default=5)
    parser.add_argument("--profile", choices=["embedded", "served"], default="embedded")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="arsip-bench-") as folder:
        told = measure(chosen.profile, chosen.pages, chosen.seconds, chosen.letters, Path(folder))
    lines = (f"{name:<12}{value:10.2f}" for name, value in told.items())
    sys.stdout.write(json.dumps(told) if chosen.json else "\n".join([chosen.profile, *lines, ""]))
    return 1 if told["times"] > MOST_TIMES or not told["pages_left"] else 0


if __name__ == "__main__":
    sys.exit(main())

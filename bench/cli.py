"""How long a person waits for a command that does nothing heavy: help, and looks at a large batch.

    python -m bench.cli [--pages 10000] [--runs 7]

Each run is a new process on a warm file cache; the median is told. The batch is synthetic: so many pages of
documents of ten, none read yet. Ends with 1 where ``--help`` takes more than 0.3 s, or a command fails.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from sqlalchemy import select

from archive.catalog.connect import open_catalog
from archive.catalog.intake import Leaf, NewDocument, Place, Seen, open_batch, take_in
from archive.catalog.schema import page
from archive.errors import Exit

ROOT = Path(__file__).parent.parent
HELP_SECONDS = 0.3
FRAMES = 10


def fill(home: Path, pages: int) -> str:
    """A batch of so many pages, as an import leaves it before anything is read; the id of one of them."""
    catalog = open_catalog(home / "catalog.sqlite")
    batch = open_batch(catalog, "besar")
    documents = [
        NewDocument(name, (Leaf(Seen("/in", name, 1, 1), f"{number:064d}", 1, "image/tiff", FRAMES),))
        for number in range(pages // FRAMES)
        for name in [f"boks/{number:06d}.tif"]
    ]
    take_in(catalog, batch, Place(), documents, [])
    with catalog.read() as connection:
        one = str(connection.execute(select(page.c.id).limit(1)).scalar_one())
    catalog.close()
    return one


def seconds(home: Path, runs: int, code: int, *words: str) -> float:
    """The median time of a command as a process of its own, which has to end with this exit code."""
    environment = {**os.environ, "ARSIP_HOME": str(home), "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    environment["PYTHONPYCACHEPREFIX"] = str(home / "bytecode")
    taken = []
    for _run in range(runs + 1):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-P", "-m", "cli", *words],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        taken.append(time.perf_counter() - began)
        if done.returncode != code:
            raise SystemExit(1)
    return median(taken[1:])  # the first one fills the caches


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="arsip-bench-") as folder:
        home = Path(folder)
        page_id = fill(home, chosen.pages)
        calls = {
            ("--help",): Exit.OK,
            ("batch", "list"): Exit.OK,
            ("batch", "status", "besar"): Exit.WAITING,
            ("show", page_id): Exit.OK,
        }
        measured = {
            " ".join(words): seconds(home, chosen.runs, code, *words) for words, code in calls.items()
        }
    for words, taken in measured.items():
        sys.stdout.write(f"arsip {words:<28} {taken:6.3f} s\n")
    return 1 if measured["--help"] > HELP_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())

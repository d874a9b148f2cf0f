"""What catalog and queue cost: CPU a page for all stages together, and a look at a large batch.

    python -m bench.catalog [--profile embedded|served|both] [--pages 100000] [--measured 600] [--json]

The catalog holds so many pages already. Then a batch is worked on by a real crew, broker included, whose
stages give ready outcomes (300 words a page, documents of one to three pages): what is left is the CPU of
catalog and queue. Served, the servers are our own; what they take is told beside it. ``batch status`` and
``batch list`` are whole processes, the median of seven. Ends with 1 where a page takes more than 15 ms
embedded or 25 ms served, or ``batch status`` more than 300 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import select

import pipeline
from archive.catalog.accounts import account
from archive.catalog.connect import Catalog
from archive.catalog.contradictions import sizes
from archive.catalog.health import originals
from archive.catalog.intake import Leaf, NewDocument, Place, Seen, open_batch, take_in
from archive.catalog.schema import message
from archive.errors import Exit
from archive.ledger.hold import pause
from archive.ledger.work import Indexed, Outcome
from archive.types import Box, Description, Field, Homography, Label, PageText, Prepared, Quality, Stage, Word
from bench.cli import seconds
from bench.filled import LARGE, fill
from settings import load
from tests import servers
from tests.servers import descendants
from worker.crew import Crew
from worker.parts import Parts
from worker.reader import Reader

MOST_MS = {"embedded": 15.0, "served": 25.0}
STATUS_MS = 300.0
RUNS = 7
NEW = "baru"
SERVERS = ("postgres", "beam.smp")
_TICKS = os.sysconf("SC_CLK_TCK")


class Still(Reader):
    """A reader without a process: nothing is read here."""

    def start(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to end."""


class ReadyParts(Parts):
    """Parts whose readers do nothing."""

    def reader(self) -> Reader:
        """See ``Still``."""
        return Still()


def ready() -> pipeline.Stages:
    """Stages that know their outcome."""
    words = tuple(
        Word(
            f"kata{place * 7919 % 5000}",
            Box(place % 10 / 10, place // 10 / 31, 0.08, 0.02),
            0.93,
            place // 10,
        )
        for place in range(300)
    )
    outcomes: dict[Stage, Outcome] = {
        Stage.PREPROCESS: Prepared(
            2480, 3508, 300.0, 0, Homography(), "frame", Quality(100.0, 0.9, 0.0, 0.05, False), ()
        ),
        Stage.OCR: PageText(words, "ocr", "ready", "none", "1", confidence=0.93),
        Stage.CLASSIFY: Description(
            Label("undangan", 0.9), Field("005/1/UM/2021", 0.9), Field("2021-05-12", 0.9), Field(None)
        ),
        Stage.INDEX: Indexed(),
    }
    return {stage: (lambda work: outcomes[work.stage]) for stage in Stage}


def take(catalog: Catalog, pages: int) -> None:
    """Take in documents of one to three pages, in a batch that is paused."""
    into = open_batch(catalog, NEW)
    pause(catalog, NEW)
    taken = 0
    while taken < pages:
        frames = taken // 2 % 3 + 1
        name = f"{taken:06d}.tif"
        leaf = Leaf(Seen("/in", name, 1, 1), name.rjust(64, "e"), 1, "image/tiff", frames)
        take_in(catalog, into, Place(), [NewDocument(name, (leaf,))], [])
        taken += frames


def put_originals(parts: Parts) -> None:
    """An empty file for each original: a crew looks for some before it takes anything."""
    many, _pages = sizes(parts.catalog)
    for sha256, _size in originals(parts.catalog, many):
        parts.store.path(sha256).parent.mkdir(parents=True, exist_ok=True)
        parts.store.path(sha256).touch()


def work(parts: Parts, pages: int) -> dict[str, float]:
    """Work on a batch of so many pages: milliseconds a page, of CPU here, in each server, by the clock."""
    take(parts.catalog, pages)
    put_originals(parts)
    crew = Crew(parts)
    crew._stages = ready()
    crew.start()
    time.sleep(2.0)  # what a crew does once, at its start, is no page's
    ours, theirs, began = time.process_time(), of_servers(), time.monotonic()
    pause(parts.catalog, NEW, False)
    while is_left(parts.catalog):
        if crew.trouble:
            raise RuntimeError(crew.trouble.message())
        time.sleep(0.25)
    taken = {"cpu": time.process_time() - ours, "clock": time.monotonic() - began}
    taken |= {name: each - theirs[name] for name, each in of_servers().items()}
    crew.stop()
    done = account(parts.catalog, NEW).pages.words
    return {name: 1000 * each / done for name, each in taken.items()}


def is_left(catalog: Catalog) -> bool:
    """Whether anything is left to do."""
    with catalog.read() as connection:
        return connection.execute(select(message.c.id).limit(1)).first() is not None


def of_servers() -> dict[str, float]:
    """Seconds of CPU that our servers have taken by the names of their programs, ended processes included."""
    taken: dict[str, float] = {}
    for pid in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text()
            name, fields = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
            # utime, stime, and those of children that have ended: proc(5)
            taken[name] = taken.get(name, 0.0) + sum(map(int, fields[11:15])) / _TICKS
    return {name: taken[name] for name in SERVERS if name in taken}


@contextmanager
def archive(profile: str, home: Path, kind: type[Parts] = Parts) -> Iterator[Parts]:
    """An empty archive in a profile; the environment names it."""
    environment = {"ARSIP_HOME": str(home), "ARSIP_WORKER_THREADS": "2"}
    with ExitStack() as stack:
        if profile == "served":
            postgres = stack.enter_context(servers.postgres())
            rabbitmq = stack.enter_context(servers.rabbitmq())
            url = stack.enter_context(servers.new_database(postgres.url))
            environment |= {"ARSIP_CATALOG_URL": url, "ARSIP_BROKER_URL": rabbitmq.url}
        stack.enter_context(patch.dict(os.environ, environment))
        parts = kind(load(os.environ))
        stack.callback(parts.close)
        yield parts


def measure(profile: str, pages: int, measured: int, home: Path) -> dict[str, float]:
    """Fill, look, work: everything in milliseconds."""
    with archive(profile, home, ReadyParts) as parts:
        fill(parts.catalog, pages)
        status, listed = (
            1000 * seconds(home, RUNS, Exit.OK, *words)
            for words in (("batch", "status", LARGE), ("batch", "list"))
        )
        return {"status": status, "list": listed} | work(parts, measured)


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profile", choices=[*MOST_MS, "both"], default="both")
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--measured", type=int, default=600)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    told: dict[str, dict[str, float]] = {}
    for profile in MOST_MS if chosen.profile == "both" else [chosen.profile]:
        with tempfile.TemporaryDirectory(prefix="arsip-bench-") as folder:
            told[profile] = measure(profile, chosen.pages, chosen.measured, Path(folder))
    if chosen.json:
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
    else:
        for profile, each in told.items():
            lines = (f"  {name:<10}{ms:8.1f}" for name, ms in each.items())
            sys.stdout.write("\n".join([f"{profile}, ms", *lines, ""]))
    missed = [
        profile
        for profile, each in told.items()
        if each["cpu"] > MOST_MS[profile] or each["status"] > STATUS_MS
    ]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

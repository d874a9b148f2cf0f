"""Tasks for a reader that sleeps in place of reading: each file says for how many seconds, and its words.

Run as a program it is the worker of one host, as ``worker.process`` is, whose readers do these tasks:
``python -m tests.sleeping LEASE``, after LEASE seconds without a sign of life others take what it holds.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from archive.types import (
    Box,
    Homography,
    Inspection,
    PageText,
    Prepared,
    PrepareOptions,
    Quality,
    Reading,
    ReadOptions,
    Source,
    Stage,
    Word,
)


def inspect(path: bytes, name: str, options: PrepareOptions) -> Inspection:
    """Every file is a page."""
    return Inspection("image/png", 1)


def prepare(source: Source, options: PrepareOptions) -> Prepared:
    """A page of which nothing is to be cleaned."""
    return Prepared(1000, 1400, 120.0, 0, Homography(), "frame", Quality(100.0, 0.9, 0.0, 0.05, False), ())


def read(
    source: Source,
    prepare_options: PrepareOptions,
    prepared: Prepared | None,
    options: ReadOptions,
    before: Reading | None,
) -> PageText:
    """Sleep as long as the file says, and read its other words."""
    seconds, *texts = Path(source.path).read_text().split()
    time.sleep(float(seconds))
    words = tuple(Word(text, Box(0.1, 0.1, 0.1, 0.02), 0.9, 0) for text in texts)
    return PageText(words, "ocr", "sleeping", "", "1", confidence=0.9)


def main(lease: float) -> int:
    """The worker of a host, with shorter patience than in an office."""
    from archive.ledger import workers
    from tests.hosts import SleepingParts
    from worker import crew, process

    workers.LEASE_SECONDS = lease
    crew.SEEN_SECONDS = lease / 8
    crew.BEAT_SECONDS = 0.5
    process.Parts = SleepingParts  # type: ignore[attr-defined]
    return process.main(os.getppid(), list(Stage))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))

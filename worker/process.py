"""A worker process: one crew that works until it is told to stop, or until its supervisor is gone.

Run as ``python -m worker.process SUPERVISOR STAGE…``: the supervisor's process id, the stages served. It
writes a dot on its standard output as long as its crew is awake.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Collection

import settings
from archive import messages
from archive.errors import CAUSES, ArsipError, Exit, Failure
from archive.types import Stage
from worker.crew import Crew
from worker.parts import Parts

_LOOK_SECONDS = 0.5


def main(supervisor: int, stages: Collection[Stage]) -> int:
    """Work; returns the exit code, which tells the supervisor whether it makes sense to start again."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    try:
        chosen = settings.load(os.environ)
        messages.choose(chosen.language or None)
        parts = Parts(chosen)
        crew = Crew(parts, stages)
        crew.start()
    except ArsipError as error:
        return _failed(error.failure)
    while not told.wait(_LOOK_SECONDS) and crew.trouble is None and os.getppid() == supervisor:
        if crew.is_awake:
            with contextlib.suppress(OSError):  # the supervisor has just gone
                os.write(sys.stdout.fileno(), b".")
    crew.stop()
    parts.close()
    return _failed(crew.trouble) if crew.trouble else Exit.OK


def _failed(failure: Failure) -> int:
    print(f"arsip worker: {failure.message()}\n  → {failure.advice()}", file=sys.stderr)
    return CAUSES[failure.cause].exit


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), [Stage(each) for each in sys.argv[2:]]))

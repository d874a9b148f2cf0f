"""The supervisor: keeps one worker process alive, starts it again when it dies or hangs, ends it in order.

A crash in one worker must not end the work (dramatiq's own command stops all its processes when one dies).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from archive.errors import Exit
from archive.types import Stage

LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A worker that lived this long has earned a quick restart."""
HANGS_SECONDS = 120.0
"""A worker that gives no sign of life for so long is killed: as long as others believe him, too."""
STOP_SECONDS = 30.0
"""How long a worker that is told to end may take."""
_LOOK_SECONDS = 0.2


def supervise(
    stages: Collection[Stage],
    stop: threading.Event,
    begun: Callable[[], None],
    told: Callable[[str, float], None],
) -> int:
    """Run a worker until ``stop``; ``begun`` hears that one is at work, ``told`` how it ended and after how
    many seconds it starts again.

    Returns an exit code: that of the worker where starting it again cannot help (wrong settings), else 0.
    """
    pause = 0.0
    while not stop.is_set():
        started = time.monotonic()
        code = _watched(stages, stop, begun)
        if stop.is_set():
            return Exit.OK
        if code in (Exit.USAGE, Exit.NOT_FOUND):
            return code
        pause = (
            0.0 if time.monotonic() - started > STEADY_SECONDS else min(pause * 2 + 1, LONGEST_PAUSE_SECONDS)
        )
        told(_ended(code), pause)
        stop.wait(pause)
    return Exit.OK


def _watched(stages: Collection[Stage], stop: threading.Event, begun: Callable[[], None]) -> int:
    """Run one worker until it ends, or is told to; returns its exit code.

    One that has begun to give signs of life on its standard output, and then gives none, is killed. Looks are
    counted and not seconds: who slept together with his worker does not take him for hung.
    """
    process = subprocess.Popen(
        _command(stages),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env=_environment(),
    )
    assert process.stdout is not None
    with process.stdout as signs:
        os.set_blocking(signs.fileno(), False)
        silent, gives_signs = 0, False
        while process.poll() is None and not stop.wait(_LOOK_SECONDS):
            heard = bool(_read(signs.fileno()))
            if heard and not gives_signs:
                gives_signs = True
                begun()
            silent = 0 if heard else silent + 1
            if gives_signs and silent * _LOOK_SECONDS > HANGS_SECONDS:
                process.kill()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(STOP_SECONDS)
            process.kill()
        return process.wait()


def _read(pipe: int) -> bytes:
    try:
        return os.read(pipe, 65536)
    except BlockingIOError:
        return b""


def _command(stages: Collection[Stage]) -> list[str]:
    """``-P``: what lies in the current folder is data, even if it is called numpy.py."""
    return [sys.executable, "-P", "-m", "worker.process", str(os.getpid()), *stages]


def _environment() -> dict[str, str]:
    """Ours, and where the program lies: it need not be installed."""
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path}


def _ended(code: int) -> str:
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name

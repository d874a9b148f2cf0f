"""One child process of a worker: started in its own session, watched while it works, ended as a group."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from archive.errors import PAGE_MEMORY, PAGE_TIMEOUT, WORKERS_DIED, ArsipError
from worker import wire
from worker.memory import resident

_MB = 10**6
_TICK_MS = 100
"""How often the memory of a child at work is looked at: each look takes 0.2 ms of CPU, 24 a page at 50 ms."""
_START_SECONDS = 120.0
_END_SECONDS = 5.0

_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "HOME", "TZ")
_ONE_THREAD = ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")


class Child:
    """A process at its desk (``worker.desk``). Whoever makes one has to ``end`` it.

    Raises OSError if it cannot be started.
    """

    def __init__(self, tasks: str, limits: wire.Limits) -> None:
        self._limits = limits
        self._ready = False
        self._fresh_megabytes = 0.0
        self._ending = threading.Lock()
        with contextlib.ExitStack() as stack:
            scratch = tempfile.mkdtemp(prefix="arsip-reader-")
            stack.callback(shutil.rmtree, scratch, ignore_errors=True)
            ours, theirs = socket.socketpair()
            stack.enter_context(ours)
            with theirs:
                self._process = subprocess.Popen(
                    _command(theirs.fileno(), tasks, scratch, limits),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,  # libraries chatter, and may quote the page
                    stderr=subprocess.DEVNULL,
                    env=_environment(scratch),
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            ours.setblocking(False)
            self._channel = ours
            self._left_over = stack.pop_all()

    @property
    def pid(self) -> int:
        """Its process id, which is that of its process group too."""
        return self._process.pid

    @property
    def megabytes(self) -> float:
        """What it and all that it started hold in memory now."""
        return resident(self.pid) / _MB

    def spent(self) -> bool:
        """Whether it holds so much memory, left from the pages before, that the next would pay for it."""
        return self._ready and self.megabytes > (self._fresh_megabytes + self._limits.megabytes) / 2

    def silent(self) -> bool:
        """Whether it has nothing to say, as it should between calls: what is dead, or mad, is not silent."""
        return not self._ready or not _polled(self._channel, select.POLLIN, 0)

    def ask(self, request: bytes) -> bytes:
        """Send a request and wait for the reply. After any exception the child is of no more use.

        Raises ArsipError(PAGE_TIMEOUT, PAGE_MEMORY or WORKERS_DIED), EOFError or ConnectionError if the child
        died, Garbled if its reply is none.
        """
        if not self._ready:
            self._wait_until_ready()
        wait = _Watch(self, self._channel, self._limits, self._limits.seconds)
        wire.send(self._channel, request, wait)
        return bytes(wire.receive(self._channel, wait))

    def kill(self) -> None:
        """Kill it and all that it started, from any thread; whoever waits for its reply gets an EOFError."""
        with self._ending:
            if self._process.returncode is None:  # once it is waited for, its number is anybody's
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> str:
        """Kill it, wait for it, clear up; tell how it ended, as ``exit 3`` or ``SIGSEGV``."""
        self.kill()
        with self._ending, contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        self._left_over.close()
        status = self._process.returncode
        if status is None:
            return "stuck"  # in the kernel, on a network drive for instance
        return f"exit {status}" if status >= 0 else signal.Signals(-status).name

    def _wait_until_ready(self) -> None:
        wait = _Watch(self, self._channel, self._limits, _START_SECONDS)
        try:
            reply = wire.decode(bytes(wire.receive(self._channel, wait)), wire.Reply)
        except (EOFError, ConnectionError, wire.Garbled):
            problem = self.end()
        except ArsipError as error:
            problem = error.failure.cause
        else:
            if reply.failure is None:
                self._ready, self._fresh_megabytes = True, self.megabytes
                return
            problem = " ".join(str(each) for each in reply.failure.details.values())
        raise ArsipError(WORKERS_DIED, problem=problem)


class _Watch:
    """Waits for the channel, and looks at clock and memory meanwhile."""

    def __init__(self, child: Child, channel: socket.socket, limits: wire.Limits, seconds: float) -> None:
        self._child, self._channel, self._limits = child, channel, limits
        self._deadline = time.monotonic() + seconds

    def __call__(self, event: int) -> None:
        while True:
            if time.monotonic() > self._deadline:
                raise ArsipError(PAGE_TIMEOUT, seconds=_plain(self._limits.seconds))
            if _polled(self._channel, event, _TICK_MS):
                return
            if self._child.megabytes > self._limits.megabytes:
                raise ArsipError(PAGE_MEMORY, megabytes=self._limits.megabytes)


def _plain(number: float) -> float | int:
    return number if number % 1 else int(number)


def _polled(channel: socket.socket, event: int, milliseconds: int) -> bool:
    poll = select.poll()
    poll.register(channel, event)
    return bool(poll.poll(milliseconds))


def _command(line: int, tasks: str, scratch: str, limits: wire.Limits) -> list[str]:
    """``-P``: what lies in the current folder is data, even if it is called numpy.py."""
    desk = [sys.executable, "-P", "-m", "worker.desk"]
    return [*desk, str(line), str(os.getpid()), tasks, scratch, wire.encode(limits).decode()]


def _environment(scratch: str) -> dict[str, str]:
    """What a reader needs and no more: passwords of servers are not for whoever breaks a decoder.

    One thread each (facts about OCR: OpenMP makes Tesseract six times slower), as there is a reader per core.
    """
    root = str(Path(__file__).resolve().parent.parent)
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return kept | dict.fromkeys(_ONE_THREAD, "1") | {"PYTHONPATH": path, "TMPDIR": scratch}

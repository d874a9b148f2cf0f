"""What all servers of the tests have in common: a room, a port, and a life that ends with its starter's."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

START_SECONDS = 180
STOP_SECONDS = 30
PORTS = range(20_000, 32_000)
"""Below those that Linux gives to clients: one that calls a server which is gone must not meet itself."""


class Missing(Exception):
    """A server cannot be had here; the text says what is missing and what brings it."""


class Server(ABC):
    """A server as a plain process on loopback: empty at first, its data in ``room``, always on the same port.

    It ends when the thread that started it ends, however that ends.
    """

    name: ClassVar[str]
    end_signal: ClassVar[signal.Signals] = signal.SIGTERM
    """What ends it in good order though clients are still there."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self.port = free_port()
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients find it."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it serves clients now; OSError says no as well."""

    @abstractmethod
    def launch(self) -> None:
        """Make what the first start needs, and start the processes."""

    def start(self) -> None:
        """Launch it and wait until it answers."""
        self.launch()
        self.await_answer()

    def await_answer(self) -> None:
        """Wait until it answers. RuntimeError with its last words where it does not."""
        deadline = time.monotonic() + START_SECONDS
        while all(each.poll() is None for each in self._processes) and time.monotonic() < deadline:
            with suppress(OSError):
                if self._answers():
                    return
            time.sleep(0.05)
        self.kill()
        told = (self.room / "console").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{self.name} did not start\n{told}")

    def stop(self) -> None:
        """End it in good order, the process started last first; what does not heed is killed."""
        for process in reversed(self._processes):
            process.send_signal(self.end_signal)
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to all its processes at once, and wait until they are gone."""
        pids = [pid for each in self._processes for pid in (each.pid, *descendants(each.pid))]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self._processes:
            process.wait()
        deadline = time.monotonic() + STOP_SECONDS
        while any(map(runs, pids)) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._processes.clear()

    def restart(self) -> None:
        """Stop it (unless it is killed already) and start it again: same port, same data."""
        self.stop()
        self.start()

    def _run(self, *command: str | Path, environment: Mapping[str, str] | None = None) -> None:
        """Start one of its processes, which must stay in the foreground."""
        with (self.room / "console").open("ab") as console:
            process = subprocess.Popen(
                [*self._unprivileged(), *command],
                cwd=self.room,
                env=self._environment() | dict(environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)

    def _unprivileged(self) -> list[str]:
        """How a command begins that does not outlive us, nor is root, which most servers refuse to be."""
        command = ["setpriv", f"--pdeathsig={self.end_signal.name.removeprefix('SIG')}"]
        if os.geteuid() == 0:
            command += ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            for path in (self.room, *self.room.rglob("*")):
                with suppress(FileNotFoundError):  # what was killed may take a file along while it dies
                    shutil.chown(path, "nobody", "nogroup")
        return command

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.room), "LC_ALL": "C.UTF-8"}


@contextmanager
def new_room(name: str) -> Iterator[Path]:
    """A folder for the data of one server; it goes with the server."""
    with tempfile.TemporaryDirectory(prefix=f"arsip-{name}-", ignore_cleanup_errors=True) as room:
        yield Path(room)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, started, for as long as the block lasts."""
    try:
        server.start()
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port on loopback where nobody listens."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def descendants(pid: int) -> list[int]:
    """The processes below a process, as Linux tells them."""
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return children + [below for child in children for below in descendants(child)]


def runs(pid: int) -> bool:
    """Whether a process is there and not only waiting to be buried.

    One that is killed keeps its ports until the last of its threads has ended, also after the first one.
    """
    process = Path(f"/proc/{pid}")
    try:
        ended = (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return not ended or len(list((process / "task").iterdir())) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False

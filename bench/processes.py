"""Runs a command and watches it: wall time, CPU, and the memory of it and of all it has started."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
_EVERY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Took:
    """What a command took.

    Wall and CPU seconds; ``own`` is the CPU of the command's own process alone. ``tree`` is the most memory
    that it and its descendants had at a time, ``child`` the most that one of its descendants had (resident,
    in MB; what two processes share counts twice in ``tree``).
    """

    wall: float = 0.0
    cpu: float = 0.0
    own: float = 0.0
    tree: float = 0.0
    child: float = 0.0


def after(one: Took, other: Took) -> Took:
    """Two commands, one after the other."""
    return Took(
        one.wall + other.wall,
        one.cpu + other.cpu,
        one.own + other.own,
        max(one.tree, other.tree),
        max(one.child, other.child),
    )


def beside(wall: float, sides: Iterable[Took]) -> Took:
    """Commands that ran at the same time, and how long until the last of them had ended."""
    took = list(sides)
    return Took(
        wall,
        sum(each.cpu for each in took),
        sum(each.own for each in took),
        sum(each.tree for each in took),
        max(max(each.child, each.tree if not each.child else 0.0) for each in took),
    )


def timed(command: list[str], environment: Mapping[str, str] = {}, accepted: Collection[int] = (0,)) -> Took:
    """Run a command to its end, silently; another exit code than the accepted ones ends the measurement."""
    started = time.monotonic()
    with subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        watch = _Watch(process.pid)
        watch.start()
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    watch.join()
    if process.returncode not in accepted:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Took(wall, usage.ru_utime + usage.ru_stime, watch.own, watch.tree, watch.child)


class _Watch(threading.Thread):
    """Looks at a process and its descendants until it is gone (proc(5): stat, and statm)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.own = self.tree = self.child = 0.0

    def run(self) -> None:
        while True:
            stats = _stats()
            mine = stats.get(self._pid)
            if mine is None or mine[1] == "Z":
                return
            self.own = mine[2]
            family = [self._pid]
            for pid in family:
                family += [each for each, (parent, _state, _cpu) in stats.items() if parent == pid]
            sizes = [_megabytes(pid) for pid in family]
            self.tree = max(self.tree, sum(sizes))
            self.child = max([self.child, *sizes[1:]])
            time.sleep(_EVERY_SECONDS)


def _stats() -> dict[int, tuple[int, str, float]]:
    """All processes: parent, state, CPU seconds of it alone."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        found[int(path.parent.name)] = int(fields[1]), fields[0], (int(fields[11]) + int(fields[12])) / TICKS
    return found


def _megabytes(pid: int) -> float:
    """Resident memory of a process now."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
    except (OSError, IndexError):
        return 0.0

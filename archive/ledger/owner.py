"""Who holds a piece of work, and whether he is still there."""

from __future__ import annotations

import functools
import os
import socket
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES = Path("/proc/self/ns/pid")
"""The namespace of process ids: containers that share a host's name do not see each other's processes."""


@functools.cache
def _here() -> tuple[str, str]:
    try:
        boot = _BOOT_ID.read_text().strip()[:13]
    except OSError:
        boot = "?"
    try:
        processes = str(_PROCESSES.readlink())
    except OSError:
        processes = "?"
    return f"{socket.gethostname()}:{processes}", boot


def me() -> str:
    """This process as an owner: host with namespace, boot, pid, start time: no later process shares them."""
    host, boot = _here()
    return f"{host}/{boot}/{os.getpid()}/{_started(os.getpid())}"


def host_and_pid(owner: str) -> tuple[str, int]:
    """The name of the machine an owner is on, and his process id there."""
    host, _boot, pid, _started = owner.rsplit("/", 3)
    return host.partition(":")[0], int(pid)


def on_this_machine(owner: str) -> bool:
    """Whether an owner runs under the same kernel, in a container of its own or not."""
    return in_sight(owner) or owner.rsplit("/", 3)[1] == _here()[1]


def in_sight(owner: str) -> bool:
    """Whether it can be seen from here if an owner is still there; of any other only his lease tells."""
    return owner.rsplit("/", 3)[0] == _here()[0]


def is_gone(owner: str) -> bool:
    """Whether an owner in sight is certainly gone; one out of sight never is."""
    _host, boot, pid, started = owner.rsplit("/", 3)
    if not in_sight(owner):
        return False
    return boot != _here()[1] or _started(int(pid)) != started


def went_down(owner: str) -> bool:
    """Whether the whole machine went down under an owner in sight (which is no page's fault)."""
    boot = owner.rsplit("/", 3)[1]
    return in_sight(owner) and boot != _here()[1]


def _started(pid: int) -> str:
    """The start time of a process in clock ticks since boot (field 22 of proc(5) stat), "" if it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]

"""Who holds a piece of work, and whether he is still there."""

from __future__ import annotations

import functools
import os
import socket
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@functools.cache
def _here() -> tuple[str, str]:
    try:
        boot = _BOOT_ID.read_text().strip()[:13]
    except OSError:
        boot = "?"
    return socket.gethostname(), boot


def me() -> str:
    """This process as an owner: host, boot, pid and start time, which no later process can share."""
    host, boot = _here()
    return f"{host}/{boot}/{os.getpid()}/{_started(os.getpid())}"


def is_gone(owner: str) -> bool:
    """Whether an owner on this host is certainly gone; an owner on another host never is: his lease tells."""
    host, boot, pid, started = owner.rsplit("/", 3)
    if host != _here()[0]:
        return False
    return boot != _here()[1] or _started(int(pid)) != started


def went_down(owner: str) -> bool:
    """Whether the whole machine went down under an owner on this host (which is no page's fault)."""
    host, boot, _pid, _started_at = owner.rsplit("/", 3)
    return host == _here()[0] and boot != _here()[1]


def _started(pid: int) -> str:
    """The start time of a process in clock ticks since boot (field 22 of proc(5) stat), "" if it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]

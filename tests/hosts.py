"""Several hosts on one machine: network namespaces with an address and a host name of their own.

The servers stay where they are; the hosts reach them through a forwarder on the bridge that joins them.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from archive.catalog.intake import Place
from tests.house import ROOT
from worker.importer import Importer
from worker.parts import Parts
from worker.reader import Reader

NETWORK = "10.213.77"
"""A private network that is nobody's here."""


class SleepingParts(Parts):
    """The parts of an archive whose readers sleep in place of reading (``tests.sleeping``)."""

    def reader(self) -> Reader:
        """See ``Parts.reader``."""
        return Reader(tasks="tests.sleeping")


def take_in(parts: Parts, folder: Path, batch: str, pages: int, seconds: float) -> None:
    """Import a batch of pages that take so long each, each with a word of its own (``word_of``).

    The readers of ``parts`` must be those of ``SleepingParts``: the files are no images.
    """
    folder.mkdir(exist_ok=True)
    for number in range(pages):
        (folder / f"{number:05d}.png").write_text(f"{seconds} halaman {word_of(number)}")
    Importer(parts, batch, Place(), "file").run([folder], lambda: True)


def word_of(number: int) -> str:
    """A word that stands on this page only."""
    return f"penanda{number:05d}x"


@dataclass(slots=True)
class Host:
    """One host: its name, its network namespace, and the worker that runs on it."""

    name: str
    namespace: str
    link: str
    home: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def work(self, environment: Mapping[str, str], lease: float) -> subprocess.Popen[bytes]:
        """Start a worker here."""
        own_name = ("unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', self.name)
        command = ("ip", "netns", "exec", self.namespace, *own_name)
        with (self.home / "told").open("ab") as told:
            worker = subprocess.Popen(
                [*command, sys.executable, "-m", "tests.sleeping", str(lease)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **environment, "ARSIP_HOME": str(self.home)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=told,
            )
        self.workers.append(worker)
        return worker

    def keep_at_work(self, environment: Mapping[str, str], lease: float) -> None:
        """Start a worker again that ended by itself, as a supervisor does."""
        if self.workers[-1].poll() is not None:
            self.work(environment, lease)

    def cut_off(self) -> None:
        """Nothing reaches this host any more, and nothing leaves it."""
        _ip("link", "set", self.link, "down")

    def join(self) -> None:
        """Undo ``cut_off``."""
        _ip("link", "set", self.link, "up")

    def told(self) -> str:
        """What its workers said."""
        return (self.home / "told").read_text()


@contextlib.contextmanager
def network(names: Sequence[str], folder: Path) -> Iterator[list[Host]]:
    """Hosts of these names, joined by a bridge whose own address is ``.1``. Needs root."""
    bridge = f"ab{os.getpid() % 10**8}"
    hosts: list[Host] = []
    try:
        _ip("link", "add", bridge, "type", "bridge")
        _ip("address", "add", f"{NETWORK}.1/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        for number, name in enumerate(names):
            host = Host(name, f"{bridge}-{name}", f"v{number}{bridge}"[:15], folder / name)
            host.home.mkdir(parents=True)
            hosts.append(host)
            _ip("netns", "add", host.namespace)
            peer = ("peer", "name", "eth0", "netns", host.namespace)
            _ip("link", "add", host.link, "type", "veth", *peer)
            _ip("link", "set", host.link, "master", bridge)
            _ip("link", "set", host.link, "up")
            inside = ("-n", host.namespace)
            _ip(*inside, "address", "add", f"{NETWORK}.{10 + number}/24", "dev", "eth0")
            _ip(*inside, "link", "set", "lo", "up")
            _ip(*inside, "link", "set", "eth0", "up")
        yield hosts
    finally:
        for host in hosts:
            for worker in host.workers:
                worker.kill()
                worker.wait()
            _ip("netns", "delete", host.namespace, check=False)
        _ip("link", "delete", bridge, check=False)


def possible() -> bool:
    """Whether hosts can be made here: it needs root, iproute2 and a kernel that allows it."""
    probe = f"ab{os.getpid()}probe"
    try:
        _ip("netns", "add", probe)
        _ip("netns", "delete", probe)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@contextlib.contextmanager
def forwarded(here: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The settings of an archive on servers of this machine, as the hosts reach these."""
    with contextlib.ExitStack() as stack:
        addresses = {
            name: stack.enter_context(_forwarded(url)) for name, url in here.items() if name.endswith("_URL")
        }
        yield {**here, **addresses}


@contextlib.contextmanager
def _forwarded(url: str) -> Iterator[str]:
    """The address of a server on this machine as the hosts reach it."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    with socket.create_server((f"{NETWORK}.1", 0)) as server:
        threading.Thread(
            target=_forward, args=(server, (parts.hostname, parts.port)), name=f"to {parts.port}", daemon=True
        ).start()
        user = parts.netloc.rpartition("@")
        address = f"{NETWORK}.1:{server.getsockname()[1]}"
        yield urlunsplit(parts._replace(netloc=f"{user[0]}{user[1]}{address}"))


def _forward(server: socket.socket, target: tuple[str, int]) -> None:
    while True:
        try:
            client, _address = server.accept()
        except OSError:  # closed
            return
        try:
            there = socket.create_connection(target)
        except OSError:  # the server is gone for now
            client.close()
            continue
        threading.Thread(target=_relay, args=(client, there), daemon=True).start()


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until either side is gone."""
    with one, other, contextlib.suppress(OSError):
        while True:
            for ready in select.select([one, other], [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return
                (other if ready is one else one).sendall(data)


def _ip(*words: str, check: bool = True) -> None:
    subprocess.run(["ip", *words], check=check, capture_output=True)

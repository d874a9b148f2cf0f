"""Inside a reader: take limits, promise to die with the worker, then answer one call after another.

Run as ``python -m worker.desk LINE WORKER TASKS SCRATCH LIMITS``: the number of the socket, the worker's
process id, the module whose functions may be called, the folder for temporary files, the limits as JSON.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, get_type_hints

import msgspec

from archive.errors import PAGE_MEMORY, Failure, failure_of
from worker.wire import Limits, Reply, Request, decode, encode, raw, receive, send

_MB = 10**6


def main(line: str, worker: str, tasks: str, scratch: str, limits: str) -> None:
    """Serve the worker until it hangs up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # sent to all when the worker is to stop: the worker decides
    bounds = decode(limits.encode(), Limits)
    with socket.socket(fileno=int(line)) as channel:
        channel.set_inheritable(False)
        try:
            keep_watch(int(worker), channel, scratch)
        except ProcessLookupError:  # killed while this started: nobody else will remove the folder
            Path(scratch).rmdir()
            return
        take_limits(bounds)
        serve(channel, tasks, bounds)


def keep_watch(worker: int, channel: socket.socket, scratch: str) -> None:
    """Fork a watchman who kills the whole group once the worker or this process is gone.

    PR_SET_PDEATHSIG would not do: it is not inherited by the programs that a reader starts, and it fires when
    the *thread* that started the reader ends. Raises ProcessLookupError if the worker is gone already.
    """
    watched = os.pidfd_open(worker), os.pidfd_open(os.getpid())
    if os.getppid() != worker:
        raise ProcessLookupError
    if os.fork() == 0:
        channel.close()
        _watch(watched, scratch)
    for each in watched:
        os.close(each)


def _watch(watched: tuple[int, ...], scratch: str) -> NoReturn:
    """Wait for the first end. The scratch folder goes first: the watchman is of the group that he kills."""
    poll = select.poll()
    for each in watched:
        poll.register(each, select.POLLIN)
    poll.poll()
    try:
        import shutil  # takes a while, and is seldom needed

        shutil.rmtree(scratch, ignore_errors=True)
    finally:
        os.killpg(0, signal.SIGKILL)
    raise SystemExit


def take_limits(limits: Limits) -> None:
    """Bind this process and all that it starts; let the kernel take them first when its memory runs out."""
    _limit(resource.RLIMIT_AS, limits.address_megabytes * _MB)
    _limit(resource.RLIMIT_FSIZE, limits.file_megabytes * _MB)
    _limit(resource.RLIMIT_CORE, 0)  # a core file would hold the page
    score = Path("/proc/self/oom_score_adj")
    with contextlib.suppress(OSError):  # a sandbox may have /proc read-only
        score.write_text(str(max(500, int(score.read_text()))))


def serve(channel: socket.socket, tasks: str, limits: Limits) -> None:
    """Load the tasks, say so (or why not), and answer calls until nobody is there."""
    try:
        module = importlib.import_module(tasks)
    except Exception as error:
        send(channel, encode(Reply(failure_of(error))))
        return
    send(channel, encode(Reply(None)))
    try:
        while True:
            send(channel, answer(module, bytes(receive(channel)), limits))
    except (EOFError, ConnectionError):
        return


def answer(tasks: ModuleType, body: bytes, limits: Limits) -> bytes:
    """Do one call; whatever happens in it is a value, and no text of an exception goes along."""
    try:
        request = decode(body, Request)
        task = getattr(tasks, request.task)
        value = task(*_arguments(task).decode(request.arguments))
        return encode(Reply(None, raw(value)))
    except MemoryError:
        failure = Failure(PAGE_MEMORY.code, {"megabytes": limits.megabytes})
    except BaseException as error:  # a library that calls sys.exit() has failed, and no more
        failure = failure_of(error)
    return encode(Reply(failure))


@functools.cache
def _arguments(task: Callable[..., object]) -> msgspec.json.Decoder[tuple[Any, ...]]:
    """A decoder for the arguments of a task, by its annotations."""
    hints = get_type_hints(task)
    hints.pop("return")
    return msgspec.json.Decoder(tuple[tuple(hints.values())])  # type: ignore[misc]


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Tasks for a reader that crash, hang, bloat, leave and lie, in place of the real ones in ``worker.tasks``.

``inspect``, ``prepare``, ``read`` and ``picture`` do what the file in hand says: its first word is the name
of a function below that takes nothing, or anything else to be good.
"""

from __future__ import annotations

import ctypes
import os
import re
import resource
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from archive.errors import DAMAGED_PAGE, ArsipError
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
    Turn,
    Word,
)
from worker.wire import LARGEST, Mark

_SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
_GROW = "import time; kept = b'x' * int({megabytes}e6); time.sleep(600)"


def pid() -> int:
    return os.getpid()


def echo(text: str) -> str:
    return text


def length(text: str) -> int:
    return len(text)


def environment() -> dict[str, str]:
    return dict(os.environ)


def limits() -> list[int]:
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
    return [resource.getrlimit(each)[0] for each in kinds]


def opened() -> list[str]:
    """What standard input, output and error are."""
    return [str(Path(f"/proc/self/fd/{each}").readlink()) for each in range(3)]


def chatter() -> str:
    os.write(1, b"x" * 100_000)
    os.write(2, b"x" * 100_000)
    return "done"


def scratch() -> str:
    path = Path(os.environ["TMPDIR"], "page.png")
    path.write_bytes(b"pixels of a page")
    return str(path)


def abort() -> None:
    os.abort()


def segfault() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(3)


def exit_politely() -> None:
    sys.exit("secret words of the page")


def fail() -> None:
    raise ArsipError(DAMAGED_PAGE)


def quote() -> None:
    try:
        raise KeyError("secret words of the page")
    except KeyError as error:
        raise ValueError("secret words of the page") from error


def sleep() -> None:
    time.sleep(600)


def spin() -> None:
    """A loop in C that never lets go of the interpreter."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def bloat() -> None:
    """Grow to 600 MB, and stay."""
    kept = []
    for _ in range(60):
        kept.append(b"x" * 10**7)
        time.sleep(0.002)
    time.sleep(600)


def ask_for_much() -> None:
    bytearray(10**12)


def hold(megabytes: int) -> int:
    """Keep memory after the call, as a library that leaks."""
    globals()["_held"] = b"x" * (megabytes * 10**6)
    return os.getpid()


def child_bloat() -> None:
    subprocess.run([sys.executable, "-c", _GROW.format(megabytes=400)], check=True)


def child_hang() -> None:
    subprocess.run(_SLEEP, check=True)


def child_left(seconds: float) -> None:
    """Start a child, and crash."""
    subprocess.Popen(_SLEEP)
    time.sleep(seconds)
    os.abort()


def garbage() -> None:
    _say(struct.pack("!Q", 9) + b"\x80\x04pickle.")
    time.sleep(600)


def nested() -> None:
    _say(struct.pack("!Q", 200_000) + b"[" * 200_000)
    time.sleep(600)


def unknown_cause() -> None:
    body = b'[{"cause":"no-such-cause","details":{}},null]'
    _say(struct.pack("!Q", len(body)) + body)
    time.sleep(600)


def oversize() -> None:
    _say(struct.pack("!Q", LARGEST + 1))
    time.sleep(600)


def half_a_reply() -> None:
    _say(struct.pack("!Q", 100) + b"[null,")
    os._exit(0)


def drip() -> None:
    """Always busy with a reply that never ends."""
    _say(struct.pack("!Q", LARGEST))
    while True:
        _say(b" ")
        time.sleep(0.001)


def deaf(size: int) -> str:
    """A reply as large as you like."""
    return "x" * size


def twice() -> str:
    """A second reply that nobody asked for comes before the first."""
    body = b'[null,"first"]'
    _say(struct.pack("!Q", len(body)) + body)
    return "second"


def inspect(path: bytes, name: str, options: PrepareOptions) -> Inspection:
    _obey(os.fsdecode(path))
    return Inspection("image/png", 1)


def prepare(source: Source, options: PrepareOptions) -> Prepared:
    _obey(source.path)
    return Prepared(1000, 1400, 120.0, 0, Homography(), "frame", Quality(100.0, 0.9, 0.0, 0.05, False), ())


def read(
    source: Source,
    prepare_options: PrepareOptions,
    prepared: Prepared | None,
    options: ReadOptions,
    before: Reading | None,
) -> PageText:
    """Reads nothing from a file that says ``nothing``, else 300 words."""
    said = _obey(source.path)
    words = tuple(Word(f"kata{n}", Box(n % 10 / 10, n / 310, 0.08, 0.003), 0.93, n // 10) for n in range(300))
    return PageText(() if said == "nothing" else words, "ocr", "stand-in", "", "1")


def picture(
    source: Source, turn: Turn, max_side: int, marks: tuple[Mark, ...], options: PrepareOptions
) -> bytes:
    _obey(source.path)
    return b"\x89PNG" + bytes(len(marks))


def _obey(path: str) -> str:
    words = Path(path).read_text().split()
    said = words[0] if words else ""
    if said in ("abort", "segfault", "leave", "fail", "quote", "sleep", "spin", "bloat", "child_hang"):
        globals()[said]()
    return said


def _say(body: bytes) -> None:
    """Write to the worker behind the desk's back."""
    os.write(int(sys.argv[1]), body)


if __name__ == "__main__":  # a worker, for the tests that kill one
    from worker.reader import Reader

    reader = Reader(tasks="tests.stand_ins")
    if sys.argv[1] == "start":
        reader.start()
        os.kill(os.getpid(), signal.SIGKILL)
    print(msgspec.json.encode([reader.call(int, "pid"), reader.call(str, "scratch")]).decode(), flush=True)
    reader.call(str, sys.argv[1])

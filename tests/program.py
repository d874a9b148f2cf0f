"""The real program as a person runs it: a process of its own, on an archive of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

import settings
from tests.ocr_pages import FONT
from tests.profiles import surroundings
from worker.parts import Parts

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """The JSON object on standard output."""
        return json.loads(self.out)


class Program:
    """Commands on one archive."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = {
            **os.environ,
            "ARSIP_HOME": str(home),
            "ARSIP_LANGUAGE": "en",
            "PYTHONPATH": str(ROOT),
            **surroundings(home),
            **environment,
        }

    def parts(self) -> Parts:
        """The parts of the archive, to look at it from inside; to be closed."""
        return Parts(settings.load(self.environment))

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command and let it run."""
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "cli", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, seconds: float = 300.0) -> Ran:
        """Run a command to its end."""
        process = self.start(*words)
        try:
            out, err = process.communicate(timeout=seconds)
        finally:
            process.kill()
        return Ran(process.returncode, out, err)

    @contextmanager
    def worker(self, heard: Path) -> Iterator[subprocess.Popen[bytes]]:
        """``arsip worker``, which writes what it says into a file; told to stop at the end and waited for."""
        with heard.open("w") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "cli", "worker"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stderr=stderr,
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)

    def imported(self, path: Path, *words: str, batch: str = "uji") -> Any:
        """Import with ``--json``; the answer."""
        return self.run("import", str(path), "--batch", batch, "--json", *words).answer


def sheet(*lines: str, size: tuple[int, int] = (1000, 420)) -> Image.Image:
    """A small page with a few lines, quick to read."""
    image = Image.new("L", size, 255)
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(FONT, 40)
    for number, line in enumerate(lines):
        pen.text((70, 50 + 80 * number), line, fill=0, font=font)
    return image


def save(path: Path, *pages: Image.Image) -> Path:
    """Write pages as one file of the kind that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    more: dict[str, Any] = {"save_all": True, "append_images": list(pages[1:])} if len(pages) > 1 else {}
    pages[0].save(path, dpi=(200, 200), **more)
    return path


def save_damaged(path: Path, number: int, *pages: Image.Image) -> Path:
    """Write pages as one TIFF, of which the page of this number (from 1) cannot be drawn."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate")
    with Image.open(path) as image:
        image.seek(number - 1)
        tags = image.tag_v2  # type: ignore[attr-defined]
        strips = list(zip(tags[273], tags[279], strict=True))  # StripOffsets, StripByteCounts
    with path.open("r+b") as file:
        for offset, size in strips:
            file.seek(offset)
            file.write(b"\xff" * size)
    return path


def told(ran: Ran, code: int, *words: str) -> None:
    """The command ended with this code, one message and an advice; no traceback."""
    assert ran.code == code, ran
    assert "→" in ran.err, ran
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err, ran.err


def total(answer: Any) -> int:
    """Pages in all classes, which must be all pages."""
    pages = answer["pages"]
    return int(sum(pages[name] for name in ("words", "wordless", "blank", "stopped", "waiting")))

"""Kills commands, workers, readers and servers at random moments, and counts what was lost or doubled.

    python -m bench.kills [--seeds 60] [--profile served] [--json]

Served, PostgreSQL, RabbitMQ and Elasticsearch are killed as well (SIGKILL), and started again on what they
left. Ends with 1 where anything was lost or doubled. ``make test`` runs ten of the seeds in each profile.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

import settings
from access import LOCAL
from archive.catalog.accounts import account
from archive.catalog.schema import message, page
from archive.ledger.messages import refill
from index.query import parse
from tests.servers import Server, elasticsearch, new_database, postgres, rabbitmq, settings_of
from worker.parts import Parts

ROOT = Path(__file__).resolve().parent.parent
BATCH = "bunuh"
LETTERS = 8
BOOK = 8
KILLS = 3
READER_KILLS = 2
"""Fewer than set a page aside: here the readers are innocent, and so is the page."""
STRIKES = 0.5
"""How likely each of the kills has a server's before it."""
SLOW_TO_START = {"Elasticsearch": 0.3}
"""Killed less often, or most of the time would be waiting."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one seed: who was killed, and what is wrong now (empty: nothing)."""

    seed: int
    killed: tuple[str, ...]
    wrong: tuple[str, ...]
    seconds: float


def marker(number: int) -> str:
    """A word that stands on one page only, of letters that are read without doubt."""
    return "penanda" + "".join("abdeghkmnr"[int(digit)] for digit in f"{number:02d}")


def draw(folder: Path) -> int:
    """Letters of one page and a book of several, each page with a word of its own; returns how many pages."""
    font = ImageFont.truetype("DejaVuSans.ttf", 44)
    pages = []
    for number in range(LETTERS + BOOK):
        image = Image.new("L", (1000, 420), 255)
        pen = ImageDraw.Draw(image)
        for line, text in enumerate(("halaman ini memuat", marker(number), "dan tidak boleh hilang")):
            pen.text((80, 60 + 100 * line), text, fill=0, font=font)
        pages.append(image)
    (folder / "surat").mkdir(parents=True)
    for number in range(LETTERS):
        pages[number].save(folder / "surat" / f"{number}.png", dpi=(200, 200))
    pages[LETTERS].save(
        folder / "buku.tif", save_all=True, append_images=pages[LETTERS + 1 :], dpi=(200, 200)
    )
    return len(pages)


def run(seed: int, scratch: Path, environment: Mapping[str, str], servers: Sequence[Server] = ()) -> Verdict:
    """One archive, imported with interruptions of the worst kind, then in peace; what is wrong with it.

    ``servers`` are killed too, each started again at once or a little later.
    """
    started = time.monotonic()
    dice = random.Random(seed)
    tree, home = scratch / "tree", scratch / "home"
    pages = draw(tree)
    around = {**os.environ, **environment, "ARSIP_HOME": str(home), "PYTHONPATH": str(ROOT)}
    apart = dice.random() < 0.5
    killed: list[str] = []
    if apart:
        _command(around, "import", str(tree), "--batch", BATCH, "--no-work", "--json").wait()
    for _ in range(KILLS):
        words = ("worker",) if apart else ("import", str(tree), "--batch", BATCH, "--json")
        process = _command(around, *words)
        if dice.random() < 0.8:
            _until_it_reads(process)
        time.sleep(dice.uniform(0.0, 1.5))
        if servers and dice.random() < STRIKES:
            killed.append(_strike(dice, servers))
        killed += _kill(dice, process, killed)
    last = _command(around, "import", str(tree), "--batch", BATCH, "--json")
    last.wait()
    parts = Parts(settings.load({**environment, "ARSIP_HOME": str(home)}))
    wrong = list(_wrong(parts, pages))
    parts.close()
    return Verdict(seed, tuple(killed), tuple(wrong), round(time.monotonic() - started, 1))


def _strike(dice: random.Random, servers: Sequence[Server]) -> str:
    """Kill a server and start it again; returns which."""
    server = dice.choices(servers, [SLOW_TO_START.get(each.name, 1.0) for each in servers])[0]
    server.kill()
    time.sleep(dice.uniform(0.0, 2.0))
    server.start()
    time.sleep(dice.uniform(0.0, 2.0))
    return server.name


def _until_it_reads(process: subprocess.Popen[bytes]) -> None:
    """Wait until readers are there, so that most kills meet somebody at work."""
    until = time.monotonic() + 4
    while process.poll() is None and time.monotonic() < until:
        if any("worker.desk" in _words(each) for each in _family(process.pid)):
            return
        time.sleep(0.02)


def _kill(dice: random.Random, process: subprocess.Popen[bytes], before: list[str]) -> list[str]:
    """Kill a reader and let the rest live on a while, or the command, or a worker under its supervisor."""
    killed = []
    family = _family(process.pid)
    readers = [each for each in family if "worker.desk" in _words(each)]
    workers = [each for each in family if "worker.process" in _words(each)]
    if readers and before.count("reader") < READER_KILLS and dice.random() < 0.5:
        _end(dice.choice(readers))
        killed.append("reader")
        time.sleep(dice.uniform(0.1, 1.0))
    if workers and dice.random() < 0.5:
        _end(workers[0])
        killed.append("worker")
        time.sleep(dice.uniform(0.5, 2.0))
    if process.poll() is None:
        killed.append("command")
        process.kill()
    process.wait()
    for each in _family_of(family):
        _end(each)
    return killed


def _wrong(parts: Parts, pages: int) -> list[str]:
    """Everything that is not as it should be, in catalog and index."""
    wrong = []
    counted = account(parts.catalog, BATCH)
    if counted.pages.words != pages or counted.pages.total != pages:
        wrong.append(f"pages: {counted.pages}")
    with parts.catalog.read() as connection:
        rows = connection.execute(select(page)).all()
        left = connection.execute(select(message.c.stage, message.c.subject)).all()
    places = Counter((row.path, row.frame) for row in rows)
    in_catalog = {row.id: row.revision for row in rows}
    wrong += [f"twice in the catalog: {place}" for place, count in places.items() if count > 1]
    if left or refill(parts.catalog):
        wrong.append(f"left to do: {len(left)}")
    in_index = Counter(each for each, _revision in parts.index.revisions(limit=10_000))
    wrong += [f"not in the index: {each}" for each in in_catalog if each not in in_index]
    wrong += [f"only in the index: {each}" for each in in_index if each not in in_catalog]
    wrong += [f"twice in the index: {each}" for each, count in in_index.items() if count > 1]
    for each, revision in parts.index.revisions(limit=10_000):
        if in_catalog.get(each) != revision:
            wrong.append(f"old in the index: {each}")
    for number in range(pages):
        found = parts.index.find(parse(marker(number)), LOCAL.filter)
        if found.pages != 1:
            wrong.append(f"{marker(number)} found on {found.pages} pages")
    return wrong


def _command(environment: Mapping[str, str], *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _family(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children(recursive=True)
    return []


def _family_of(processes: list[psutil.Process]) -> list[psutil.Process]:
    """A supervisor that was killed leaves its worker to notice; the test does not wait for that."""
    return [each for each in processes if each.is_running() and "worker.process" in _words(each)]


def _words(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return process.cmdline()
    return []


def _end(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGKILL)


def served(stack: ExitStack) -> list[Server]:
    """PostgreSQL, RabbitMQ and Elasticsearch, started for the purpose."""
    return [stack.enter_context(start()) for start in (postgres, rabbitmq, elasticsearch)]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--profile", choices=["embedded", "served"], default="embedded")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    verdicts = []
    with ExitStack() as servers_live:
        servers = served(servers_live) if chosen.profile == "served" else []
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            with ExitStack() as stack:
                scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                around = {}
                if servers:
                    database = stack.enter_context(new_database(servers[0].url))
                    around = settings_of(
                        database, servers[1].url, servers[2].url, f"kills-{os.getpid()}-{seed}"
                    )
                verdict = run(seed, scratch, around, servers)
            verdicts.append(verdict)
            if not chosen.json:
                killed = ", ".join(verdict.killed) or "nobody"
                wrong = "; ".join(verdict.wrong) or "nothing lost, nothing doubled"
                print(f"seed {seed}: killed {killed}; {verdict.seconds} s; {wrong}", flush=True)
    bad = [verdict for verdict in verdicts if verdict.wrong]
    kills = Counter(each for verdict in verdicts for each in verdict.killed)
    if chosen.json:
        print(json.dumps({"seeds": len(verdicts), "kills": kills, "wrong": len(bad)}))
    else:
        print(f"{len(verdicts)} seeds, kills {dict(kills)}: {len(bad)} with something wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

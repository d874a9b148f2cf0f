"""``make demo``: the main job as a person would do it, every command line shown before its answer."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import Exit
from samples.folder import QUERIES

ROOM = Path(".demo")
PROGRAMS = Path(sys.executable).parent
SERVERS = "ARSIP_TEST_"
"""Where ``make demo`` tells the URLs of the servers that it has started."""
NAME = "arsip-demo"
WORKERS = 2
"""In the served profile, beside the import, as other machines would have them."""


def run(command: list[str], *accepted: int) -> None:
    """Show a command line, run it, and end with its exit code unless that is one of the accepted."""
    sys.stdout.write(f"\n$ {shlex.join(command)}\n")
    sys.stdout.flush()
    code = subprocess.run(_real(command), check=False).returncode
    if code not in (Exit.OK, *accepted):
        raise SystemExit(code)


def answer(command: list[str]) -> str:
    """The same, and what the command wrote, for the next one."""
    sys.stdout.write(f"\n$ {shlex.join(command)}\n")
    sys.stdout.flush()
    return subprocess.run(_real(command), check=True, stdout=subprocess.PIPE, text=True).stdout


def _real(command: list[str]) -> list[str]:
    """The programs of this environment, whatever the shell's PATH says."""
    return [str(PROGRAMS / command[0]), *command[1:]]


def choose(profile: str, index: str) -> None:
    """Tell the commands that follow which archive and engines: by the environment, as a person would."""
    chosen = {"ARSIP_HOME": str(ROOM / "archive"), "ARSIP_INDEX_ENGINE": index}
    if index == "elasticsearch":
        chosen |= {"ARSIP_INDEX_URL": os.environ[f"{SERVERS}ELASTICSEARCH"], "ARSIP_INDEX_NAME": NAME}
    if profile == "served":
        chosen |= {"ARSIP_CATALOG_URL": _new_database(os.environ[f"{SERVERS}POSTGRES"])}
        chosen |= {"ARSIP_BROKER_URL": os.environ[f"{SERVERS}RABBITMQ"], "ARSIP_BROKER_NAME": NAME}
    for name, value in chosen.items():
        sys.stdout.write(f"$ export {name}={shlex.quote(value)}\n")
    os.environ.update(chosen)


def _new_database(url: str) -> str:
    """An empty database on the server at this URL; what an earlier demo left is dropped."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{NAME}"')
    return f"{url.rpartition('/')[0]}/{NAME}"


@contextmanager
def workers(count: int) -> Iterator[None]:
    """So many workers in the background, ended in good order."""
    command = ["arsip", "worker"]
    started = []
    for _each in range(count):
        sys.stdout.write(f"\n$ {shlex.join(command)} &\n")
        sys.stdout.flush()
        started.append(subprocess.Popen(_real(command), stdin=subprocess.DEVNULL))
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def main() -> int:
    """Draw, import, report, search three times, and draw the first hit on its page."""
    parser = argparse.ArgumentParser(prog="python -m samples.demo", description=__doc__)
    parser.add_argument("--profile", choices=("embedded", "served"), default="embedded")
    parser.add_argument("--index", choices=("embedded", "elasticsearch"), default="embedded")
    parser.add_argument("--pages", type=int, default=60)
    asked = parser.parse_args()
    shutil.rmtree(ROOM, ignore_errors=True)
    ROOM.mkdir()

    served = asked.profile == "served"
    choose(asked.profile, "elasticsearch" if served else asked.index)
    run(["python", "-m", "samples", str(ROOM / "scans"), "--pages", str(asked.pages)])
    take_in = ["arsip", "import", str(ROOM / "scans"), "--batch", "demo"]
    if served:
        run([*take_in, "--no-work"], Exit.INCOMPLETE, Exit.WAITING)
    with workers(WORKERS if served else 0):
        run(take_in, Exit.INCOMPLETE)
        if served:
            run(["arsip", "worker", "list"])
    run(["arsip", "batch", "status", "demo"], Exit.INCOMPLETE)
    for query in QUERIES:
        run(["arsip", "search", query, "--limit", "3"])

    hits = json.loads(answer(["arsip", "search", QUERIES[0], "--limit", "1", "--json"]))["hits"]
    if not hits:
        sys.stdout.write("Nothing was found: something is wrong.\n")
        return Exit.UNEXPECTED
    picture, page = ROOM / "hit.png", hits[0]["page"]
    run(["arsip", "show", page, "--image", str(picture), "--query", QUERIES[0]])
    sys.stdout.write(f"\nThe hit on its page: {picture.absolute()}\n")
    return Exit.OK


if __name__ == "__main__":
    raise SystemExit(main())

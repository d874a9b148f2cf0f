"""``make demo``: the main job as a person would do it, every command line shown before its answer."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from archive.errors import Exit
from samples.folder import QUERIES

ROOM = Path(".demo")
PROGRAMS = Path(sys.executable).parent
SERVER = "ARSIP_TEST_ELASTICSEARCH"
"""Where ``make demo INDEX=elasticsearch`` tells the URL of the server that it has started."""


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


def choose_index(index: str) -> None:
    """Tell the commands that follow which archive and which index, as a person would: by the environment."""
    chosen = {"ARSIP_HOME": str(ROOM / "archive"), "ARSIP_INDEX_ENGINE": index}
    if index == "elasticsearch":
        chosen |= {"ARSIP_INDEX_URL": os.environ[SERVER], "ARSIP_INDEX_NAME": "arsip-demo"}
    for name, value in chosen.items():
        sys.stdout.write(f"$ export {name}={shlex.quote(value)}\n")
    os.environ.update(chosen)


def main() -> int:
    """Draw, import, report, search three times, and draw the first hit on its page."""
    parser = argparse.ArgumentParser(prog="python -m samples.demo", description=__doc__)
    parser.add_argument("--index", choices=("embedded", "elasticsearch"), default="embedded")
    parser.add_argument("--pages", type=int, default=60)
    asked = parser.parse_args()
    shutil.rmtree(ROOM, ignore_errors=True)
    ROOM.mkdir()

    choose_index(asked.index)
    run(["python", "-m", "samples", str(ROOM / "scans"), "--pages", str(asked.pages)])
    run(["arsip", "import", str(ROOM / "scans"), "--batch", "demo"], Exit.INCOMPLETE)
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

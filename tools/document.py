"""Writes docs/cli.md: the help of every command, as the program itself tells it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

import cli
from archive import messages

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "cli.md"
WIDTH = 100

HEAD = """\
# The commands

Written by `make docs` from what `--help` tells; a test compares.
What scripts can rely on is in [scripts.md](scripts.md), the settings are in [settings.md](settings.md).
"""


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """The path and the help of a command and of all below it, in the order in which they are listed."""
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from commands(below, click.Context(below, info_name=name, parent=context))


def render() -> str:
    """The whole page, in English, however wide the terminal is."""
    messages.choose("en")
    context = click.Context(cli.main, info_name="arsip", terminal_width=WIDTH, max_content_width=WIDTH)
    parts = [f"## {path}\n\n```text\n{told.rstrip()}\n```\n" for path, told in commands(cli.main, context)]
    return "\n".join([HEAD, *parts])


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")

"""The program ``arsip``: a group that loads each command only when it is called."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Sequence
from typing import Any

import click

from archive import messages
from archive.errors import Exit
from archive.messages import N_, _
from commands import shared

COMMANDS = {
    "import": ("commands.import_", N_("Take scans in: files become a batch.")),
    "search": ("commands.search", N_("Find pages by their words, numbers and dates.")),
    "show": ("commands.show", N_("Show all about one document or page.")),
    "export": ("commands.export", N_("Write documents to files: searchable PDF, PDF/A, text, ALTO, hOCR.")),
    "batch": ("commands.batch", N_("See how batches are doing; pause or withdraw one.")),
    "reprocess": ("commands.reprocess", N_("Run what stopped, or any stage, again.")),
    "doctor": ("commands.doctor", N_("Check what Arsip needs around it.")),
    "worker": ("commands.worker", N_("Work on what waits, without a command.")),
    "admin": ("commands.admin", N_("Look after the archive as a whole.")),
}
"""Each command's module and short help, so that ``arsip --help`` loads none of them."""

HELP = N_("Turn boxes of paper into an archive that can be searched.")
HOME = N_("The archive lies in the folder that ARSIP_HOME names, else in ~/arsip.")


class Program(click.Group):
    """Commands by name from ``COMMANDS``; every failure ends in ``shared.told``."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Choose the language before any command is loaded, for its help is in that language."""
        messages.choose(shared.language())
        return super().main(args, *rest, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember ``--json`` at once: a failure to understand the rest is then told as JSON too."""
        shared.remember_json(ctx, args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which they are told of."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command: its module has it as ``command``.

        What is loaded stays: the garbage collector need not look at it, neither meanwhile nor at the end.
        """
        if cmd_name not in COMMANDS:
            return None
        gc.disable()
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        gc.freeze()
        gc.enable()
        return command

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the program is, and where the archive lies."""
        for text in (HELP, HOME):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(_(text))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their short help, none of them loaded."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(short)) for name, (_module, short) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Whatever goes wrong is told in one way and has its exit code."""
        try:
            return super().invoke(ctx)
        except click.exceptions.Exit:
            raise
        except click.ClickException as error:
            shared.tell_usage(ctx, error)
            raise
        except (KeyboardInterrupt, click.Abort):
            click.echo(err=True)
            ctx.exit(Exit.INTERRUPTED)
        except BrokenPipeError:
            raise  # whoever read the output has seen enough: Click ends without a word
        except Exception as error:
            ctx.exit(shared.told(ctx, shared.known(error)))


def _tell_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"arsip {shared.version()}")
        ctx.exit()


@click.command(cls=Program)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_tell_version,
    help=_("Show the version and exit."),
)
def main() -> None:
    """See ``HELP``."""


if __name__ == "__main__":
    main(prog_name="arsip")

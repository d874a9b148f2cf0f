"""How far a long walk is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time

import click

from archive.messages import _
from commands.progress import span
from commands.shared import is_terminal, note

LINE_SECONDS = 10.0
"""How often a line is written where there is no terminal."""
BAR_SECONDS = 0.25
BAR_WIDTH = 30


class Walk:
    """A walk of so many steps; one that is quiet, or has no steps, is not shown."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = is_terminal(sys.stderr)
        self._drawn = False
        self.begin(0)

    def begin(self, total: int) -> None:
        """Begin a walk of so many steps."""
        self._total, self._done = total, 0
        self._begun = self._shown = time.monotonic()

    def more(self, steps: int) -> None:
        """Say that so many more steps are taken."""
        self._done += steps
        now = time.monotonic()
        if (
            self._quiet
            or not self._total
            or now - self._shown < (BAR_SECONDS if self._terminal else LINE_SECONDS)
        ):
            return
        self._shown = now
        if self._terminal:
            full = min(BAR_WIDTH, BAR_WIDTH * self._done // self._total)
            click.echo(
                f"\r\x1b[K{'━' * full}{'─' * (BAR_WIDTH - full)}  {self._says(now)}", nl=False, err=True
            )
            self._drawn = True
        else:
            note(self._says(now))

    def clear(self) -> None:
        """Take the bar away, so that something else can be written."""
        if self._drawn:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._drawn = False

    def _says(self, now: float) -> str:
        done = min(self._done, self._total)
        left = (now - self._begun) * (self._total - done) / max(1, done)
        share = _("{done} of {total}").format(done=done, total=self._total)
        return f"{share}, " + _("about {time} left").format(time=span(left))

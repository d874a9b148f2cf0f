"""How far a long walk is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from archive.messages import _
from commands.progress import LINE_SECONDS, span
from commands.shared import is_terminal, note

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

BAR_SECONDS = 0.25

Says = Callable[[int, int, float], str]
"""What to say of so many steps done, of how many, at so many a second (0 as long as nobody knows)."""


def share(done: int, total: int, speed: float) -> str:
    """How much is done, and how long the rest takes."""
    parts = [_("{done} of {total}").format(done=done, total=total), left(total - done, speed)]
    return ", ".join(part for part in parts if part)


def left(steps: int, speed: float) -> str:
    """How long so many steps take; "" as long as nobody knows."""
    return _("about {time} left").format(time=span(steps / speed)) if speed else ""


class Walk:
    """A walk of so many steps; one that is quiet, or has no steps, is not shown."""

    def __init__(self, quiet: bool = False, says: Says = share) -> None:
        self._quiet, self._says = quiet, says
        self._terminal = is_terminal(sys.stderr)
        self._bar: Progress | None = None
        self._task: TaskID
        self.begin(0)

    def begin(self, total: int) -> None:
        """Begin a walk of so many steps."""
        self._total = total
        self._done = self._first = 0
        self._begun = self._shown = time.monotonic()

    def more(self, steps: int) -> None:
        """Say that so many more steps are taken."""
        self._done += steps
        self._show()

    def at(self, done: int, total: int) -> None:
        """Say how far it is. What was done before the first word of it was done by an earlier walk."""
        if not self._done:
            self._first = done
        self._done, self._total = done, total
        self._show()

    def clear(self) -> None:
        """Take the bar away, so that something else can be written."""
        if self._bar:
            self._bar.stop()
            self._bar = None

    def _show(self) -> None:
        now = time.monotonic()
        pause = BAR_SECONDS if self._terminal else LINE_SECONDS
        if self._quiet or not self._total or now - self._shown < pause:
            return
        self._shown = now
        done = min(self._done, self._total)
        says = self._says(done, self._total, (done - self._first) / max(now - self._begun, 1e-9))
        if self._terminal:
            self._draw(done, says)
        else:
            note(says)

    def _draw(self, done: int, says: str) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (BarColumn(), TextColumn("{task.description}", markup=False))
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(says, total=self._total)
            self._bar.start()
        self._bar.update(self._task, description=says, completed=done, total=self._total)

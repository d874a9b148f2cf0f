"""The progress display: pages by stage, pages an hour, time left, failures by cause."""

from __future__ import annotations

import sys
import time
from collections import deque
from typing import TYPE_CHECKING

from archive.catalog.accounts import Progress
from archive.errors import CAUSES, Failure
from archive.messages import N_, _, ngettext
from archive.types import Stage
from commands.shared import counted_documents, is_terminal, note

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

LINE_SECONDS = 10.0
"""How often a line is written where there is no terminal."""
WINDOW_SECONDS = 120.0
"""Over how long the speed is measured."""

ON_HOLD = N_("paused, or outside their hours")


class Speed:
    """Pages an hour and seconds left, from what was seen lately."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def see(self, now: float, done: int) -> None:
        """Note how many pages were done at a time in seconds."""
        self._seen.append((now, done))
        while now - self._seen[0][0] > WINDOW_SECONDS:
            self._seen.popleft()

    @property
    def pages_per_hour(self) -> float:
        """0 as long as nothing can be said."""
        (first, before), (last, after) = self._seen[0], self._seen[-1]
        return 3600 * (after - before) / (last - first) if last > first else 0.0

    def seconds_left(self, pages: int) -> float | None:
        """How long so many pages take at this speed; ``None`` as long as nothing can be said."""
        return 3600 * pages / self.pages_per_hour if self.pages_per_hour else None


class Display:
    """Shows progress: on a terminal a table that changes, elsewhere a line now and then, or nothing."""

    def __init__(self, quiet: bool = False) -> None:
        self._speed = Speed()
        self._quiet = quiet
        self._live: Live | None = None
        self._line_at = time.monotonic()
        if not quiet and is_terminal(sys.stderr):
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), refresh_per_second=4, transient=True)
            self._live.start()

    def show(self, seen: Progress, more: bool) -> None:
        """Show how far it is; ``more`` says that files are still coming in."""
        now = time.monotonic()
        self._speed.see(now, seen.settled)
        if self._live:
            self._live.update(self._table(seen, more))
        elif not self._quiet and now - self._line_at >= LINE_SECONDS:
            self._line_at = now
            note(self._line(seen, more))

    def end(self) -> None:
        """Take the display away."""
        if self._live:
            self._live.stop()
            self._live = None

    def _table(self, seen: Progress, more: bool) -> Table:
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        total = seen.pages.total
        table = Table.grid(padding=(0, 2))
        for name, stage in (
            (_("prepared"), Stage.PREPROCESS),
            (_("read"), Stage.OCR),
            (_("searchable"), Stage.INDEX),
        ):
            past = seen.past[stage]
            table.add_row(name, f"{past} / {total}", ProgressBar(total=total or 1, completed=past, width=32))
        table.add_row(_("described"), counted_documents(seen.past[Stage.CLASSIFY]), "")
        table.add_row(_("speed"), self._rate(), self._left(seen, more))
        for cause, count in sorted(seen.stopped_by.items(), key=lambda item: -item[1]):
            table.add_row("[red]" + _("stopped") + "[/red]", str(count), says(cause))
        if seen.delayed:
            table.add_row("[yellow]" + _("waiting") + "[/yellow]", str(seen.delayed), says(seen.delayed_by))
        if seen.held:
            table.add_row("[yellow]" + _("waiting") + "[/yellow]", str(seen.held), _(ON_HOLD))
        return table

    def _line(self, seen: Progress, more: bool) -> str:
        parts = [
            _("{done} of {total} pages read").format(done=seen.settled, total=seen.pages.total),
            self._rate(),
            self._left(seen, more),
        ]
        parts += [_("stopped") + f" {count}: {says(cause)}" for cause, count in seen.stopped_by.items()]
        if seen.delayed:
            parts.append(_("waiting") + f" {seen.delayed}: {says(seen.delayed_by)}")
        if seen.held:
            parts.append(_("waiting") + f" {seen.held}: {_(ON_HOLD)}")
        return "; ".join(filter(None, parts))

    def _rate(self) -> str:
        return _("{count} pages an hour").format(count=round(self._speed.pages_per_hour))

    def _left(self, seen: Progress, more: bool) -> str:
        if more:
            return _("still looking through the files")
        unread = seen.pages.total - seen.settled
        seconds = self._speed.seconds_left(unread) if unread else None  # what else is waited for is told
        return "" if seconds is None else _("about {time} left").format(time=span(seconds))


def span(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 90:
        return ngettext("{count} second", "{count} seconds", round(seconds)).format(count=round(seconds))
    minutes = round(seconds / 60)
    if minutes < 90:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def says(cause: str) -> str:
    """What a cause says, with an ellipsis for details that differ from page to page."""
    if cause not in CAUSES:
        return cause
    return Failure(cause, _Blank()).message()


class _Blank(dict[str, str | int | float]):
    def __missing__(self, name: str) -> str:
        return "…"

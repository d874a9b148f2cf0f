"""Work that a command does itself: a crew at work, watched until nothing is left to do."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from archive.catalog.accounts import Progress, progress
from archive.errors import ArsipError
from commands.progress import Display
from worker.parts import Parts

LOOK_SECONDS = 0.4
LOOK_SHARE = 0.05
"""Watching takes no more than this share of one core, however large the batch is."""
PATIENCE_SECONDS = 30.0
"""How long a command waits for the world to mend when nothing else is left to do."""


def work(
    parts: Parts,
    batch: str | None,
    display: Display,
    *,
    hands: bool = True,
    feeding: Callable[[], bool] = lambda: False,
) -> None:
    """Work until nothing of a batch (or of the archive) is left to do, or only what waits for the world.

    What is paused, or outside its hours, is not waited for.

    ``hands`` off only watches the feeding; ``feeding`` says whether more is still coming in, and raises
    what stopped it. Raises what stops the work as a whole, KeyboardInterrupt on Ctrl-C or SIGTERM; pages
    in hand are then given back.
    """
    from worker.crew import Crew

    crew = Crew(parts) if hands else None
    with _terminable():
        try:
            if crew:
                crew.start()
            patience = _Patience()
            while True:
                more = feeding()
                looked = time.thread_time()
                seen = progress(parts.catalog, batch, parts.catalog.now())
                display.show(seen, more)
                if crew and crew.trouble:
                    raise ArsipError.of(crew.trouble)
                if not more and (crew is None or patience.ends(seen, crew.is_cut_off)):
                    return
                time.sleep(max(LOOK_SECONDS, (time.thread_time() - looked) / LOOK_SHARE))
        finally:
            if crew:
                crew.stop()
            display.end()


class _Patience:
    """Ends when nothing is left that may be done now, or when that has only been waiting for a while."""

    def __init__(self) -> None:
        self._waiting = -1
        self._since = time.monotonic()

    def ends(self, seen: Progress, cut_off: bool) -> bool:
        """Whether to wait no longer; ``cut_off`` says that no broker tells us what waits."""
        if not seen.due and not seen.delayed:
            return True
        if seen.pages.waiting != self._waiting or seen.working:
            self._waiting, self._since = seen.pages.waiting, time.monotonic()
        return (cut_off or bool(seen.delayed)) and time.monotonic() - self._since > PATIENCE_SECONDS


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the command in the same good order as Ctrl-C."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

"""The dispatcher: a thread that publishes what waits in the table of messages to a broker on a server."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection
from typing import Protocol

from archive.catalog.connect import Catalog
from archive.catalog.tools import IN_LIMIT
from archive.errors import (
    BROKER_NO_VHOST,
    BROKER_REFUSED,
    BROKER_UNREACHABLE,
    BROKER_UNTRUSTED,
    ArsipError,
    Failure,
    failure_of,
)
from archive.ledger import dispatch
from archive.ledger.dispatch import Letter
from archive.types import Stage

LOOK_SECONDS = 1.0
"""How often it looks what waits without being asked to."""
LOST_SECONDS = 5.0
"""Longer than what was published needs to be begun where somebody has nothing else to do."""
LONGEST_PAUSE_SECONDS = 30.0
STOP_SECONDS = 3.0
_BROKEN = {cause.code for cause in (BROKER_UNREACHABLE, BROKER_REFUSED, BROKER_NO_VHOST, BROKER_UNTRUSTED)}


class Server(Protocol):
    """A broker on a server. All its methods raise what stands in ``_BROKEN``."""

    def publish(self, letter: Letter) -> None:
        """Publish a message; it has arrived when this returns."""

    def keep(self) -> None:
        """Keep the connection alive, and notice when it is not."""

    def is_empty(self) -> bool:
        """Whether no message waits in the queues; those already handed to workers do not count."""

    def hang_up(self) -> None:
        """Close the connection of this thread."""


class Dispatcher:
    """Publishes a window of what waits for some stages, and again what got lost.

    A server that is gone is waited for: what was not published stays in the table, and ``tell`` hears of it
    once. Whatever else goes wrong (with the catalog) ends it and is handed to ``fail``.
    """

    def __init__(
        self,
        catalog: Catalog,
        server: Server,
        stages: Collection[Stage],
        owner: str,
        tell: Callable[[Failure], None],
        fail: Callable[[Failure], None],
        resend_seconds: float = dispatch.RESEND_SECONDS,
    ) -> None:
        self._catalog, self._server, self._stages, self._owner = catalog, server, tuple(stages), owner
        self._tell, self._fail = tell, fail
        self._resend_seconds = resend_seconds
        self.is_cut_off = False
        """Whether the server does not answer now."""
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Begin to publish."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once what waits."""
        self._news.set()

    def stop(self) -> None:
        """Publish nothing more. A server that hangs is not waited for long."""
        self._stopping.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _work(self) -> None:
        failures, is_quiet = 0, True
        try:
            while not self._stopping.is_set():
                try:
                    self._look(is_quiet)
                except ArsipError as error:
                    if error.failure.cause not in _BROKEN:
                        raise
                    if not self.is_cut_off:
                        self.is_cut_off = True
                        self._tell(error.failure)
                    self._stopping.wait(min(2.0**failures, LONGEST_PAUSE_SECONDS))
                    failures, is_quiet = failures + 1, True
                else:
                    failures, self.is_cut_off = 0, False
                    is_quiet = not self._news.wait(LOOK_SECONDS)
                    self._news.clear()
        except Exception as error:
            self._fail(failure_of(error))
        finally:
            self._server.hang_up()

    def _look(self, is_quiet: bool) -> None:
        """Publish what waits; in quiet moments see whether the server is there, and what it lost."""
        if is_quiet:
            self._server.keep()
        letters = dispatch.choose(self._catalog, self._stages, self._resend_seconds)
        self._publish(letters)
        if len(letters) == IN_LIMIT:
            self.wake()
        elif is_quiet and self._is_overdue() and self._server.is_empty():
            # Nobody begins it and it is not there: a queue was purged, or whoever published it was killed.
            dispatch.send_again(self._catalog, self._stages, LOST_SECONDS)
            self.wake()

    def _is_overdue(self) -> bool:
        return dispatch.is_overdue(self._catalog, self._owner, self._stages, LOST_SECONDS)

    def _publish(self, letters: list[Letter]) -> None:
        for place, letter in enumerate(letters):
            try:
                self._server.publish(letter)
            except ArsipError:
                with contextlib.suppress(ArsipError):  # then they are sent again when their time has come
                    dispatch.take_back(self._catalog, letters[place:])
                raise

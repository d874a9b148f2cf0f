"""What a crew needs of a broker: one contract for our embedded one and for servers.

The catalog's table of messages is the truth. A broker only tells workers what waits: it may tell two of the
same work, and may lose all it knows. ``Ledger.begin`` claims the work, so that it is done once.
"""

from __future__ import annotations

import dramatiq

from archive.errors import Failure
from archive.types import Stage


class Broker(dramatiq.Broker):
    """A Dramatiq broker for messages that are rows of the table: to enqueue is to put a row."""

    trouble: Failure | None = None
    """What went wrong with the catalog itself while it was asked what waits."""

    is_cut_off = False
    """Whether the server it tells workers through does not answer now."""

    def queue(self, stage: Stage) -> str:
        """The queue in which workers are told of a stage's messages."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to tell what waits. Raises BROKER_REFUSED; a server that does not answer may come yet."""

    def news(self) -> None:
        """Something was finished here: perhaps more is waiting."""

    def stop(self) -> None:
        """Tell nothing more."""

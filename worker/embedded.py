"""The embedded broker: Dramatiq on the catalog's own table of messages, with no second database.

It only tells workers what waits; ``Ledger.begin`` claims it. So claim and StageRun are one commit, a message
that was handed out but not begun counts as no attempt, and when this process dies nothing is left to free.
Two processes may be told of the same message: one of them begins it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable
from typing import Any

from dramatiq import Message, MessageProxy
from dramatiq.broker import Consumer

from archive.catalog.connect import Catalog
from archive.ledger.messages import Waiting, purge, send, waiting
from archive.types import Stage
from worker.broker import Broker

QUEUE = "arsip"
"""All stages share one queue, so that the order (priority, page number, age) holds across them."""
POLL_SECONDS = 0.2


class EmbeddedBroker(Broker):
    """Hands out what waits in the table of messages, first things first."""

    def __init__(self, catalog: Catalog, stages: Collection[Stage] = tuple(Stage)) -> None:
        super().__init__(middleware=[])
        self._catalog = catalog
        self._stages = tuple(stages)
        self._out: set[Waiting] = set()
        self._guard = threading.Lock()
        self._news = threading.Event()

    def queue(self, stage: Stage) -> str:
        """See ``broker.Broker``."""
        return QUEUE

    def news(self) -> None:
        """See ``broker.Broker``."""
        self._news.set()

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue; there is only one."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues[queue_name] = None
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Put a message into the table, due after ``delay`` milliseconds."""
        send(self._catalog, Stage(message.actor_name), message.args[0], (delay or 0) / 1000)
        self.news()
        return message

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 30000) -> Consumer:
        """A consumer that keeps at most ``prefetch`` messages handed out and idles for ``timeout`` ms."""
        return _Consumer(self, queue_name, prefetch, timeout / 1000)

    def flush(self, queue_name: str) -> None:
        """Drop all messages that nobody holds; the reconciler puts back what is still to be done."""
        purge(self._catalog)

    def flush_all(self) -> None:
        """Drop all messages that nobody holds."""
        purge(self._catalog)

    def hand_out(self, prefetch: int) -> Waiting | None:
        """The first message that waits and is not handed out here already."""
        with self._guard:
            if len(self._out) >= prefetch:
                return None
            for each in waiting(self._catalog, self._stages, len(self._out) + 1):
                if each not in self._out:
                    self._out.add(each)
                    return each
        return None

    def take_back(self, message: MessageProxy) -> None:
        """A message is done with, whatever came of it: the table knows whether it is still to be done."""
        with self._guard:
            self._out.discard(Waiting(Stage(message.actor_name), message.args[0]))
        self.news()

    def wait(self, seconds: float) -> None:
        """Wait for news from this process, or a moment for those from others."""
        self._news.wait(seconds)
        self._news.clear()


class _Consumer(Consumer):
    def __init__(self, broker: EmbeddedBroker, queue_name: str, prefetch: int, seconds: float) -> None:
        self._broker = broker
        self._queue_name = queue_name
        self._prefetch = prefetch
        self._seconds = seconds

    def __next__(self) -> MessageProxy | None:
        until = time.monotonic() + self._seconds
        while True:
            found = self._broker.hand_out(self._prefetch)
            if found is not None:
                message: Message[Any] = Message(self._queue_name, found.stage.value, (found.subject,), {}, {})
                return MessageProxy(message)
            left = until - time.monotonic()
            if left <= 0:
                return None
            self._broker.wait(min(left, POLL_SECONDS))

    def ack(self, message: MessageProxy) -> None:
        self._broker.take_back(message)

    def nack(self, message: MessageProxy) -> None:
        self._broker.take_back(message)

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        for message in messages:
            self._broker.take_back(message)

    def close(self) -> None:
        """Nothing is held."""

"""What brokers on a server have in common, so that they are held to the same contract as the embedded one.

There is a queue for each stage and nothing else: what is due later waits in the catalog, and what failed is
settled there, so that no delay queue and no dead letters are needed.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from dramatiq import Message, MessageProxy
from dramatiq.broker import Consumer
from dramatiq.errors import BrokerConnectionError

from archive.catalog.connect import Catalog
from archive.errors import (
    BROKER_UNREACHABLE,
    BROKER_UNTRUSTED,
    ArsipError,
    Cause,
    Failure,
)
from archive.ledger.dispatch import Letter
from archive.ledger.messages import purge, send
from archive.ledger.owner import me
from archive.types import Stage
from archive.urls import shown
from worker.broker import Broker
from worker.dispatch import Dispatcher

for _library in ("dramatiq", "pika"):  # they warn of each try; we tell once, in words that help
    logging.getLogger(_library).addHandler(logging.NullHandler())


class ServerBroker(Broker):
    """What both have in common: the table is written by ``enqueue``, and published by a dispatcher."""

    _errors: tuple[type[Exception], ...] = ()
    """What the server's library raises."""

    def __init__(
        self,
        url: str,
        name: str,
        catalog: Catalog,
        stages: Collection[Stage],
        tell: Callable[[Failure], None],
        **times: float,
    ) -> None:
        self._where, self._name, self._catalog, self._stages = shown(url), name, catalog, tuple(stages)
        self._dispatcher = Dispatcher(catalog, self, self._stages, me(), tell, self._failed, **times)

    @property
    def is_cut_off(self) -> bool:  # type: ignore[override]
        """See ``broker.Broker``."""
        return self._dispatcher.is_cut_off

    def queue(self, stage: Stage) -> str:
        """See ``broker.Broker``."""
        return f"{self._name}.{stage}"

    def start(self) -> None:
        """See ``broker.Broker``."""
        try:
            self.keep()
        except ArsipError as error:
            if error.failure.cause != BROKER_UNREACHABLE.code:
                raise
        finally:
            self.hang_up()  # connections belong to threads, and this one needs none
        self._dispatcher.start()

    def news(self) -> None:
        """See ``broker.Broker``."""
        self._dispatcher.wake()

    def stop(self) -> None:
        """See ``broker.Broker``."""
        self._dispatcher.stop()

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Put a message into the table, due after ``delay`` milliseconds."""
        send(self._catalog, Stage(message.actor_name), message.args[0], (delay or 0) / 1000)
        self.news()
        return message

    def flush(self, queue_name: str) -> None:
        """Drop all messages that nobody holds; the reconciler puts back what is still to be done."""
        self.flush_all()

    def flush_all(self) -> None:
        """Drop all messages that nobody holds, and what the server was told of them."""
        purge(self._catalog)
        with self._plainly():
            for stage in self._stages:
                self._empty(self.queue(stage))

    def publish(self, letter: Letter) -> None:
        """See ``dispatch.Server``."""
        queue, stage = self.queue(letter.stage), letter.stage.value
        with self._plainly():
            self._publish(Message(queue, stage, (letter.subject,), {}, self._options(letter)))

    def keep(self) -> None:
        """See ``dispatch.Server``."""
        with self._plainly():
            self._keep()

    def is_empty(self) -> bool:
        """See ``dispatch.Server``."""
        with self._plainly():
            return not any(self._depth(self.queue(stage)) for stage in self._stages)

    def hang_up(self) -> None:
        """See ``dispatch.Server``."""
        raise NotImplementedError

    # What follows is said by each server's library; any of its errors may come out.

    def _options(self, letter: Letter) -> dict[str, Any]:
        return {}

    def _publish(self, message: Message[Any]) -> None:
        raise NotImplementedError

    def _keep(self) -> None:
        raise NotImplementedError

    def _depth(self, queue: str) -> int:
        raise NotImplementedError

    def _empty(self, queue: str) -> None:
        raise NotImplementedError

    def _refusal(self, error: object) -> Cause | None:
        """What the server does not let us in for, where it answered that."""
        raise NotImplementedError

    def _failed(self, failure: Failure) -> None:
        self.trouble = failure

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """Errors of the libraries as ours. Raises BROKER_UNREACHABLE, BROKER_REFUSED and the like."""
        known: tuple[type[Exception], ...] = (BrokerConnectionError, OSError, *self._errors)
        try:
            yield
        except known as error:
            raise ArsipError(self._cause(error), where=self._where) from None

    def _cause(self, error: Exception) -> Cause:
        told = error.args[0] if isinstance(error, BrokerConnectionError) and error.args else error
        return cause_of(told, self._refusal)


def cause_of(error: object, refusal: Callable[[object], Cause | None]) -> Cause:
    """Why a library did not reach its server: it was refused, did not trust it, or got no answer."""
    if (refused := refusal(error)) is not None:
        return refused
    while isinstance(error, BaseException):  # the libraries wrap what TLS says, some in words alone
        if isinstance(error, ssl.SSLError) or "CERTIFICATE" in str(error):
            return BROKER_UNTRUSTED
        error = error.__cause__ or error.__context__
    return BROKER_UNREACHABLE


class Forgiving(Consumer):
    """A consumer for which it is no failure when the server is gone while a message is acknowledged.

    Such a message comes again and finds its work done. Dramatiq's own would keep the thread waiting.
    """

    def __init__(self, of: Consumer) -> None:
        self._of = of

    def __next__(self) -> MessageProxy | None:
        return next(self._of)

    def ack(self, message: MessageProxy) -> None:
        with suppress(BrokerConnectionError):
            self._of.ack(message)

    def nack(self, message: MessageProxy) -> None:
        self.ack(message)  # the table has it: there is nothing to keep it for

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        with suppress(Exception):
            self._of.requeue(messages)

    def close(self) -> None:
        self._of.close()

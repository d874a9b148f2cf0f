"""RabbitMQ as our broker: Dramatiq's own, with a queue for each stage and no others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pika
import pika.exceptions
from dramatiq import Message
from dramatiq.broker import Consumer
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from pika.adapters.utils.connection_workflow import AMQPConnectorException

from archive.catalog.connect import Catalog
from archive.errors import BROKER_NO_VHOST, BROKER_REFUSED, Cause, Failure
from archive.ledger.dispatch import Letter
from archive.ledger.messages import DEFAULT_PRIORITY
from archive.types import Stage
from archive.urls import with_password
from worker.server import Forgiving, ServerBroker

HEARTBEAT_SECONDS = 30
"""How soon a connection that was cut is noticed; both sides give a sign of life at half of it."""
_REFUSALS = {403: BROKER_REFUSED, 530: BROKER_NO_VHOST}
"""Reply codes of AMQP 0-9-1: access refused to a user, or with a password; a virtual host not allowed."""


class Rabbit(ServerBroker, RabbitmqBroker):
    """RabbitMQ. An urgent message overtakes those that were published before it."""

    _errors = (pika.exceptions.AMQPError, AMQPConnectorException)

    def __init__(
        self,
        url: str,
        password: str,
        name: str,
        catalog: Catalog,
        stages: Collection[Stage],
        tell: Callable[[Failure], None],
        **times: float,
    ) -> None:
        address = with_password(url, password)
        RabbitmqBroker.__init__(self, url=address, confirm_delivery=True, middleware=[], max_priority=2)
        self.parameters = _parameters(address)
        ServerBroker.__init__(self, url, name, catalog, stages, tell, **times)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """A consumer with a connection of its own; the one that declared the queue is not kept."""
        try:
            return Forgiving(super().consume(queue_name, prefetch, timeout))
        finally:
            self.hang_up()

    def declare_queue(self, queue_name: str, *, ensure: bool = False) -> None:
        """Declare a queue, without the queue for delays that Dramatiq has beside each."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.queues_pending.add(queue_name)
            self.emit_after("declare_queue", queue_name)
        if ensure:
            self._ensure_queue(queue_name)  # type: ignore[no-untyped-call]

    def hang_up(self) -> None:
        """See ``dispatch.Server``."""
        del self.connection

    def _options(self, letter: Letter) -> dict[str, Any]:
        return {"broker_priority": _urgency(letter.priority)}

    def _publish(self, message: Message[Any]) -> None:
        RabbitmqBroker.enqueue(self, message)

    def _keep(self) -> None:
        try:
            self.connection.process_data_events(0)
        except Exception:
            self.hang_up()
            raise

    def _depth(self, queue: str) -> int:
        self.declare_queue(queue, ensure=True)
        try:
            return int(self.channel.queue_declare(queue, passive=True).method.message_count)
        except Exception:
            self.hang_up()
            self.queues_pending.add(queue)  # it may have been deleted
            raise

    def _empty(self, queue: str) -> None:
        self.declare_queue(queue, ensure=True)
        self.channel.queue_purge(queue)

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        return {"x-max-priority": self.max_priority}  # and no dead letters

    def _declare_dq_queue(self, queue_name: str) -> None:
        """No queue for delays."""

    def _declare_xq_queue(self, queue_name: str) -> None:
        """No queue for dead letters."""

    def _refusal(self, error: object) -> Cause | None:
        return refusal(error)


def refusal(error: object) -> Cause | None:
    """Why the server does not let us in: this user, or password, or the virtual host."""
    if isinstance(error, pika.exceptions.ConnectionClosedByBroker):
        return _REFUSALS.get(error.reply_code)
    if isinstance(error, pika.exceptions.ProbableAccessDeniedError):
        return BROKER_NO_VHOST
    known = pika.exceptions.AuthenticationError, pika.exceptions.ProbableAuthenticationError
    return BROKER_REFUSED if isinstance(error, known) else None


def _parameters(address: str) -> pika.URLParameters:
    """How to connect: a server that is cut off, or takes nothing because its disk is full, is noticed."""
    parameters = pika.URLParameters(address)
    parameters.heartbeat = HEARTBEAT_SECONDS
    parameters.blocked_connection_timeout = HEARTBEAT_SECONDS
    return parameters


def _urgency(priority: int) -> int:
    """RabbitMQ's priority, of which a higher one is sooner, for one of ours."""
    if priority < DEFAULT_PRIORITY:
        return 2
    return 1 if priority == DEFAULT_PRIORITY else 0

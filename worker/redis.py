"""Redis as our broker: Dramatiq's own, with a queue for each stage and no others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import redis
from dramatiq import Message
from dramatiq.broker import Consumer
from dramatiq.brokers.redis import RedisBroker

from archive.catalog.connect import Catalog
from archive.errors import BROKER_REFUSED, Cause, Failure
from archive.types import Stage
from archive.urls import with_password
from worker.server import Forgiving, ServerBroker

_REFUSALS = (
    redis.exceptions.AuthenticationError,
    redis.exceptions.AuthorizationError,
    redis.exceptions.NoPermissionError,
)


class Redis(ServerBroker, RedisBroker):
    """Redis, or what speaks its protocol."""

    _errors = (redis.RedisError,)

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
        client = redis.Redis.from_url(
            with_password(url, password), socket_timeout=10, socket_connect_timeout=10
        )
        RedisBroker.__init__(  # type: ignore[no-untyped-call]
            self, client=client, namespace=name, middleware=[]
        )
        ServerBroker.__init__(self, url, name, catalog, stages, tell, **times)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """A consumer; connections are shared."""
        return Forgiving(super().consume(queue_name, prefetch, timeout))

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue, without the queue for delays that Dramatiq has beside each."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def close(self) -> None:
        """Close all connections."""
        self.client.close()

    def hang_up(self) -> None:
        """See ``dispatch.Server``: connections are shared, and closed when the broker is."""

    def _publish(self, message: Message[Any]) -> None:
        RedisBroker.enqueue(self, message)

    def _keep(self) -> None:
        self.client.ping()

    def _depth(self, queue: str) -> int:
        return int(self.client.llen(f"{self.namespace}:{queue}"))

    def _empty(self, queue: str) -> None:
        RedisBroker.flush(self, queue)

    def _refusal(self, error: object) -> Cause | None:
        return refusal(error)


def refusal(error: object) -> Cause | None:
    """Why the server does not let us in: this user, or password, or rights."""
    return BROKER_REFUSED if isinstance(error, _REFUSALS) else None

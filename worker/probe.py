"""Asks a message broker who it is: whether it answers, lets us in, and which version it has."""

from __future__ import annotations

import pika
import redis

from archive.errors import BAD_SETTING, ArsipError
from archive.messages import _
from archive.urls import shown, with_password
from worker import rabbitmq
from worker import redis as broker_redis
from worker.server import cause_of

SECONDS = 5.0
OLDEST = {"RabbitMQ": (3, 10), "Redis": (7, 0)}
"""The oldest versions that are tested."""


def version(url: str, password: str) -> tuple[str, str]:
    """Name and version of the broker at an address: ``("RabbitMQ", "3.10.8")``.

    Raises BAD_SETTING, BROKER_UNREACHABLE, BROKER_REFUSED, BROKER_NO_VHOST, BROKER_UNTRUSTED.
    """
    is_amqp = url.startswith("amqp")
    asked, refusal = (_rabbitmq, rabbitmq.refusal) if is_amqp else (_redis, broker_redis.refusal)
    try:
        return asked(with_password(url, password))
    except ValueError:
        problem = _("it must look like amqp://user@server")
        raise ArsipError(BAD_SETTING, name="broker.url", problem=problem) from None
    except Exception as error:
        raise ArsipError(cause_of(error, refusal), where=shown(url)) from None


def _rabbitmq(url: str) -> tuple[str, str]:
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.stack_timeout = SECONDS
    connection = pika.BlockingConnection(parameters)
    try:
        told = connection._impl.server_properties  # pika has no public name for it
        return str(told.get("product", "AMQP")), str(told.get("version", ""))
    finally:
        connection.close()


def _redis(url: str) -> tuple[str, str]:
    client: redis.Redis = redis.Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
    try:
        return "Redis", str(client.info("server")["redis_version"])
    finally:
        client.close()

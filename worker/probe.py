"""Asks a message broker who it is: whether it answers, lets us in, and which version it has."""

from __future__ import annotations

import ssl

import pika
import pika.exceptions
import redis

from archive.errors import (
    BAD_SETTING,
    BROKER_REFUSED,
    BROKER_UNREACHABLE,
    BROKER_UNTRUSTED,
    ArsipError,
    Cause,
)
from archive.messages import _
from archive.urls import shown, with_password

SECONDS = 5.0
OLDEST = {"RabbitMQ": (3, 10), "Redis": (7, 0)}
"""The oldest versions that are tested."""

_REFUSED = (
    pika.exceptions.AuthenticationError,
    pika.exceptions.ProbableAuthenticationError,
    pika.exceptions.ProbableAccessDeniedError,
    redis.AuthenticationError,
    redis.exceptions.AuthorizationError,
    redis.exceptions.NoPermissionError,
)


def version(url: str, password: str) -> tuple[str, str]:
    """Name and version of the broker at an address: ``("RabbitMQ", "3.10.8")``.

    Raises BAD_SETTING, BROKER_UNREACHABLE, BROKER_REFUSED, BROKER_UNTRUSTED.
    """
    asked = _rabbitmq if url.startswith("amqp") else _redis
    try:
        return asked(with_password(url, password))
    except ValueError:
        problem = _("it must look like amqp://user@server")
        raise ArsipError(BAD_SETTING, name="broker.url", problem=problem) from None
    except Exception as error:
        raise ArsipError(_cause(error), where=shown(url)) from None


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


def _cause(error: BaseException) -> Cause:
    if isinstance(error, _REFUSED):
        return BROKER_REFUSED
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ssl.SSLError) or "CERTIFICATE" in str(chain):
            return BROKER_UNTRUSTED
        chain = chain.__cause__ or chain.__context__
    return BROKER_UNREACHABLE

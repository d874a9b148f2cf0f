"""What tests share: the corpus of real scans, and real servers, each started when it is first needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from tests import servers


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real scans with their true text, which cannot be part of the repository."""
    named = os.environ.get("ARSIP_CORPUS")
    if not named:
        pytest.skip("not run: ARSIP_CORPUS is not set")
    return Path(named)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a superuser of a real PostgreSQL, on its maintenance database."""
    with _url(servers.POSTGRES, servers.postgres()) as url:
        yield url


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database that this test has for itself."""
    with servers.new_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    """The URL of a real RabbitMQ. It is shared: each test has a ``broker.name`` of its own."""
    with _url(servers.RABBITMQ, servers.rabbitmq()) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a real Redis. It is shared: each test has a ``broker.name`` of its own."""
    with _url(servers.REDIS, servers.redis()) as url:
        yield url


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The URL of a real Elasticsearch, of the version that is asked for. It is shared: see index_servers."""
    with _url(servers.ELASTICSEARCH, servers.elasticsearch()) as url:
        yield url


@pytest.fixture(scope="session")
def elasticsearch_8_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a real Elasticsearch 8."""
    with _elasticsearch(request, "8") as url:
        yield url


@pytest.fixture(scope="session")
def elasticsearch_9_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a real Elasticsearch 9, whose Java 21 not every machine can have, not even in CI."""
    try:
        servers.java(servers.RELEASES["9"].java)
    except servers.Missing as error:
        pytest.skip(f"not run: {error}")
    with _elasticsearch(request, "9") as url:
        yield url


@contextmanager
def _elasticsearch(request: pytest.FixtureRequest, major: str) -> Iterator[str]:
    """That of ``elasticsearch_url`` where it is of this version, else one more of our own."""
    if os.environ.get(servers.VERSION, "8") == major or os.environ.get(servers.ELASTICSEARCH):
        url: str = request.getfixturevalue("elasticsearch_url")
        if servers.version(url).startswith(f"{major}."):
            yield url
            return
    with _url("", servers.elasticsearch(servers.RELEASES[major])) as url:
        yield url


@contextmanager
def _url(variable: str, server: AbstractContextManager[servers.Server]) -> Iterator[str]:
    """The URL of the server that the environment names, else of one of our own."""
    with ExitStack() as stack:
        url = os.environ.get(variable)
        if not url:
            try:
                url = stack.enter_context(server).url
            except servers.Missing as error:
                absent(str(error))
        yield url


def absent(reason: str) -> NoReturn:
    """A server is missing: at home its tests are not run, in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"in CI every server must be there: {reason}")
    pytest.skip(f"not run: {reason}")

"""What tests share: the corpus of real scans, and real servers, each started when it is first needed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from archive.catalog.connect import open_catalog
from tests import profiles, servers
from tests.archives import fill
from tests.ledgers import Archive
from tests.program import Program

# What a shell runs in its background ignores Ctrl-C, and so would the commands that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

EMBEDDED_ONLY = "embedded_only"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the served profile what is about the embedded engines, or would prove nothing new."""

    def twice(item: pytest.Item) -> bool:
        call = getattr(item, "callspec", None)
        served = call is not None and call.params.get("profile") == profiles.SERVED
        return served and item.get_closest_marker(EMBEDDED_ONLY) is not None

    if left_out := [item for item in items if twice(item)]:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not twice(item)]


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
def _empty_catalog(postgres_url: str) -> Iterator[str]:
    """The name of a database with an empty catalog, to be copied: that is sooner than making one."""
    with servers.new_database(postgres_url) as url:
        open_catalog(url).close()
        yield url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where this test's own catalog is: on both databases, one after the other."""
    if request.param == "sqlite":
        yield tmp_path / "catalog.sqlite"
        return
    server = request.getfixturevalue("postgres_url")
    with servers.new_database(server, request.getfixturevalue("_empty_catalog")) as url:
        yield url


@pytest.fixture
def archive(place: Path | str) -> Iterator[Archive]:
    """A small archive, on each of both databases."""
    made = Archive(place)
    yield made
    made.catalog.close()


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
def _elasticsearch_asked_for() -> Iterator[str]:
    with _url(servers.ELASTICSEARCH, servers.elasticsearch()) as url:
        yield url


@pytest.fixture(scope="session")
def elasticsearch_url(_elasticsearch_asked_for: str) -> str:
    """The URL of a real Elasticsearch, of the version that is asked for. It is shared: see index_servers."""
    return _elasticsearch_asked_for


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


@pytest.fixture(scope="module", params=profiles.chosen())
def profile(request: pytest.FixtureRequest) -> Iterator[str]:
    """The profile of a module's tests, one after the other: archives in folders are on its engines."""
    if request.param == profiles.SERVED:
        urls = [request.getfixturevalue(f"{each}_url") for each in servers.SERVED]
        profiles.servers = profiles.Servers(*urls)
    yield request.param
    if profiles.servers is not None:
        profiles.servers.drop(0)
        profiles.servers = None


@pytest.fixture
def home(profile: str, tmp_path: Path) -> Path:
    """The folder of an archive of this test's own, which is not there yet."""
    return tmp_path / "home"


@pytest.fixture
def program(home: Path) -> Program:
    """The program on an archive that is not there yet."""
    return Program(home)


@pytest.fixture(scope="module")
def filled(profile: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small archive (``tests.archives``), for tests that change nothing."""
    home = tmp_path_factory.mktemp("archive")
    fill(home).catalog.close()
    return home


@pytest.fixture(autouse=True)
def _apart(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test makes on the servers goes with it; one that asks for no profile is in the embedded one."""
    if "profile" not in request.fixturenames:
        monkeypatch.setattr(profiles, "servers", None)
    before = len(profiles.servers.names) if profiles.servers else 0
    yield
    if profiles.servers:
        profiles.servers.drop(before)


@contextmanager
def _elasticsearch(request: pytest.FixtureRequest, major: str) -> Iterator[str]:
    """That of ``elasticsearch_url`` where it is of this version, else one more of our own."""
    if os.environ.get(servers.VERSION, "8") == major or os.environ.get(servers.ELASTICSEARCH):
        url: str = request.getfixturevalue("_elasticsearch_asked_for")
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

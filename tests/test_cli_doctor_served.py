"""``arsip doctor`` on servers: what answers is told with its version, what does not with what to do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.catalog.connect import open_catalog
from archive.errors import ArsipError
from archive.ledger import workers
from archive.types import Stage
from commands import check_servers
from commands.checks import numbers
from settings import load
from tests.index_servers import fresh
from tests.servers import settings_of
from tests.test_cli_doctor import examined
from worker import probe
from worker.crew import Crew
from worker.parts import Parts, check_index_name

NOBODY = "127.0.0.1:9"
"""Where no server is."""


@pytest.fixture
def served(database_url: str, rabbitmq_url: str, elasticsearch_url: str) -> Iterator[dict[str, str]]:
    """The settings of an archive of this test's own on servers."""
    with fresh(elasticsearch_url) as name:
        yield settings_of(database_url, rabbitmq_url, elasticsearch_url, name)


def test_servers_are_told_with_their_versions(tmp_path: Path, served: dict[str, str]) -> None:
    store = tmp_path / "store"
    found = examined(tmp_path, 0, ARSIP_STORE_PATH=str(store), **served)
    assert found["Catalog"]["message"].endswith("to be made")
    assert "SQLite" not in found
    assert found["Store"]["message"].startswith(f"{store}, to be made")
    open_catalog(served["ARSIP_CATALOG_URL"]).close()
    found = examined(tmp_path, 0, "--full", ARSIP_STORE_PATH=str(store), **served)
    assert found["Catalog"]["message"].startswith("PostgreSQL 1")
    assert found["Broker"]["message"].startswith("RabbitMQ ")
    assert found["Search index"]["message"].startswith("Elasticsearch ")
    assert {check["state"] for check in found.values()} <= {"ok", "warning"}
    assert not store.exists()


@pytest.mark.parametrize(
    ("variable", "url", "name"),
    [
        ("ARSIP_CATALOG_URL", f"postgresql://arsip@{NOBODY}/arsip", "Catalog"),
        ("ARSIP_BROKER_URL", f"amqp://arsip@{NOBODY}", "Broker"),
        ("ARSIP_BROKER_URL", f"redis://{NOBODY}", "Broker"),
        ("ARSIP_INDEX_URL", f"http://{NOBODY}", "Search index"),
    ],
)
def test_a_server_that_does_not_answer_is_named_and_the_others_are_looked_at(
    tmp_path: Path, served: dict[str, str], variable: str, url: str, name: str
) -> None:
    found = examined(tmp_path, 5, **served | {variable: url})
    wrong = {each: check for each, check in found.items() if check["state"] == "error"}
    assert list(wrong) == [name]
    assert NOBODY in wrong[name]["message"]
    assert "does not answer" in wrong[name]["message"]
    assert {"Catalog", "Broker", "Search index", "Clock"} <= set(found)


def test_wrong_credentials_of_a_broker(rabbitmq_url: str) -> None:
    with pytest.raises(ArsipError) as caught:
        probe.version(rabbitmq_url, "certainly-wrong")
    assert caught.value.failure.cause == "broker-refused"
    assert "certainly-wrong" not in repr(caught.value.failure)


def test_a_virtual_host_that_is_not_there(tmp_path: Path, rabbitmq_url: str) -> None:
    url = f"{rabbitmq_url}/tidak-ada"
    with pytest.raises(ArsipError) as caught:
        probe.version(url, "")
    assert caught.value.failure.cause == "broker-no-vhost"
    assert "rabbitmqctl add_vhost" in caught.value.failure.advice()
    with closing(Parts(load({"ARSIP_HOME": str(tmp_path), "ARSIP_BROKER_URL": url}))) as parts:
        working = Crew(parts, [Stage.INDEX])
        with pytest.raises(ArsipError, match="broker-no-vhost"):
            working.start()
        working.stop()


def test_names_that_servers_do_not_take_are_told_as_settings(tmp_path: Path, served: dict[str, str]) -> None:
    found = examined(tmp_path, 5, **served | {"ARSIP_BROKER_NAME": "1 antrean", "ARSIP_INDEX_NAME": "Arsip"})
    assert found["Broker"]["message"].startswith("setting broker.name: ")
    assert found["Search index"]["message"].startswith("setting index.name: ")


@pytest.mark.parametrize(
    "name", ["", "-a", "_a", "A", "a b", "a/b", "a,b", "a#b", "a:b", "..", "a*", "é" * 121]
)
def test_what_no_index_may_be_called(name: str) -> None:
    with pytest.raises(ArsipError, match="bad-setting"):
        check_index_name(name)


@pytest.mark.parametrize("name", ["arsip", "arsip-2.x_y", "7", "é"])
def test_what_an_index_may_be_called(name: str) -> None:
    check_index_name(name)


def test_a_broker_that_speaks_without_a_certificate_is_not_trusted(rabbitmq_url: str) -> None:
    with pytest.raises(ArsipError) as caught:
        probe.version(rabbitmq_url.replace("amqp://", "amqps://"), "")
    assert caught.value.failure.cause == "broker-untrusted"


def test_redis_is_told_with_its_version(redis_url: str) -> None:
    name, version = probe.version(redis_url, "")
    assert name == "Redis"
    assert numbers(version) >= (6, 0)


@pytest.mark.parametrize("url", ["amqp://server:port", "redis://server:port"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ArsipError) as caught:
        probe.version(url, "")
    assert caught.value.failure.cause == "bad-setting"


def test_an_old_broker_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "version", lambda _url, _password: ("RabbitMQ", "3.9.13"))
    chosen = load({"ARSIP_HOME": str(tmp_path), "ARSIP_BROKER_URL": "amqp://server"})
    told = list(check_servers.broker(chosen))
    assert [check.state for check in told] == ["ok", "warning"]
    assert told[1].advice == "install RabbitMQ 3.10 or newer"


@pytest.fixture
def parts(tmp_path: Path, place: Path | str) -> Iterator[Parts]:
    """An archive, on each of both databases."""
    url = {} if isinstance(place, Path) else {"ARSIP_CATALOG_URL": place}
    made = Parts(load({"ARSIP_HOME": str(tmp_path), **url}))
    yield made
    made.close()


@pytest.mark.parametrize(("ahead", "says"), [(3600.0, "3600 seconds behind"), (-90.0, "90 seconds ahead")])
def test_a_clock_that_differs_from_the_catalogs_is_told(parts: Parts, ahead: float, says: str) -> None:
    parts.catalog.ahead = 3.0
    assert [check.state for check in check_servers.clock(parts)] == ["ok"]
    parts.catalog.ahead = ahead
    (told,) = check_servers.clock(parts)
    assert told.state == "warning"
    assert says in told.says


def test_a_host_whose_clock_is_an_hour_off(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Only a server has a clock to compare with; a file is as late as we are."""
    clock = time.time
    monkeypatch.setattr("time.time", lambda: clock() - 3600)
    (told,) = check_servers.clock(parts)
    assert told.state == ("warning" if "postgresql" in request.node.name else "ok")


def test_a_store_on_a_disk_of_this_machine_is_warned_of_where_others_work(parts: Parts) -> None:
    assert [check.state for check in check_servers.store(parts, there=True)] == ["ok"]
    workers.seen(parts.catalog, "lain:pid:[1]/boot/1/1", [Stage.OCR], 2, 0)
    told = list(check_servers.store(parts, there=True))
    assert [check.state for check in told] == ["ok", "warning"]
    assert "lain" in told[1].says


def test_a_store_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    found = examined(tmp_path / "home", 5, ARSIP_STORE_PATH="/proc/arsip")
    assert found["Store"]["message"] == "/proc/arsip cannot be written"

"""An engine that is missing, not ours or newer: a clear message, an exit code, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import conftest, servers
from tests.index_servers import fresh
from tests.program import Program, save, sheet, told

SECRET = "geheim"
NOBODY = "127.0.0.1:9"
"""Where no server is."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    save(tmp_path / "in" / "satu.png", sheet("surat masuk", "perihal biasa"))
    return tmp_path / "in"


@pytest.fixture(scope="module")
def strict() -> Iterator[str]:
    """A PostgreSQL where ``arsip`` has a password, as a URL without it."""
    try:
        with servers.postgres() as server:
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute(f"CREATE ROLE arsip LOGIN PASSWORD '{SECRET}'")
                connection.execute("CREATE DATABASE arsip OWNER arsip")
            yield f"postgresql://arsip@127.0.0.1:{server.port}/arsip"
    except servers.Missing as error:
        conftest.absent(str(error))


def test_no_archive_yet(program: Program) -> None:
    told(program.run("search", "surat"), 4, "no archive", "arsip import")


def test_an_unknown_batch_and_an_unknown_page(program: Program, tree: Path) -> None:
    program.imported(tree)
    told(program.run("batch", "status", "lain"), 4, "lain", "arsip batch list")
    told(program.run("show", "p0000000000000000"), 4, "p0000000000000000")


def test_an_index_that_does_not_answer(program: Program, tree: Path) -> None:
    program.environment |= {
        "ARSIP_INDEX_ENGINE": "elasticsearch",
        "ARSIP_INDEX_URL": f"http://someone:{SECRET}@{NOBODY}",
    }
    ran = program.run("import", str(tree), "--batch", "uji")
    told(ran, 6, NOBODY, "does not answer")
    assert SECRET not in ran.out + ran.err
    assert program.run("batch", "status", "uji", "--json").answer["pages"]["waiting"] == 1


def test_an_index_that_comes_back_is_caught_up_with(
    program: Program, tree: Path, elasticsearch_name: dict[str, str]
) -> None:
    alive = program.environment | elasticsearch_name
    program.environment |= elasticsearch_name | {"ARSIP_INDEX_URL": f"http://{NOBODY}"}
    assert program.run("import", str(tree), "--batch", "uji", "--no-work").code == 6
    program.environment = alive
    assert program.run("import", str(tree), "--batch", "uji").code == 0
    assert program.run("search", "surat", "--json").answer["total"]["pages"] == 1


@pytest.fixture
def elasticsearch_name(elasticsearch_url: str) -> Iterator[dict[str, str]]:
    """The settings of an index of this test's own."""
    with fresh(elasticsearch_url) as name:
        engine = {"ARSIP_INDEX_ENGINE": "elasticsearch", "ARSIP_INDEX_URL": elasticsearch_url}
        yield engine | {"ARSIP_INDEX_NAME": name}


def test_a_catalog_of_a_newer_version(program: Program, tree: Path) -> None:
    parts = program.parts()
    with parts.catalog.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    told(program.run("import", str(tree), "--batch", "uji"), 5, "newer version", "9999")
    with parts.catalog.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM document").scalar() == 0
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"
    parts.close()


@pytest.mark.parametrize("words", ["import {tree} --batch uji", "search surat", "batch list", "worker"])
def test_a_database_server_that_does_not_answer(tmp_path: Path, tree: Path, words: str) -> None:
    url = f"postgresql://arsip:{SECRET}@{NOBODY}/arsip"
    ran = Program(tmp_path / "home", ARSIP_CATALOG_URL=url).run(*words.format(tree=tree).split())
    told(ran, 5, NOBODY, "does not answer")
    assert SECRET not in ran.out + ran.err


def test_a_database_server_that_does_not_know_us(tmp_path: Path, tree: Path, strict: str) -> None:
    program = Program(tmp_path / "home", ARSIP_CATALOG_URL=strict, ARSIP_CATALOG_PASSWORD="salah")
    ran = program.run("import", str(tree), "--batch", "uji")
    told(ran, 5, "refuses", "ARSIP_CATALOG_PASSWORD")
    assert "salah" not in ran.out + ran.err
    program.environment |= {"ARSIP_CATALOG_PASSWORD": SECRET}
    assert program.imported(tree)["pages"]["words"] == 1


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_a_broker_that_does_not_answer(tmp_path: Path, tree: Path, scheme: str) -> None:
    program = Program(tmp_path / "home", ARSIP_BROKER_URL=f"{scheme}://arsip:{SECRET}@{NOBODY}")
    ran = program.run("import", str(tree), "--batch", "uji")
    told(ran, 6, NOBODY, "does not answer")
    assert SECRET not in ran.out + ran.err
    del program.environment["ARSIP_BROKER_URL"]
    assert program.imported(tree)["pages"]["words"] == 1


def test_a_broker_that_does_not_know_us(tmp_path: Path, tree: Path, rabbitmq_url: str) -> None:
    url = f"amqp://arsip@{rabbitmq_url.rpartition('@')[2]}"
    program = Program(tmp_path / "home", ARSIP_BROKER_URL=url, ARSIP_BROKER_PASSWORD=SECRET)
    ran = program.run("import", str(tree), "--batch", "uji")
    told(ran, 5, "refuses", "ARSIP_BROKER_PASSWORD")
    assert SECRET not in ran.out + ran.err

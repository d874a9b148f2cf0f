"""A PostgreSQL server that refuses, goes away, comes back, will not do: a clear cause, and no secret told."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, inspect, select, text, update

from archive.catalog import connect, desk
from archive.catalog.connect import Catalog, open_catalog
from archive.catalog.health import describe, quick_check
from archive.catalog.postgres import IDLE_SECONDS, PostgresServer
from archive.catalog.schema import HEAD, batch, message, worker
from archive.errors import INDEX_UNREACHABLE, ArsipError, Failure
from archive.ledger.workers import LEASE_SECONDS, free, seen
from archive.types import Stage
from tests.ledgers import Archive, at_once
from tests.server_postgres import Postgres
from tests.server_process import free_port, new_room, running

SECRET = "R4hasia-sekali"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of our own with a certificate that nobody knows, a user with a password, and a catalog."""
    words = "req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout key.pem -out cert.pem"
    with new_room("postgres") as room:
        subprocess.run(["openssl", *words.split()], cwd=room, check=True, capture_output=True)
        (room / "key.pem").chmod(0o600)
        files = {"ssl_cert_file": f"{room}/cert.pem", "ssl_key_file": f"{room}/key.pem"}
        with running(made := Postgres(room, {"ssl": "on", **files})):
            statement(made, f"CREATE ROLE pegawai LOGIN PASSWORD '{SECRET}'")
            statement(made, "CREATE DATABASE arsip OWNER pegawai")
            open_catalog(address(made), SECRET).close()
            yield made


@pytest.fixture
def catalog(server: Postgres) -> Iterator[Catalog]:
    opened = open_catalog(address(server), SECRET)
    yield opened
    opened.close()


def address(server: Postgres, user: str = "pegawai", database: str = "arsip", options: str = "") -> str:
    return f"postgresql://{user}@127.0.0.1:{server.port}/{database}{options}"


def statement(server: Postgres, words: str, database: str = "postgres") -> None:
    with psycopg.connect(address(server, "postgres", database), autocommit=True) as connection:
        connection.execute(words)


def refused(place: str, password: str = "") -> Failure:
    """Why there is no catalog at this address; nothing that is told holds a password or a server's words."""
    with pytest.raises(ArsipError) as caught:
        open_catalog(place, password)
    failure = caught.value.failure
    told = f"{failure.message()} {failure.advice()} {failure.details} {caught.value!r}"
    assert not [word for word in (SECRET, "salah", "FATAL", "pegawai") if word in told]
    return failure


def test_a_wrong_password_user_or_database_is_refused(server: Postgres) -> None:
    assert refused(address(server), "salah").cause == "catalog-refused"
    assert refused(address(server)).cause == "catalog-refused"
    assert refused(address(server, "pegawai:salah")).cause == "catalog-refused"
    assert refused(address(server, "siapa"), SECRET).cause == "catalog-refused"
    failure = refused(address(server, database="lain"), SECRET)
    assert failure.cause == "catalog-refused"
    assert failure.details == {"where": f"postgresql://127.0.0.1:{server.port}/lain"}


def test_a_server_that_is_not_there_does_not_answer() -> None:
    assert (
        refused(f"postgresql://pegawai@127.0.0.1:{free_port()}/arsip", SECRET).cause == "catalog-unreachable"
    )
    assert refused("postgresql://pegawai@server.invalid/arsip", SECRET).cause == "catalog-unreachable"


def test_a_certificate_that_is_not_trusted_or_missing_is_told(server: Postgres, postgres_url: str) -> None:
    checked = address(server, options="?sslmode=verify-full&sslrootcert=system")
    assert refused(checked, SECRET).cause == "catalog-untrusted"
    own = f"?sslmode=verify-ca&sslrootcert={server.room}/cert.pem"
    open_catalog(address(server, options=own), SECRET).close()
    with psycopg.connect(postgres_url) as connection:
        if connection.pgconn.ssl_in_use:
            return
    assert refused(f"{postgres_url}?sslmode=require").cause == "catalog-untrusted"


def test_a_server_without_connections_left_is_overloaded(server: Postgres) -> None:
    statement(server, "ALTER ROLE pegawai CONNECTION LIMIT 0")
    assert refused(address(server), SECRET).cause == "catalog-overloaded"
    statement(server, "ALTER ROLE pegawai CONNECTION LIMIT -1")


def test_a_server_that_takes_no_changes_is_told(server: Postgres, catalog: Catalog) -> None:
    catalog.close()  # the pool
    statement(server, "ALTER DATABASE arsip SET default_transaction_read_only = on")
    with pytest.raises(ArsipError, match="catalog-read-only"):
        seen(catalog, "host/boot/1/1", list(Stage), 1, 0)
    desk.keep(catalog, {"k" * 64: b"facts"})  # whoever looks only is not told
    assert desk.kept(catalog, ["k" * 64]) == {}
    statement(server, "ALTER DATABASE arsip RESET default_transaction_read_only")
    quick_check(catalog)


@pytest.mark.parametrize(
    ("sqlstate", "cause"),
    [
        ("53100", "disk-full"),
        ("53200", "catalog-overloaded"),
        ("55P03", "catalog-locked"),
        ("57014", "catalog-locked"),
        ("40P01", "catalog-locked"),
        ("57P01", "catalog-unreachable"),
        ("58030", "catalog-broken"),
        ("XX001", "catalog-broken"),
        ("42501", "catalog-refused"),
    ],
)
def test_what_the_server_says_is_known_by_its_number(catalog: Catalog, sqlstate: str, cause: str) -> None:
    words = f"DO $$ BEGIN RAISE EXCEPTION '{SECRET}' USING ERRCODE = '{sqlstate}'; END $$"
    with pytest.raises(ArsipError, match=cause) as caught, catalog.write() as connection:
        connection.exec_driver_sql(words)
    assert SECRET not in repr(caught.value.failure)
    with pytest.raises(RuntimeError) as strange, catalog.write() as connection:
        connection.exec_driver_sql(f"SELECT '{SECRET}'::int")
    assert SECRET not in str(strange.value)


def test_whoever_hangs_in_a_transaction_keeps_its_rows_from_nobody_for_long(catalog: Catalog) -> None:
    with catalog.read() as connection:
        shown = "SHOW idle_in_transaction_session_timeout"
        assert connection.exec_driver_sql(shown).scalar_one() == f"{IDLE_SECONDS // 60}min"
    row = {"id": "b2", "name": "macet", "priority": 1, "created_at": 0.0}

    def hang(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        connection.execute(batch.insert().values(row))
        time.sleep(1.0)
        connection.execute(select(batch))

    with pytest.raises(ArsipError, match="catalog-unreachable"):
        catalog.transact(hang)
    catalog.transact(lambda connection: connection.execute(batch.insert().values(row)))


def test_a_server_that_is_killed_and_comes_back(server: Postgres, catalog: Catalog) -> None:
    row = {"id": "b1", "name": "setengah", "priority": 1, "created_at": 0.0}

    def do(connection: Connection) -> None:
        connection.execute(batch.insert().values(row))
        server.kill()
        connection.execute(select(batch))

    with pytest.raises(ArsipError, match="catalog-unreachable"):
        catalog.transact(do)
    assert refused(address(server), SECRET).cause == "catalog-unreachable"
    server.start()
    with catalog.read() as connection:
        assert connection.execute(select(batch.c.name).where(batch.c.id == "b1")).all() == []
    catalog.transact(lambda connection: connection.execute(batch.insert().values(row)))


def test_a_database_that_will_not_do_is_named(server: Postgres) -> None:
    statement(server, "CREATE DATABASE kuno ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    failure = refused(address(server, "postgres", "kuno"))
    assert (failure.cause, "SQL_ASCII" in failure.message()) == ("catalog-unfit", True)
    statement(server, "CREATE DATABASE lain_isi")
    statement(server, "CREATE TABLE pegawai (nip text)", "lain_isi")
    assert refused(address(server, "postgres", "lain_isi")).cause == "catalog-unfit"
    statement(server, "CREATE TABLE alembic_version (version_num text)", "lain_isi")
    statement(server, "INSERT INTO alembic_version VALUES ('0003')", "lain_isi")
    assert refused(address(server, "postgres", "lain_isi")).cause == "catalog-unfit"


def test_a_server_that_is_too_old_is_named() -> None:
    place = PostgresServer("postgresql://pegawai@server.invalid/arsip")
    assert place.unfit(150018, "UTF8") is None
    assert "13" in (place.unfit(130012, "UTF8") or "")


def test_a_catalog_of_a_newer_version_is_left_alone(server: Postgres, catalog: Catalog) -> None:
    with catalog.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert refused(address(server), SECRET).cause == "catalog-newer"
    with catalog.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})


def test_a_migration_that_fails_leaves_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = connect.migrate

    def half(connection: Connection) -> None:
        whole(connection)
        raise ArsipError(INDEX_UNREACHABLE)

    monkeypatch.setattr(connect, "migrate", half)
    with pytest.raises(ArsipError, match="index-unreachable"):
        open_catalog(database_url)
    monkeypatch.undo()
    plain = Catalog(PostgresServer(database_url))
    with plain.read() as connection:
        assert inspect(connection).get_table_names() == []
    plain.close()
    assert not PostgresServer(database_url).there()
    open_catalog(database_url).close()
    assert PostgresServer(database_url).there()


def test_two_that_wait_for_each_other_both_come_to_their_end(catalog: Catalog) -> None:
    with catalog.write() as connection:
        for name in "xy":
            row = {"id": name, "name": name, "priority": 0, "created_at": 0.0}
            connection.execute(batch.insert().values(row))
    tried: list[str] = []

    def crosswise(first: str, second: str) -> None:
        def do(connection: Connection) -> None:
            for name in (first, second):
                more = update(batch).where(batch.c.id == name).values(priority=batch.c.priority + 1)
                connection.execute(more)
                time.sleep(0.1)
            tried.append(first)

        before = catalog.commits
        catalog.transact(do)
        assert catalog.commits > before

    at_once(lambda: crosswise("x", "y"), lambda: crosswise("y", "x"))
    assert sorted(tried) == ["x", "y"]
    with catalog.read() as connection:
        both = select(batch.c.priority).where(batch.c.id.in_(["x", "y"]))
        assert connection.execute(both).scalars().all() == [2, 2]


def test_reads_see_one_state_and_change_nothing(catalog: Catalog) -> None:
    with catalog.read() as connection:
        before = connection.execute(select(batch.c.id)).all()
        with catalog.write() as other:
            row = {"id": "b-new", "name": "baru", "priority": 0, "created_at": 0.0}
            other.execute(batch.insert().values(row))
        assert connection.execute(select(batch.c.id)).all() == before
    with pytest.raises(ArsipError, match="catalog-read-only"), catalog.read() as connection:
        connection.execute(update(batch).values(priority=1))


def test_the_clock_of_a_host_that_is_an_hour_off_is_not_believed(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + 3600)
    archive = Archive(database_url)
    assert archive.catalog.ahead == pytest.approx(-3600, abs=2)
    assert archive.catalog.now() == pytest.approx(right(), abs=2)
    archive.add("a.tif")
    archive.drain({Stage.INDEX: Failure(INDEX_UNREACHABLE.code)})
    with archive.catalog.read() as connection:
        assert connection.execute(select(message.c.due)).scalar_one() == pytest.approx(right() + 1, abs=2)
    seen(archive.catalog, "another-host/boot/1/1", list(Stage), 2, 0)
    monkeypatch.setattr(time, "time", lambda: right() - 3600)  # set while we are at work
    assert free(archive.catalog) == 0, "the other is alive, whatever our clock says"
    assert archive.catalog.now() == pytest.approx(right(), abs=2)
    seen(archive.catalog, "one-more-host/boot/1/1", list(Stage), 2, 0)
    with archive.catalog.write() as connection:
        both = connection.execute(select(worker.c.seen_at)).scalars().all()
        assert both == pytest.approx([right(), right()], abs=5)
        connection.execute(update(worker).values(seen_at=worker.c.seen_at - LEASE_SECONDS - 5))
    free(archive.catalog)
    with archive.catalog.read() as connection:
        assert connection.execute(select(worker.c.owner)).all() == []
    archive.catalog.close()


def test_it_says_what_it_is(catalog: Catalog) -> None:
    assert describe(catalog).startswith("PostgreSQL ")

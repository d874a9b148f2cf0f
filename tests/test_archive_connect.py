"""Opening a catalog: made once, migrated up and down, WAL only where it is safe, one writer at a time."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pysqlite3.dbapi2
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError

from archive.catalog import connect, sqlite
from archive.catalog.connect import Catalog, database_at, migrate, open_catalog
from archive.catalog.schema import HEAD, batch, metadata
from archive.catalog.sqlite import SqliteFile, sqlite_version
from archive.errors import UNEXPECTED, ArsipError, Failure
from archive.types import Stage
from tests.ledgers import Archive, classes, count


def journal(catalog: Catalog) -> str:
    with catalog.read() as connection:
        return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())


def test_the_newest_revision_is_the_head_of_the_chain() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(connect.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_chain_makes_the_schema_and_takes_it_down_again(place: Path | str) -> None:
    catalog = open_catalog(place)
    with catalog.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    with catalog.write() as connection:
        migrate(connection, "base")
    with catalog.read() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    catalog.close()
    again = open_catalog(place)
    with again.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    again.close()


def test_the_chain_keeps_what_is_in_the_tables(archive: Archive) -> None:
    archive.add("a.tif", frames=2)
    archive.drain({Stage.CLASSIFY: Failure(UNEXPECTED.code)})
    archive.add("b.tif")
    archive.begin()
    before = _rows(archive.catalog)
    with archive.catalog.write() as connection:
        migrate(connection, "0001")
        columns = {each["name"] for each in inspect(connection).get_columns("stage_run")}
        assert "batch" not in columns
    with archive.catalog.write() as connection:
        migrate(connection)
    assert _rows(archive.catalog) == before
    archive.drain()
    assert classes(archive) == {"words": 2, "waiting": 1}


def _rows(catalog: Catalog) -> dict[str, list[tuple[object, ...]]]:
    with catalog.read() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
        }


@pytest.mark.parametrize("revision", ["0002", "9999", "ae1027a6acf", None])
def test_a_database_of_another_program_is_left_alone(place: Path | str, revision: str | None) -> None:
    other = Catalog(database_at(place))
    with other.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table.name}")
        connection.exec_driver_sql("CREATE TABLE page (text varchar(10))")
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32))")
        connection.exec_driver_sql("DELETE FROM alembic_version")
        if revision:
            connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{revision}')")
    with pytest.raises(ArsipError, match="catalog-unfit"):
        open_catalog(place)
    with other.read() as connection:
        assert set(inspect(connection).get_table_names()) == {"page", "alembic_version"}
    other.close()


def test_wal_is_used_where_sqlite_is_mended_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sqlite_version() >= sqlite.SAFE_WAL, "pysqlite3 brings a SQLite that is mended"
    assert journal(open_catalog(tmp_path / "a.sqlite")) == "wal"
    monkeypatch.setattr(sqlite, "sqlite_version", lambda: (3, 51, 2))
    assert journal(open_catalog(tmp_path / "b.sqlite")) == "delete"


def test_every_connection_is_set_up(tmp_path: Path) -> None:
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    with catalog.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_two_processes_may_make_the_catalog_at_the_same_moment(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from archive.catalog.connect import open_catalog; "
        "open_catalog(Path(sys.argv[1])).close()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "catalog.sqlite")]
    both = [subprocess.Popen(command, cwd=Path(connect.__file__).parents[2]) for _ in range(3)]
    assert [process.wait(60) for process in both] == [0, 0, 0]


def test_several_may_open_a_new_file_at_the_same_moment(tmp_path: Path) -> None:
    # SQLite does not wait for another connection that turns the same file to WAL.
    together = threading.Barrier(4)

    def opened(path: Path) -> str:
        together.wait()
        with contextlib.closing(Catalog(SqliteFile(path))) as catalog:
            return journal(catalog)

    with ThreadPoolExecutor(4) as threads:
        for number in range(40):
            assert list(threads.map(opened, [tmp_path / str(number)] * 4)) == ["wal"] * 4


def test_a_write_that_fails_leaves_nothing(archive: Archive) -> None:
    catalog = archive.catalog

    def fail() -> None:
        with catalog.write() as connection:
            connection.execute(batch.insert().values(id="b1", name="b", priority=1, created_at=0.0))
            raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        fail()
    assert count(archive, batch) == 1


def test_writers_take_turns_and_readers_do_not_wait(archive: Archive) -> None:
    catalog = archive.catalog

    def write(number: int) -> None:
        for turn in range(20):
            with catalog.write() as connection:
                row = {
                    "id": f"b{number}-{turn}",
                    "name": f"{number}-{turn}",
                    "priority": 1,
                    "created_at": 0.0,
                }
                connection.execute(batch.insert().values(**row))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    with catalog.read() as connection:
        connection.execute(select(batch)).all()
    for thread in threads:
        thread.join()
    with catalog.read() as connection:
        assert len(connection.execute(select(batch)).all()) == 81


def test_a_writer_that_waits_too_long_is_told(tmp_path: Path) -> None:
    catalog = open_catalog(SqliteFile(tmp_path / "catalog.sqlite", busy_seconds=0.2))
    other = open_catalog(SqliteFile(tmp_path / "catalog.sqlite", busy_seconds=0.2))
    with other.write(), pytest.raises(ArsipError) as caught, catalog.write():
        pass
    assert caught.value.failure.cause == "catalog-locked"


def test_a_link_to_another_drive_does_not_hide_its_file_system(tmp_path: Path) -> None:
    here = sqlite.filesystem_of(tmp_path)
    for line in Path("/proc/self/mounts").read_text().splitlines():
        point, kind = line.split()[1:3]
        if kind != here and Path(point).is_dir():
            break
    link = tmp_path / "arsip"
    link.symlink_to(point)
    assert sqlite.filesystem_of(link / "catalog.sqlite") == kind


def test_an_io_error_is_not_told_as_a_full_disk_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    for least, cause in ((0, "not-writable"), (2**62, "disk-full")):
        monkeypatch.setattr(sqlite, "_LEAST_FREE_BYTES", least)
        with pytest.raises(ArsipError, match=cause), catalog.read():
            raise DBAPIError("", {}, pysqlite3.dbapi2.OperationalError("disk I/O error"))

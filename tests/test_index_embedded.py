"""The embedded index on a real disk: killed writers, several processes, damage, a full disk."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tantivy

from archive.errors import ArsipError
from archive.types import Filter
from index.embedded import EmbeddedIndex
from index.query import parse
from tests.index_pages import record, records

ROOT = Path(__file__).parent.parent
ALL = Filter()

WRITER = """
import sys
from pathlib import Path
from index.embedded import EmbeddedIndex
from tests.index_pages import record
index = EmbeddedIndex(Path(sys.argv[1]))
start = int(sys.argv[2])
for batch in range(start, start + 10_000):
    pages = [record(f"p{batch:06d}-{at}", f"surat ke{batch}") for at in range(5)]
    pages.append(record("shared", f"surat ke{batch}", revision=batch + 1))
    assert index.write(pages) == {}
    print(batch, flush=True)
"""


def writer(place: Path, start: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(place), str(start)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)


def problem(error: pytest.ExceptionInfo[ArsipError]) -> tuple[str, str]:
    return error.value.failure.cause, str(error.value.failure.details.get("problem", ""))


def test_what_was_acknowledged_survives_a_killed_writer_and_is_never_doubled(tmp_path: Path) -> None:
    chance = random.Random(3)
    place = tmp_path / "index"
    acknowledged: list[int] = []
    for _round in range(6):
        with writer(place, (acknowledged[-1] if acknowledged else -1) + 1) as process:
            assert process.stdout
            acknowledged.append(int(process.stdout.readline()))
            time.sleep(chance.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
            acknowledged += [int(line) for line in process.stdout.read().splitlines()]
    kept = EmbeddedIndex(place)
    kept.check()
    pages = [page for page, _revision in kept.revisions(limit=100_000)]
    assert len(pages) == len(set(pages))
    assert {f"p{batch:06d}-{at}" for batch in acknowledged for at in range(5)} <= set(pages)
    assert dict(kept.revisions(limit=100_000))["shared"] >= acknowledged[-1] + 1
    found = kept.find(parse(f"ke{acknowledged[0]}"), ALL)
    assert found.pages == 5
    assert kept.write([record("after", "sesudah")]) == {}
    assert kept.find(parse("sesudah"), ALL).pages == 1


def test_two_processes_write_side_by_side_and_leave_no_litter(tmp_path: Path) -> None:
    place = tmp_path / "index"
    reader = EmbeddedIndex(place)
    reader.check()
    with writer(place, 0) as one, writer(place, 5000) as other:
        for process in (one, other):
            assert process.stdout
            for _batch in range(12):
                process.stdout.readline()
                assert reader.find(parse("surat"), ALL, limit=3).pages > 0
        one.send_signal(signal.SIGKILL)
        other.send_signal(signal.SIGKILL)
    reader.write([record("last", "surat")])
    reader.write([record("last", "surat", revision=2)])
    segments = {name.name.partition(".")[0] for name in place.glob("*.store")}
    assert len(segments) <= 20
    total = sum(each.stat().st_size for each in place.iterdir())
    assert total < 3_000_000


def test_a_reader_that_was_open_sees_every_commit(tmp_path: Path) -> None:
    place = tmp_path / "index"
    reader, author = EmbeddedIndex(place), EmbeddedIndex(place)
    for at in range(15):
        author.write([record(f"p{at}", "surat")])
        assert reader.find(parse("surat"), ALL).pages == at + 1


def test_an_index_that_was_wiped_under_a_reader_begins_anew(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    index.write([record("p1", "surat")])
    assert index.find(parse("surat"), ALL).pages == 1
    shutil.rmtree(tmp_path / "index")
    assert index.find(parse("surat"), ALL).pages == 0
    index.write([record("p1", "surat")])
    assert index.find(parse("surat"), ALL).pages == 1


def test_a_closed_index_opens_again(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    index.write([record("p1", "surat")])
    index.close()
    assert index.find(parse("surat"), ALL).pages == 1
    index.close()
    index.close()


@pytest.mark.parametrize("damage", ["meta", "segment", "missing", "noise"])
def test_a_damaged_index_is_named_as_such(tmp_path: Path, damage: str) -> None:
    place = tmp_path / "index"
    EmbeddedIndex(place).write(records(50))
    segment = max(place.glob("*.term"))
    if damage == "meta":
        (place / "meta.json").write_text("{")
    elif damage == "segment":
        os.truncate(segment, 10)
    elif damage == "missing":
        segment.unlink()
    else:
        size = segment.stat().st_size
        segment.write_bytes(random.Random(1).randbytes(size))
    index = EmbeddedIndex(place)
    with pytest.raises(ArsipError) as error:
        index.check()
    assert problem(error) == ("index-broken", "its files are damaged or belong to another program")
    with pytest.raises(ArsipError) as error:
        index.write([record("p1", "surat")])
    assert error.value.failure.cause == "index-broken"


def test_the_index_of_another_version_is_named_as_such(tmp_path: Path) -> None:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text")
    tantivy.Index(builder.build(), str(tmp_path))
    with pytest.raises(ArsipError) as error:
        EmbeddedIndex(tmp_path).check()
    assert problem(error) == ("index-broken", "it was made by another version; rebuild it")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.doc").write_text("x")
    with pytest.raises(ArsipError) as error:
        EmbeddedIndex(tmp_path).write([record("p1", "surat")])
    assert problem(error) == ("index-broken", "the folder holds something else")
    assert not (tmp_path / "meta.json").exists()


def test_a_place_that_is_a_file_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("x")
    with pytest.raises(ArsipError) as error:
        EmbeddedIndex(tmp_path / "index").check()
    assert error.value.failure.cause == "index-broken"


FULL = """
import subprocess, sys
from pathlib import Path
from archive.errors import ArsipError
from archive.types import Filter
from index.embedded import EmbeddedIndex
from index.query import parse
from tests.index_pages import record, records
place = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)], check=True)
index = EmbeddedIndex(place / "index")
acknowledged = 0
try:
    for at in range(100):
        index.write(records(50, seed=at) + [record(f"p{at}", "diakui")])
        acknowledged += 1
except ArsipError as error:
    found = EmbeddedIndex(place / "index").find(parse("diakui"), Filter())
    print(acknowledged, error.failure.cause, found.pages)
"""


def test_a_full_disk_is_named_as_such_and_loses_nothing(tmp_path: Path) -> None:
    """A small file system of our own, where the kernel lets us mount one."""
    unshare = ["unshare", "--mount", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run([*unshare, "true"], capture_output=True).returncode:
        pytest.skip("not run: this user may not mount a small file system")
    command = [*unshare, sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    acknowledged, cause, found = done.stdout.split()
    assert cause == "disk-full"
    assert int(acknowledged) > 0
    assert int(found) == int(acknowledged)

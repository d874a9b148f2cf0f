"""Readers: whatever a page does to its reader, the worker gets a cause, and the next page a fresh reader."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.errors import (
    DAMAGED_PAGE,
    PAGE_MEMORY,
    PAGE_TIMEOUT,
    READER_DIED,
    UNEXPECTED,
    WORKERS_DIED,
    ArsipError,
    Cause,
)
from archive.types import Inspection, PrepareOptions, ReadOptions, Source
from worker.memory import resident
from worker.reader import Limits, Mark, Reader

STAND_INS = "tests.stand_ins"
SHORT = Limits(seconds=1.0)
SMALL = Limits(seconds=30.0, megabytes=250)
ROOT = Path(__file__).parent.parent


@pytest.fixture
def reader() -> Iterator[Reader]:
    with Reader(tasks=STAND_INS) as reader:
        yield reader


def caught(call: Callable[[], object]) -> ArsipError:
    with pytest.raises(ArsipError) as info:
        call()
    return info.value


def fails_with(reader: Reader, task: str, cause: Cause, *arguments: object) -> dict[str, object]:
    """The details of the failure, after which the next call works and nothing of the old child is left."""
    reader.start()
    before = reader.pid
    assert before is not None
    error = caught(lambda: reader.call(str, task, *arguments))
    assert error.failure.cause == cause.code
    if reader.pid != before:
        assert soon(lambda: not members(before))
    assert reader.call(str, "echo", "halo") == "halo"
    return dict(error.failure.details)


def state(pid: int | str) -> tuple[str, int]:
    """The state of a process (Z: a zombie, X: gone) and its group (proc(5))."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    return fields[0], int(fields[2])


def members(group: int) -> list[int]:
    """Processes of a group that still run; zombies of a careless init do not."""
    numbers = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    return [pid for pid in numbers if state(pid)[1] == group and state(pid)[0] not in "ZX"]


def soon(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether something comes true before patience ends."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def chain(error: BaseException | None) -> str:
    """All that an exception and those behind it say."""
    said = ""
    while error:
        said += repr(error) + repr(getattr(error, "failure", ""))
        error = error.__cause__ or error.__context__
    return said


def test_a_call_goes_to_another_process_and_stays_there(reader: Reader) -> None:
    first = reader.call(int, "pid")
    assert first == reader.pid != os.getpid()
    assert reader.call(int, "pid") == first


def test_text_of_any_alphabet_comes_back_as_it_went(reader: Reader) -> None:
    text = 'Perihal: "undangan"\n\x00 ꦲ 🙂' * 1000
    assert reader.call(str, "echo", text) == text


@pytest.mark.parametrize("size", [0, 1, 300_000, 20_000_000])
def test_frames_of_every_size_pass_both_ways(reader: Reader, size: int) -> None:
    assert reader.call(int, "length", "x" * size) == size
    assert len(reader.call(str, "deaf", size)) == size


@pytest.mark.parametrize(
    ("task", "how"),
    [("abort", "SIGABRT"), ("segfault", "SIGSEGV"), ("leave", "exit 3"), ("half_a_reply", "exit 0")],
)
def test_a_crash_is_told_with_how_it_ended(reader: Reader, task: str, how: str) -> None:
    assert fails_with(reader, task, READER_DIED) == {"how": how}


@pytest.mark.parametrize("task", ["garbage", "nested", "unknown_cause", "oversize"])
def test_a_reply_that_is_none_is_not_believed(reader: Reader, task: str) -> None:
    assert fails_with(reader, task, READER_DIED) == {"how": "garbled"}


def test_a_value_of_another_type_is_not_believed(reader: Reader) -> None:
    error = caught(lambda: reader.call(Inspection, "echo", "halo"))
    assert error.failure.details == {"how": "garbled"}


def test_a_reply_larger_than_a_frame_is_a_failure_of_the_task(reader: Reader) -> None:
    details = fails_with(reader, "deaf", UNEXPECTED, 70_000_000)
    assert details["kind"] == "TooLarge"


def test_a_reply_nobody_asked_for_is_not_taken_for_the_next(reader: Reader) -> None:
    assert reader.call(str, "twice") == "first"
    pid = reader.pid
    assert soon(lambda: reader._child is None or not reader._child.silent())
    assert reader.call(str, "echo", "third") == "third"
    assert reader.pid != pid


@pytest.mark.parametrize("task", ["sleep", "spin", "drip", "child_hang"])
def test_what_hangs_is_ended(task: str) -> None:
    with Reader(SHORT, STAND_INS) as reader:
        assert fails_with(reader, task, PAGE_TIMEOUT) == {"seconds": 1}


@pytest.mark.parametrize("task", ["bloat", "child_bloat"])
def test_what_bloats_is_ended(task: str) -> None:
    with Reader(SMALL, STAND_INS) as reader:
        assert fails_with(reader, task, PAGE_MEMORY) == {"megabytes": 250}


def test_what_asks_for_all_memory_at_once_is_refused_it(reader: Reader) -> None:
    assert fails_with(reader, "ask_for_much", PAGE_MEMORY) == {"megabytes": 900}


def test_children_of_a_reader_that_crashed_go_with_it(reader: Reader) -> None:
    assert fails_with(reader, "child_left", READER_DIED, 0.2) == {"how": "SIGABRT"}


def test_a_named_failure_arrives_as_it_is_and_the_reader_stays(reader: Reader) -> None:
    pid = reader.call(int, "pid")
    assert fails_with(reader, "fail", DAMAGED_PAGE) == {}
    assert reader.pid == pid


@pytest.mark.parametrize("task", ["quote", "exit_politely"])
def test_no_text_of_an_exception_leaves_the_reader(reader: Reader, task: str) -> None:
    error = caught(lambda: reader.call(str, task))
    assert error.failure.cause == UNEXPECTED.code
    assert str(error.failure.details["where"]).startswith("tests/stand_ins.py:")
    assert "secret" not in chain(error)


def test_no_text_of_a_reply_stands_in_the_error_about_it(reader: Reader) -> None:
    assert "secret" not in chain(caught(lambda: reader.call(Inspection, "echo", "secret")))


def test_a_reader_that_died_between_calls_costs_nobody_anything(reader: Reader) -> None:
    pid = reader.call(int, "pid")
    os.kill(pid, signal.SIGKILL)
    assert soon(lambda: state(pid)[0] == "Z")
    assert reader.call(int, "pid") != pid


def test_memory_that_stays_is_not_charged_to_the_next_page(reader: Reader) -> None:
    held = reader.call(int, "hold", 500)
    assert reader.call(int, "pid", continues=True) == held
    assert reader.call(int, "pid") != held


def test_a_signal_to_everybody_does_not_stop_a_page(reader: Reader) -> None:
    pid = reader.call(int, "pid")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.killpg(pid, number)
    assert reader.call(int, "pid") == pid


def test_a_reader_outlives_the_thread_that_started_it(reader: Reader) -> None:
    thread = threading.Thread(target=reader.start)
    thread.start()
    thread.join()
    pid = reader.pid
    assert reader.call(int, "pid") == pid


def test_start_does_not_wait_and_is_the_child_of_the_next_call() -> None:
    with Reader(tasks=STAND_INS) as reader:
        reader.start()
        started = reader.pid
        reader.start()
        assert reader.call(int, "pid") == started


def test_close_ends_it_and_removes_what_it_left(reader: Reader) -> None:
    pid, path = reader.call(int, "pid"), Path(reader.call(str, "scratch"))
    assert path.exists()
    reader.close()
    assert reader.pid is None
    assert soon(lambda: not members(pid))
    assert not path.parent.exists()


@pytest.mark.parametrize("task", ["spin", "child_hang"])
@pytest.mark.parametrize("warm", [True, False])
def test_close_ends_a_call_of_another_thread(reader: Reader, task: str, warm: bool) -> None:
    if warm:
        reader.call(int, "pid")
    causes: list[str] = []
    thread = threading.Thread(
        target=lambda: causes.append(caught(lambda: reader.call(str, task)).failure.cause)
    )
    thread.start()
    assert soon(lambda: reader.pid is not None)
    pid = reader.pid
    reader.close()
    thread.join()
    assert pid is not None
    assert soon(lambda: not members(pid))
    assert causes[0] in {READER_DIED.code, WORKERS_DIED.code}
    assert reader.call(str, "echo", "halo") == "halo"


def test_a_call_that_is_interrupted_leaves_no_reply_behind(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(pid: int) -> int:
        raise KeyboardInterrupt

    reader.call(int, "pid")
    with monkeypatch.context() as patch:
        patch.setattr("worker.child.resident", interrupt)
        with pytest.raises(KeyboardInterrupt):
            reader.call(str, "sleep", continues=True)
    assert reader.pid is None
    assert reader.call(str, "echo", "halo") == "halo"


@pytest.mark.parametrize("task", ["sleep", "spin", "child_hang"])
def test_nothing_outlives_a_worker_that_is_killed(task: str) -> None:
    command = [sys.executable, "-m", STAND_INS, task]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as worker:
        assert worker.stdout is not None
        pid, path = json.loads(worker.stdout.readline())
        expected = 3 if task == "child_hang" else 2  # the desk, its watchman, the program it runs
        assert soon(lambda: len(members(pid)) == expected)
        worker.kill()
    assert soon(lambda: not members(pid))
    assert not Path(path).parent.exists()


def test_nothing_outlives_a_worker_that_is_killed_while_its_reader_starts(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    worker = subprocess.run([sys.executable, "-m", STAND_INS, "start"], cwd=ROOT, env=environment)
    assert worker.returncode == -signal.SIGKILL
    assert soon(lambda: not list(tmp_path.iterdir()))


def test_nothing_outlives_a_reader_that_was_forgotten() -> None:
    reader = Reader(tasks=STAND_INS)
    pid = reader.call(int, "pid")
    child = reader._child
    assert child is not None
    child._channel.close()
    assert soon(lambda: not members(pid))
    reader.close()


def test_a_reader_that_cannot_load_its_tasks_says_why() -> None:
    error = caught(lambda: Reader(tasks="tests.no_such_module").call(int, "pid"))
    assert error.failure.cause == WORKERS_DIED.code
    assert "ModuleNotFoundError" in str(error.failure.details["problem"])


def test_a_reader_that_cannot_be_started_is_the_worlds_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    error = caught(lambda: Reader(tasks=STAND_INS).call(int, "pid"))
    assert error.failure.cause == WORKERS_DIED.code


def test_a_reader_that_ends_while_it_starts_is_the_worlds_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    error = caught(lambda: Reader(tasks=STAND_INS).call(int, "pid"))
    assert error.failure.details == {"problem": "exit 1"}


def test_a_reader_gets_no_passwords_one_thread_and_a_folder_of_its_own(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARSIP_CATALOG_PASSWORD", "secret")
    environment = reader.call(dict, "environment")
    assert "ARSIP_CATALOG_PASSWORD" not in environment
    assert environment["OMP_THREAD_LIMIT"] == environment["OPENCV_FOR_THREADS_NUM"] == "1"
    assert Path(environment["TMPDIR"]).stat().st_mode & 0o077 == 0


def test_a_reader_is_bound_and_has_nothing_to_talk_to(reader: Reader) -> None:
    assert reader.call(list, "limits") == [3000 * 10**6, 2000 * 10**6, 0]
    assert reader.call(list, "opened") == ["/dev/null"] * 3
    assert reader.call(str, "chatter") == "done"


def test_the_four_tasks_have_their_types(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"not utf-8 \xff.tif")
    path.write_text("good")
    source = Source(str(tmp_path / "page"), "blob", "image/tiff", 0)
    Path(source.path).write_text("good")
    options, mark = PrepareOptions(), Mark("hit", ())
    assert reader.inspect(str(path), "surat.tif", options).frames == 1
    prepared = reader.prepare(source, options)
    assert (prepared.width, prepared.height) == (1000, 1400)
    assert len(reader.read(source, options, prepared, ReadOptions()).words) == 300
    assert len(reader.read(source, options, None, ReadOptions()).words) == 300
    assert reader.picture(source, 90, 800, (mark,), options) == b"\x89PNG\x00"


def test_resident_counts_children_and_survives_their_end() -> None:
    grow = "import time; kept = b'x' * 10**8; print('grown', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", grow], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert 10**8 < resident(child.pid) < resident(os.getpid())
        child.kill()
        child.wait()
        assert resident(child.pid) == 0

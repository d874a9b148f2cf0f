"""``arsip batch pause``, ``resume`` and ``cancel``, and what an import is told of priority and hours."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.between import Between, BetweenType, shown
from tests.archives import Arsip, arsip, fill
from tests.program import Program, save, sheet, total


@pytest.fixture
def run(home: Path) -> Arsip:
    """An archive whose seven pages are not read yet."""
    fill(home, works=0).catalog.close()
    return arsip(home)


@pytest.fixture
def in_jakarta(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def answered(run: Arsip, *words: str) -> Any:
    return json.loads(run(*words, "--json").stdout)


def test_paused_and_resumed_and_each_twice(run: Arsip) -> None:
    assert answered(run, "batch", "pause", "batch") == {
        "batch": "batch",
        "changed": True,
        "priority": "normal",
        "hours": None,
        "paused": True,
        "outside_hours": False,
        "waiting": 7,
    }
    assert answered(run, "batch", "pause", "batch")["changed"] is False
    assert "paused already" in run("batch", "pause", "batch").stdout
    assert "paused, 7 waiting" in run("batch", "list").stdout
    status = run("batch", "status", "batch")
    assert "→ To go on: arsip batch resume batch\n" in status.stdout
    assert "arsip worker" not in status.stdout
    resumed = answered(run, "batch", "resume", "batch")
    assert (resumed["changed"], resumed["paused"]) == (True, False)
    assert answered(run, "batch", "resume", "batch")["changed"] is False
    assert "is not paused: nothing to do" in run("batch", "resume", "batch").stdout


def test_cancelled_once_and_told_how_to_have_it_back(run: Arsip) -> None:
    assert "Would be set aside: 7 pages." in run("batch", "cancel", "batch", "--dry-run").stdout
    would = answered(run, "batch", "cancel", "batch", "--dry-run")
    assert (would["changed"], would["cancelled"], would["waiting"]) == (False, 7, 7)
    done = answered(run, "batch", "cancel", "batch", "--yes")
    assert (done["changed"], done["cancelled"], done["waiting"]) == (True, 7, 0)
    assert answered(run, "batch", "cancel", "batch")["changed"] is False
    assert "nothing to do" in run("batch", "cancel", "batch").stdout
    status = answered(run, "batch", "status", "batch")
    assert (status["pages"]["stopped"], total(status)) == (7, 7)
    assert {each["cause"] for each in status["stopped"]} == {"cancelled"}
    assert (
        "reprocess --batch batch --stage preprocess --cause cancelled"
        in run("batch", "status", "batch").stdout
    )


@pytest.mark.parametrize(("typed", "left"), [("n\n", 7), ("y\n", 0)])
def test_a_terminal_is_asked(run: Arsip, monkeypatch: pytest.MonkeyPatch, typed: str, left: int) -> None:
    monkeypatch.setattr("commands.shared.is_terminal", lambda: True)
    run("batch", "cancel", "batch", typed=typed)
    monkeypatch.undo()
    assert answered(run, "batch", "status", "batch")["pages"]["waiting"] == left


def test_an_unknown_batch(run: Arsip) -> None:
    for verb in ("pause", "resume", "cancel"):
        ran = run("batch", verb, "tiada", "--json")
        assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (4, "batch-unknown")


@pytest.mark.parametrize(
    ("typed", "column", "told"),
    [
        ("19:00-06:00", "0720-1380", "19:00-06:00"),
        ("19.30 – 24", "0750-1020", "19:30-00:00"),
        ("6-19", "1380-0720", "06:00-19:00"),
    ],
)
@pytest.mark.usefixtures("in_jakarta")
def test_hours_are_typed_and_shown_by_the_clock_here_and_kept_in_utc(
    typed: str, column: str, told: str
) -> None:
    between = BetweenType().convert(typed, None, None)
    assert between.hours is not None
    assert (between.hours.column(), shown(between.hours)) == (column, told)
    assert BetweenType().convert("always", None, None) == Between(None)


@pytest.mark.parametrize("typed", ["7-7", "0-24", "25:00-06:00", "12:60-06:00", "19:00", "night"])
def test_hours_that_are_none_are_refused(run: Arsip, typed: str) -> None:
    ran = run("batch", "resume", "batch", "--between", typed)
    assert ran.exit_code == 2
    assert typed in ran.stderr


def test_outside_its_hours_a_batch_says_when_it_goes_on(run: Arsip) -> None:
    hour = time.localtime().tm_hour
    later = f"{(hour + 2) % 24:02d}:00-{(hour + 4) % 24:02d}:00"
    held = answered(run, "batch", "resume", "batch", "--between", later)
    assert (held["hours"], held["outside_hours"]) == (later, True)
    assert f"outside its hours ({later})" in run("batch", "status", "batch").stdout
    assert "outside its hours, 7 waiting" in run("batch", "list").stdout
    free = answered(run, "batch", "resume", "batch", "--between", "always")
    assert (free["changed"], free["hours"], free["outside_hours"]) == (True, None, False)


def test_an_import_into_a_paused_batch_ends_and_says_so(tmp_path: Path, program: Program) -> None:
    save(tmp_path / "in" / "satu.png", sheet("surat satu"))
    first = program.run("import", str(tmp_path / "in"), "--batch", "uji", "--no-work", "--priority", "urgent")
    assert (first.code, "Priority: urgent" in first.out) == (6, True)
    program.run("batch", "pause", "uji")
    save(tmp_path / "in" / "dua.png", sheet("surat dua"))
    again = program.run("import", str(tmp_path / "in"), "--batch", "uji", "--priority", "low")
    assert (again.code, "→ To go on: arsip batch resume uji" in again.out) == (6, True)
    status = program.run("batch", "status", "uji", "--json").answer
    assert (status["pages"]["waiting"], status["priority"], status["paused"]) == (2, "low", True)
    program.run("batch", "resume", "uji")
    assert program.imported(tmp_path / "in")["pages"]["words"] == 2

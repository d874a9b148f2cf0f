"""``arsip reprocess``: what the selector picks, what would run again, and that it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.archives import Arsip, arsip, fill
from tests.program import Program, save, sheet


@pytest.fixture
def run(home: Path) -> Arsip:
    fill(home).catalog.close()
    return arsip(home)


def picked(run: Arsip, *words: str) -> Any:
    ran = run("reprocess", *words, "--dry-run", "--json")
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


@pytest.mark.parametrize(
    ("words", "pages"),
    [
        (["--all"], 7),
        (["--batch", "batch"], 7),
        (["--unit", "Sekretariat", "--path", "und-01"], 4),
        (["--type", "undangan"], 7),
        (["--pages", "blank"], 1),
        (["--stage", "ocr"], 1),
        (["--cause", "page-timeout"], 1),
        (["--since", "2020-01-01"], 7),
        (["--confidence-below", "0.95", "--pages", "words"], 5),
    ],
)
def test_the_selector(run: Arsip, words: list[str], pages: int) -> None:
    assert len(picked(run, *words)["selected"]) == pages


def test_a_dry_run_changes_nothing(run: Arsip) -> None:
    before = run("batch", "status", "batch", "--json").stdout
    answer = picked(run, "--batch", "batch")
    assert (answer["picked"], answer["again"]) == (
        {"documents": 5, "pages": 7},
        {"documents": 1, "pages": 1},
    )
    out = run("reprocess", "--batch", "batch", "--dry-run").stdout
    assert "1 × while it was read: page-timeout\n      surat/rusak.pdf, page 1" in out
    assert run("batch", "status", "batch", "--json").stdout == before


def test_what_stopped_waits_for_a_worker(run: Arsip) -> None:
    ran = run("reprocess", "--cause", "page-timeout", "--no-work", "--json")
    assert ran.exit_code == 6
    assert json.loads(ran.stdout)["pages"]["waiting"] == 1
    status = json.loads(run("batch", "status", "batch", "--json").stdout)
    assert (status["pages"]["stopped"], status["pages"]["waiting"]) == (0, 1)


def test_nothing_stopped_is_nothing_to_do(run: Arsip) -> None:
    ran = run("reprocess", "--pages", "words")
    assert (ran.exit_code, "None of them has stopped" in ran.stderr) == (0, True)


@pytest.mark.parametrize(
    ("words", "code"), [([], 2), (["--unit", "Tiada"], 4), (["--page", "p1"], 4), (["--stage", "read"], 2)]
)
def test_nothing_picked(run: Arsip, words: list[str], code: int) -> None:
    assert run("reprocess", *words, "--json").exit_code == code


def test_it_runs_again_and_is_found(tmp_path: Path, home: Path) -> None:
    """The real program, readers and index: read once more from the clean image on."""
    save(tmp_path / "in" / "satu.png", sheet("surat masuk", "perihal biasa"))
    program = Program(home)
    page = program.imported(tmp_path / "in")
    assert page["pages"]["words"] == 1, page
    ran = program.run("reprocess", "--all", "--from", "ocr", "--json")
    assert (ran.code, ran.answer["pages"]["words"]) == (0, 1), ran
    hit = program.run("search", "perihal", "--json").answer["hits"][0]
    runs = program.run("show", hit["page"], "--json").answer["runs"]
    assert [run["stage"] for run in runs].count("ocr") == 2
    assert {run["outcome"] for run in runs} == {"done"}

"""Style and types hold over the whole tree: what ``make check`` runs is a test too, so that CI holds it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house import ROOT

CHECKS = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", "."])


@pytest.mark.parametrize("check", CHECKS, ids=" ".join)
def test_nothing_to_complain_about(check: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", *check], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_make_check_runs_the_same() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert [" ".join(check) for check in CHECKS if f"\t.venv/bin/{' '.join(check)}\n" not in makefile] == []

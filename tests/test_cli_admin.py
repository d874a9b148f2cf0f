"""The command ``admin``: the index built anew, said in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from archive.catalog import indexed
from archive.catalog.schema import page, result
from archive.errors import Exit
from commands import admin, shared, walk
from tests.archives import Arsip, arsip, fill, parts_of

PAGES = 7


@pytest.fixture
def run(home: Path) -> Arsip:
    fill(home).catalog.close()
    return arsip(home)


def lose(home: Path) -> None:
    """Empty the index behind the catalog's back."""
    parts = parts_of(home)
    parts.index.remove([each.page for each in indexed.known(parts.catalog, "", 100)])
    parts.close()


def found(run: Arsip) -> int:
    return int(answer(run, "search", "koordinasi")["total"]["pages"])


def answer(run: Arsip, *words: str) -> Any:
    return json.loads(run(*words, "--json").stdout)


def test_a_lost_index_is_built_anew_and_finds_again(run: Arsip, home: Path) -> None:
    before = found(run)
    lose(home)
    assert found(run) == 0 < before
    done = run("admin", "index", "rebuild", "--yes")
    assert done.exit_code == Exit.OK
    assert f"Written: {PAGES} pages" in done.stdout
    assert "The new index is in use; the old one is kept until the next rebuild." in done.stdout
    assert found(run) == before


def test_the_answer_says_what_was_done(run: Arsip) -> None:
    told = answer(run, "admin", "index", "rebuild")
    assert told.pop("seconds") > 0
    assert told == {
        "pages": PAGES,
        "dry_run": False,
        "rebuilt": True,
        "written": PAGES,
        "found": 0,
        "sampled": PAGES,
        "failed": {},
    }


def test_a_dry_run_changes_nothing(run: Arsip, home: Path) -> None:
    lose(home)
    told = answer(run, "admin", "index", "rebuild", "--dry-run")
    assert told == {"pages": PAGES, "dry_run": True, "rebuilt": False}
    assert "Would be built anew: 7 pages." in run("admin", "index", "rebuild", "--dry-run").stdout
    assert found(run) == 0


@pytest.mark.parametrize(("typed", "rebuilt"), [("n\n", False), ("y\n", True)])
def test_a_terminal_is_asked(
    run: Arsip, home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, rebuilt: bool
) -> None:
    lose(home)
    monkeypatch.setattr(shared, "is_terminal", lambda *_stream: True)
    done = run("admin", "index", "rebuild", typed=typed)
    assert done.exit_code == Exit.OK
    assert ("Nothing was changed." in done.stdout) is not rebuilt
    assert (found(run) > 0) is rebuilt


def test_a_page_that_cannot_be_written_is_named(run: Arsip, home: Path) -> None:
    parts = parts_of(home)
    bad = indexed.known(parts.catalog, "", 1)[0].page
    with parts.catalog.write() as connection:
        row = {"key": "bad", "stage": "ocr", "made_at": 0.0, "payload": b"neither zlib nor JSON"}
        connection.execute(result.insert().values(row))
        connection.execute(update(page).where(page.c.id == bad).values(text_key="bad"))
    parts.close()
    done = run("admin", "index", "rebuild")
    assert done.exit_code == Exit.INCOMPLETE
    assert f"  {bad}: something nobody expected happened" in done.stderr
    assert f"Written: {PAGES - 1} pages" in done.stdout


def test_how_far_it_is_stands_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(walk, "note", told.append)
    monkeypatch.setattr(walk, "LINE_SECONDS", 0.0)
    shown = walk.Walk(says=admin.how_far)
    shown.begin(2000)
    for done in (500, 1000, 2000):  # 500 are there from an earlier rebuild
        shown.at(done, 2000)
    shown.clear()
    assert told[0] == "500 of 2000 pages"
    assert told[1].startswith("1000 of 2000 pages; ")
    assert "pages a second; about " in told[1]


def test_an_archive_that_is_not_there_is_not_made(home: Path) -> None:
    done = arsip(home)("admin", "index", "rebuild")
    assert done.exit_code == Exit.NOT_FOUND
    assert not home.exists()

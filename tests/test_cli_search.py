"""``arsip search``: what is found, how it is told, and what still waits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.archives import Arsip, arsip, fill


@pytest.fixture
def run(filled: Path) -> Arsip:
    return arsip(filled)


def test_the_answer_for_scripts(run: Arsip) -> None:
    ran = run("search", "bupati undangan", "--json")
    assert ran.exit_code == 0, ran.output
    answer = json.loads(ran.stdout)
    assert answer["total"] == {"documents": 2, "pages": 4}
    hit = next(each for each in answer["hits"] if each["path"] == "surat/gambar.tif")
    assert re.fullmatch("p[0-9a-z]{16}", hit["page"])
    assert (hit["number"], hit["type"], hit["date"], hit["batch"]) == (1, "undangan", "2021-05-12", "batch")
    assert hit["confidence"] == pytest.approx(0.93)
    assert hit["snippet"].count("«") == 2
    assert hit["boxes"] == [[0.3, 0.14, 0.08, 0.02], [0.1, 0.18, 0.08, 0.02]]
    assert answer["facets"]["type"] == [{"value": "undangan", "documents": 2}]


def test_what_a_person_sees(run: Arsip) -> None:
    out = run("search", "bupati", "--limit", "1").stdout
    assert "Found: 4 pages in 2 documents" in out
    assert "undangan · 12 May 2021 · 005/1/UM/2021" in out
    assert "batch batch, unit Sekretariat, box 12, shelf A-3" in out
    assert "«Bupati»" in out
    assert "Shown: 1 of 4 pages" in out
    assert "units    Sekretariat (2)" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("words", "pages"),
    [
        (["undangan", "-bupati"], None),
        (["undangan -bupati"], 1),
        (["--", "-bupati", "undangan"], 1),
        (["undangan", "--type", "spk"], 0),
        (["undangan", "--type", "surta"], None),
        (["undangan", "--type", "Undangan"], 5),
        (['"undangan', "--year", "2021"], 5),
        (["undangan", "--year", "2021", "--unit", "sekretariat", "--batch", "batch"], 5),
        (["undangan OR bupati", "--year", "2019..2020"], 0),
        (["undangan", "--min-confidence", "0.95"], 0),
        (["005/1/UM/2021"], 5),
    ],
)
def test_narrowed(run: Arsip, words: list[str], pages: int | None) -> None:
    ran = run("search", "--json", *words)
    answer = json.loads(ran.stdout)
    if pages is None:
        assert (ran.exit_code, answer["error"]["cause"]) == (2, "usage")
    else:
        assert (ran.exit_code, answer["total"]["pages"]) == (0, pages)


def test_a_narrowed_query_must_be_one_by_itself(run: Arsip) -> None:
    ran = run("search", "undangan) OR (bupati", "--year", "2021", "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (2, "bad-query")


def test_the_order(run: Arsip) -> None:
    answer = json.loads(run("search", "undangan", "--sort", "path", "--json").stdout)
    places = [(hit["path"], hit["number"]) for hit in answer["hits"]]
    assert places == [
        ("surat/gambar.tif", 1),
        ("surat/und-01.png", 1),
        *(("surat/und-01.tif", number) for number in (1, 2, 3)),
    ]


def test_nothing_found_says_what_still_waits(home: Path) -> None:
    fill(home, works=2).catalog.close()
    ran = arsip(home)("search", "gubernur")
    assert ran.exit_code == 0
    assert "Nothing was found." in ran.stdout
    assert re.search(r"\d pages of the archive are not searchable yet", ran.stderr)


def test_no_archive(tmp_path: Path) -> None:
    ran = arsip(tmp_path / "none")("search", "undangan", "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["error"]["cause"]) == (4, "no-archive")
    assert "→ begin one with: arsip import" in ran.stderr
    assert not (tmp_path / "none").exists()

"""``arsip reprocess``: what the selector picks, what would run again, and that it runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from archive.catalog.change import Picked
from archive.catalog.codec import Told
from archive.catalog.readings import ReadAgain
from archive.types import Gain
from commands.pages import decided
from commands.reprocess import _compared_lines
from tests.archives import Arsip, arsip, fill
from tests.program import Program, save, save_damaged, sheet


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
        (["--engine-older-than", "5.5"], 5),
        (["--engine", "tesserocr", "--path", "und-01"], 4),
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
    assert "1 × while it was read: the page took longer than … seconds\n      surat/rusak.pdf, page 1" in out
    assert run("batch", "status", "batch", "--json").stdout == before


def test_a_dry_run_names_the_pages_that_would_be_read_again(run: Arsip) -> None:
    out = run("reprocess", "--pages", "words", "--from", "ocr", "--dry-run").stdout
    assert "From the stage ocr on, again: 5 pages.\n      surat/gambar.tif, page 1  p" in out
    assert "… and 2 more; all of them with --json" in out


def test_the_pages_with_the_largest_gains_and_losses_are_named() -> None:
    pages = [Picked(f"p{n}", "d", "b", n, f"{n}.tif", None, None) for n in range(9)]
    told = {
        each.page: Told(decided="kept", gain=Gain(100, 100 + at, 0, 9, False))
        for at, each in enumerate(pages)
    }
    lines = list(_compared_lines(pages, ReadAgain(0, 9, 0, 0, 0.0, told)))[3:]
    assert [line.split(",")[0].strip() for line in lines[:6]] == [f"{n}.tif" for n in (8, 7, 6, 2, 1, 0)]
    assert "the words it lost outweigh its gain, the reading before is kept (+7.4 %)" in lines[0]
    assert "not better, the reading before is kept (+0.0 %)" in lines[5]
    assert "… and 3 more between them" in lines[6]
    little = decided(Told(decided="kept", gain=Gain(1000, 1001, 1, 0, False)))
    assert little == ": hardly better, the reading before is kept (+0.1 %)"


def test_a_page_that_had_nothing_kept_nothing(program: Program, tmp_path: Path) -> None:
    program.imported(save_damaged(tmp_path / "in" / "satu.tif", 1, sheet("satu")).parent)
    ran = program.run("reprocess", "--cause", "damaged-page")
    assert ran.code == 3, ran
    assert re.search(r"failed, had nothing before +1  see", ran.out), ran
    assert "kept what they had" not in ran.out


def test_what_stopped_waits_for_a_worker(run: Arsip) -> None:
    ran = run("reprocess", "--cause", "page-timeout", "--no-work", "--json")
    assert ran.exit_code == 6
    assert json.loads(ran.stdout)["pages"]["waiting"] == 1
    status = json.loads(run("batch", "status", "batch", "--json").stdout)
    assert (status["pages"]["stopped"], status["pages"]["waiting"]) == (0, 1)


def test_what_is_paused_is_said_to_be(run: Arsip) -> None:
    run("batch", "pause", "batch")
    ran = run("reprocess", "--cause", "page-timeout", "--no-work")
    assert (ran.exit_code, "What waits is paused" in ran.stderr) == (6, True)


def test_nothing_stopped_is_nothing_to_do(run: Arsip) -> None:
    ran = run("reprocess", "--pages", "words")
    assert (ran.exit_code, "None of them has stopped" in ran.stderr) == (0, True)
    answer = json.loads(run("reprocess", "--pages", "words", "--json").stdout)
    assert (set(answer["pages"].values()), answer["read_again"]["failed"]) == ({0}, 0)
    chosen = json.loads(run("reprocess", "--all", "--rollback", "--json").stdout)
    assert (set(chosen["pages"].values()), chosen["read_again"]["pages"]) == ({0}, [])


@pytest.mark.parametrize(
    ("words", "code"), [([], 2), (["--unit", "Tiada"], 4), (["--page", "p1"], 4), (["--stage", "read"], 2)]
)
def test_nothing_picked(run: Arsip, words: list[str], code: int) -> None:
    assert "selector" not in run("reprocess", *words).stderr
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
    of = {"page": hit["page"], "document": hit["document"], "path": "satu.png", "number": 1}
    assert ran.answer["read_again"] == {
        "better": 0,
        "kept": 1,
        "failed": 0,
        "stopped": 0,
        "mean_gain": 0.0,
        "pages": [of | {"decided": "kept", "gain": 0.0}],
    }


def typed(path: Path, line: str) -> None:
    """A PDF of one page that is no picture: how it is read depends on how it is drawn."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(Font=Dictionary(F1=font))
    page.Contents = pdf.make_stream(f"BT /F1 12 Tf 60 700 Td ({line}) Tj ET".encode())
    path.parent.mkdir(parents=True)
    pdf.save(path)


def test_a_better_reading_is_taken_a_worse_one_is_not_and_a_person_may_have_either(
    tmp_path: Path, home: Path
) -> None:
    """Drawn at too low a resolution first; both ways back are there, and nothing is read for them."""
    typed(tmp_path / "in" / "satu.pdf", "undangan rapat koordinasi pemerintah daerah")
    poor = Program(home, ARSIP_PREPROCESS_RENDER_DPI="30", ARSIP_OCR_TEXT_LAYER="false")
    good, looks = Program(home), arsip(home)
    assert poor.imported(tmp_path / "in")["pages"]["total"] == 1

    def hits() -> Any:
        return json.loads(looks("search", "koordinasi", "--json").stdout)["hits"]

    def to_choose(wish: str) -> int:
        ran = looks("reprocess", "--all", wish, "--dry-run", "--json")
        return int(json.loads(ran.stdout)["again"]["pages"])

    assert not hits()
    ran = good.run("reprocess", "--all", "--from", "preprocess")
    assert (ran.code, len(hits())) == (0, 1), ran
    assert "Pages read again" in ran.out
    assert re.search(r"satu.pdf, page 1  p\w+: better than the reading before, taken \(\+\d", ran.out), (
        ran.out
    )
    assert poor.run("reprocess", "--all", "--from", "preprocess", "--json").answer["read_again"]["kept"] == 1
    assert len(hits()) == 1
    assert (to_choose("--rollback"), to_choose("--accept")) == (0, 1)
    assert (good.run("reprocess", "--all", "--accept").code, hits()) == (0, [])
    assert (to_choose("--rollback"), to_choose("--accept")) == (1, 0)
    assert good.run("reprocess", "--all", "--rollback").code == 0
    assert (to_choose("--rollback"), to_choose("--accept")) == (0, 1)
    (hit,) = hits()
    shown = looks("show", hit["page"]).stdout
    for said in ("better than the reading before, taken (+", "not better, the", "was brought back"):
        assert said in shown, shown
    assert json.loads(looks("doctor", "--full", "--json").stdout)["healthy"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--all", "--rollback", "--from", "ocr"], "leave --from out"),
        (["--all", "--rollback", "--accept"], "say only one"),
        (["--all", "--accept", "--rollback"], "say only one"),
        (["--all", "--engine-older-than", "new"], "looks like 5.5"),
        (["--all", "--engine", "abbyy"], "abbyy"),
    ],
)
def test_what_makes_no_sense_is_told(home: Path, words: list[str], says: str) -> None:
    ran = arsip(home)("reprocess", *words)
    assert (ran.exit_code, says in ran.output) == (2, True)


def test_nothing_to_choose_is_nothing_to_do(run: Arsip) -> None:
    for wish, says in (("--rollback", "could be brought back"), ("--accept", "not taken")):
        ran = run("reprocess", "--all", wish)
        assert (ran.exit_code, says in ran.output) == (0, True)

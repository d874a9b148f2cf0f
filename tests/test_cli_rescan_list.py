"""``arsip batch rescan``: what it, imports and dry runs say of pages to be scanned again; contact sheets."""

from __future__ import annotations

import json
import random
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageChops, ImageFilter
from sqlalchemy import delete, func, select, update

from access import LOCAL
from archive.catalog import change
from archive.catalog.desk import STAGE, seats
from archive.catalog.schema import result
from archive.types import Filter, Stage, Viewer
from commands.rescan_list import NAMES, to_do, why
from ingest.desk.contact import Card, html
from ingest.desk.contact_pdf import write
from ingest.desk.kinds import Finding, Kind
from samples.draw import Look, draw
from samples.layout import Letter
from samples.letters.parts import paragraph
from tests.archives import arsip, fill, parts_of
from tests.program import Program, save_damaged
from tests.program import sheet as small
from worker.rescan_list import _facts as known
from worker.rescan_list import rescan_list

LINES = [f"kalimat ke {n} tentang laporan kegiatan arsip daerah" for n in range(14)]


def sheet(*lines: str) -> Image.Image:
    """A page of A4 at 100 dpi."""

    record = Letter("lainnya", "uji", None, None, None, (tuple(paragraph(line, 1.0) for line in lines),))
    return draw(record, Look(dpi=100), random.Random(1))[0].image


def tree(folder: Path) -> Path:
    """Four files: a good page, the same out of focus, a cut one, and an empty one."""
    folder.mkdir()
    good = sheet(*LINES)
    soft = sheet(*reversed(LINES)).filter(ImageFilter.GaussianBlur(1.6))
    inked = (np.asarray(good) < 128).sum(0)
    through = 130 + int(inked[130:160].argmax())
    cut = good.crop((through, 0, good.width, good.height))
    pages = {"baik": good, "kabur": soft, "kosong": Image.new("L", good.size, 250)}
    for name, image in (pages | {"potong": cut}).items():
        image.save(folder / f"{name}.png", dpi=(100, 100))
    return folder


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rescan") / "home"


@pytest.fixture(scope="module")
def imported(scanned: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The answer of the import of that folder."""
    folder = tree(tmp_path_factory.mktemp("scans") / "in")
    return Program(scanned).imported(folder)


def kinds(answer: Any) -> dict[str, set[str]]:
    """What each file is told of, but for how well it was read: that is the engine's affair."""
    told = {each["path"]: {it["kind"] for it in each["findings"]} for each in answer["rescan"]}
    return {path: found - {"hard-to-read"} for path, found in told.items()}


def test_an_import_tells_the_kinds_and_the_list_names_the_pages(scanned: Path, imported: Any) -> None:
    told = dict(imported["rescan"])
    told.pop("hard-to-read", None)
    assert told == {"cut": 1, "blurred": 1, "blank": 1}
    ran = arsip(scanned)("batch", "rescan", "uji", "--json")
    answer = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert (answer["batch"], answer["pages"], answer["not_read_yet"], answer["output"]) == ("uji", 4, 0, None)
    assert answer["kinds"] == imported["rescan"]
    assert kinds(answer) == {"potong.png": {"cut"}, "kabur.png": {"blurred"}, "kosong.png": {"blank"}}
    worst = [each["findings"][0]["badness"] for each in answer["rescan"]]
    assert worst == sorted(worst, reverse=True)
    assert set(answer["rescan"][0]) == {"page", "document", "path", "number", "findings"}
    assert set(answer["rescan"][0]["findings"][0]) == {"kind", "badness", "message", "advice", "detail"}


def test_a_person_reads_why_and_what_to_do(scanned: Path, imported: Any) -> None:
    said = arsip(scanned)("batch", "rescan", "uji").stdout
    assert "3 of 4 pages to be looked at: cut off: 1, blurred: 1, " in said
    assert "potong.png, page 1" in said
    assert "the text runs off the left edge" in said
    assert "→ lay the sheet straight within the edges and scan it again" in said
    pages = re.findall(r"with the new scan: arsip import FILE --replaces (p\w+)", said)
    assert len(set(pages)) == 3


def test_a_contact_sheet_as_html_needs_nothing_and_runs_nothing(
    scanned: Path, imported: Any, tmp_path: Path
) -> None:
    file = tmp_path / "daftar.html"
    ran = arsip(scanned)("batch", "rescan", "uji", "-o", str(file))
    assert (ran.exit_code, f"Contact sheet: {file}" in ran.stdout) == (0, True)
    text = file.read_text("utf-8")
    assert text.count("data:image/jpeg;base64,") == text.count("<article>") == 3
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text
    assert "the text runs off the left edge" in text
    pages = re.findall(r"\bp[0-9a-z]{16}\b", text)
    assert len(pages) == len(set(pages)) == 3
    assert [each.name for each in tmp_path.iterdir()] == ["daftar.html"]


def test_a_contact_sheet_as_pdf_has_the_pictures_and_the_words(
    scanned: Path, imported: Any, tmp_path: Path
) -> None:
    file = tmp_path / "daftar.pdf"
    assert arsip(scanned)("batch", "rescan", "uji", "-o", str(file)).exit_code == 0
    with pikepdf.open(file) as pdf:
        assert len(pdf.pages) == 1
        assert len(pdf.pages[0].get_images()) == 3
        assert b"potong.png" in pdf.pages[0].Contents.read_bytes()


def test_a_sheet_that_was_scanned_twice_is_shown_beside_the_first_scan(
    tmp_path: Path, program: Program
) -> None:
    (folder := tmp_path / "in").mkdir()
    for name, moved in (("awal", 0), ("ulang", 12)):
        ImageChops.offset(sheet(*LINES), moved).save(folder / f"{name}.png", dpi=(100, 100))
    program.imported(folder)
    html, pdf = tmp_path / "a.html", tmp_path / "a.pdf"
    said = program.run("batch", "rescan", "uji", "-o", str(html)).out
    assert "it shows the same sheet as awal.png, page 1" in said
    text = html.read_text("utf-8")
    assert (text.count("<article>"), text.count("data:image/jpeg;base64,")) == (1, 2)
    assert program.run("batch", "rescan", "uji", "-o", str(pdf)).code == 0
    with pikepdf.open(pdf) as opened:
        assert len(opened.pages[0].get_images()) == 2


def test_a_dry_run_looks_at_the_pages_too(tmp_path: Path, program: Program) -> None:
    folder = tree(tmp_path / "in")
    ran = program.run("import", str(folder), "--batch", "uji", "--dry-run", "--json")
    assert ran.code == 0
    assert kinds(ran.answer) == {"potong.png": {"cut"}, "kabur.png": {"blurred"}, "kosong.png": {"blank"}}
    assert ran.answer["stopped"] == []
    assert not program.home.exists()
    said = program.run("import", str(folder), "--batch", "uji", "--dry-run").out
    assert "maybe scanned again: cut off: 1, blurred: 1, blank: 1" in said
    assert "arsip batch rescan uji" in said


def test_a_page_that_cannot_be_read_comes_first_and_gets_a_new_scan(tmp_path: Path, program: Program) -> None:
    """Nothing of it is found, and so nothing is worse."""
    folder = tmp_path / "in"
    save_damaged(folder / "tiga.tif", 2, small("satu"), small("dua"), small("tiga"))
    answer = program.imported(folder)
    assert (answer["pages"]["stopped"], answer["rescan"]["unreadable"]) == (1, 1)
    listed = program.run("batch", "rescan", "uji", "--json").answer
    assert (listed["not_read_yet"], listed["stopped"]) == (0, 0)
    worst = listed["rescan"][0]
    assert (worst["path"], worst["number"], worst["findings"][0]["kind"]) == ("tiga.tif", 2, "unreadable")
    assert worst["findings"][0]["detail"]["cause"] == "damaged-page"
    said = program.run("batch", "rescan", "uji", "-o", str(tmp_path / "a.html"))
    assert "this page is damaged and cannot be drawn" in said.out
    assert f"with the new scan: arsip import FILE --replaces {worst['page']}" in said.out
    assert said.err == ""
    assert worst["page"] in (tmp_path / "a.html").read_text("utf-8")


def test_what_stopped_for_another_reason_is_told_as_that(home: Path) -> None:
    fill(home, works=0).catalog.close()
    run = arsip(home)
    assert json.loads(run("batch", "rescan", "batch", "--json").stdout)["not_read_yet"] == 7
    assert run("batch", "cancel", "batch", "--yes").exit_code == 0
    listed = json.loads(run("batch", "rescan", "batch", "--json").stdout)
    assert (listed["not_read_yet"], listed["stopped"], listed["rescan"]) == (0, 7, [])
    said = run("batch", "rescan", "batch").stdout
    assert "(0 pages looked at)" in said
    assert "Stopped for what no scan mends, and so not judged: 7 pages." in said


def test_a_viewer_sees_the_classes_he_may_see(scanned: Path, imported: Any) -> None:
    parts = parts_of(scanned)
    for classes, listed in ((None, 3), ({"B"}, 3), ({"T"}, 0)):
        viewer = Viewer("somebody", Filter(classes=None if classes is None else frozenset(classes)))
        assert len(rescan_list(parts, viewer, "uji").listed) == listed
    parts.close()


def test_words_are_unpacked_once(scanned: Path, imported: Any) -> None:
    """What the desk knows of read pages is kept: a list of a large batch takes seconds, not minutes."""
    parts = parts_of(scanned)
    first = rescan_list(parts, LOCAL, "uji")
    words = select(result.c.key, result.c.payload).where(result.c.stage == Stage.OCR)
    with parts.catalog.read() as connection:
        texts = {row.key: row.payload for row in connection.execute(words)}
        kept = connection.execute(select(func.count()).where(result.c.stage == STAGE)).scalar()
    assert len(texts) == kept == 4

    def put(payloads: dict[str, bytes]) -> None:
        with parts.catalog.write() as connection:
            for key, payload in payloads.items():
                connection.execute(update(result).where(result.c.key == key).values(payload=payload))

    put(dict.fromkeys(texts, b"not looked at"))
    try:
        with pytest.raises(zlib.error):
            parts.views.views([each.page for each in first.listed])
        assert len(known(parts, seats(parts.catalog, "uji"))) == 4
    finally:
        put(texts)
    again = rescan_list(parts, LOCAL, "uji")
    assert [(each.page, each.findings) for each in again.listed] == [
        (each.page, each.findings) for each in first.listed
    ]
    parts.close()


def test_a_list_is_shown_while_another_one_writes(scanned: Path, imported: Any) -> None:
    """What the desk keeps is kept another time; nobody waits for that."""
    parts, other = parts_of(scanned), parts_of(scanned)

    def kept() -> int:
        with parts.catalog.read() as connection:
            return connection.execute(select(func.count()).where(result.c.stage == STAGE)).scalar_one()

    listed = len(rescan_list(parts, LOCAL, "uji").listed)
    with other.catalog.write() as connection:
        connection.execute(delete(result).where(result.c.stage == STAGE))
    with other.catalog.write():
        assert len(rescan_list(parts, LOCAL, "uji").listed) == listed
    assert kept() == 0
    assert len(rescan_list(parts, LOCAL, "uji").listed) == listed
    assert kept() == 4
    for each in (parts, other):
        each.close()


def test_a_withdrawn_batch_shows_no_page(scanned: Path, imported: Any, tmp_path: Path) -> None:
    parts = parts_of(scanned)
    change.withdraw(parts.catalog, "uji")
    try:
        ran = arsip(scanned)("batch", "rescan", "uji", "-o", str(tmp_path / "a.html"))
        assert ran.exit_code == 2
        assert "the batch uji was withdrawn" in ran.stderr
        assert list(tmp_path.iterdir()) == []
    finally:
        change.withdraw(parts.catalog, "uji", restore=True)
        parts.close()


def test_what_cannot_be_done_is_said(scanned: Path, imported: Any, tmp_path: Path) -> None:
    run = arsip(scanned)
    assert run("batch", "rescan", "lain").exit_code == 4
    assert run("batch", "rescan", "uji", "-o", str(tmp_path / "a.docx")).exit_code == 2
    assert run("batch", "rescan", "uji", "-o", str(tmp_path / "nowhere" / "a.pdf")).exit_code == 2


DETAILS: dict[Kind, dict[str, str | int | float]] = {
    Kind.UNREADABLE: {"cause": "too-many-pixels", "pixels": 900, "limit": 100},
    Kind.GAP: {"missing": 2, "before": 3, "after": 6},
    Kind.CUT: {"edge": "left", "letters": 9},
    Kind.DOUBLE: {"mm": 420},
    Kind.BLURRED: {"mm": 0.6},
    Kind.DARK: {"light": 0.3},
    Kind.WEAK: {"confidence": 0.41},
    Kind.TWICE: {"other": "p1", "other_path": "a.tif", "other_number": 2},
    Kind.SKEWED: {"degrees": -3.6},
    Kind.BLANK: {},
    Kind.TURNED: {"degrees": 90},
}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_words(kind: Kind) -> None:
    assert NAMES[kind]
    finding = Finding("p", kind, 0.5, DETAILS[kind])
    assert to_do(finding)
    assert "{" not in why(finding)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (3, 5, "1 page is missing between page 3 and page 5"),
        (0, 5, "1 page is missing before page 5"),
        (3, 0, "1 page is missing after page 3"),
    ],
)
def test_where_a_page_is_missing(before: int, after: int, said: str) -> None:
    assert why(Finding("p", Kind.GAP, 0.9, {"missing": 1, "before": before, "after": after})) == said


def test_names_of_files_are_no_markup_and_no_code(tmp_path: Path) -> None:
    evil = Card("<img src=x onerror=1>) Tj (\\ ünïcode 文", ("why",), ("do",), "p1")
    text = "".join(html("en", "t<", "a&", [evil]))
    assert "<img src=x" not in text
    write(tmp_path / "a.pdf", "t", "a", [evil] * 13)
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf.pages) == 2
        operators = [str(each.operator) for each in pikepdf.parse_content_stream(pdf.pages[1])]
        assert operators.count("Tj") == 2 + 4


def test_an_empty_sheet_is_a_sheet(tmp_path: Path) -> None:
    write(tmp_path / "a.pdf", "t", "a", [])
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf.pages) == 1

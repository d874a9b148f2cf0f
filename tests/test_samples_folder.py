"""The demo's folder: what is in it, the truth about it, and that the same seed writes it again."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pikepdf
import pytest
from PIL import Image, UnidentifiedImageError

from archive.types import Turn
from samples.damage import turned
from samples.folder import KNOWN, SPECIALS, beside, write
from samples.truth import FileTruth, Truth

PAGES = 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds at least everything special."""
    target = tmp_path_factory.mktemp("demo") / "arsip lama"
    write(target, PAGES)
    return target


@pytest.fixture(scope="module")
def truth(folder: Path) -> Truth:
    """The truth as it lies beside the folder."""
    return msgspec.json.decode(beside(folder).read_bytes(), type=Truth)


def named(truth: Truth, path: str) -> FileTruth:
    return next(file for file in truth.files if file.path == path)


def test_every_file_is_accounted_for_and_the_truth_lies_outside(folder: Path, truth: Truth) -> None:
    there = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert there == sorted(file.path for file in truth.files)
    assert not beside(folder).is_relative_to(folder)
    assert PAGES <= truth.pages <= PAGES + 3


def test_all_formats_outcomes_and_conditions_are_there(truth: Truth) -> None:
    suffixes = {Path(file.path).suffix for file in truth.files if file.outcome == "document"}
    assert suffixes == {".jpg", ".png", ".webp", ".jp2", ".bmp", ".tif", ".pdf"}
    causes = {file.cause for file in truth.files if file.outcome == "refused"}
    assert causes == {"encrypted-pdf", "damaged-file", "empty-file"}
    assert {Path(file.path).suffix for file in truth.files if file.outcome == "ignored"} == {".docx", ".db"}
    conditions = {page.condition for file in truth.files for page in file.pages}
    assert conditions >= {"clean", "bad", "fax", "blank", "wordless", "photocopy", "stamped"}
    assert {page.turn for file in truth.files for page in file.pages} == {0, 90, 180, 270}
    assert {entry.says for entry in SPECIALS if isinstance(entry.says, str)} >= {"spt", "spk", "edaran"}


def test_copies_are_exact(folder: Path, truth: Truth) -> None:
    copies = [file for file in truth.files if file.outcome == "duplicate"]
    assert len(copies) == 2
    for file in copies:
        assert (folder / file.path).read_bytes() == (folder / file.cause).read_bytes()
        assert file.path > file.cause  # the first one met is the document


def test_what_cannot_be_opened_cannot_be_opened(folder: Path, truth: Truth) -> None:
    for file in truth.files:
        if file.cause == "encrypted-pdf":
            with pytest.raises(pikepdf.PasswordError):
                pikepdf.open(folder / file.path)
        if file.cause == "damaged-file" and file.path.endswith(".tif"):
            with pytest.raises(UnidentifiedImageError), pytest.warns(UserWarning, match="Corrupt"):
                Image.open(folder / file.path)
        if file.cause == "empty-file":
            assert (folder / file.path).stat().st_size == 0


def test_pages_are_as_many_as_the_truth_says(folder: Path, truth: Truth) -> None:
    for file in truth.files:
        if file.outcome != "document":
            continue
        if file.path.endswith(".pdf"):
            with pikepdf.open(folder / file.path) as pdf:
                assert len(pdf.pages) == len(file.pages)
        else:
            with Image.open(folder / file.path) as image:
                assert getattr(image, "n_frames", 1) == len(file.pages)


def test_words_stand_where_the_truth_says_on_the_page_turned_upright(folder: Path, truth: Truth) -> None:
    checked: set[Turn] = set()
    for file in truth.files:
        if file.outcome != "document" or file.path.endswith((".pdf", ".tif")):
            continue
        with Image.open(folder / file.path) as image:
            pixels = turned(np.asarray(image.convert("L")), file.pages[0].turn)
        height, width = pixels.shape
        for word in file.pages[0].words:
            x, y = int(word.box.x * width), int(word.box.y * height)
            ink = pixels[y : y + int(word.box.h * height) + 2, x : x + int(word.box.w * width) + 2]
            assert ink.min() < 170, (file.path, word)
            assert word.box.h < word.box.w or len(word.text) < 4
        checked.add(file.pages[0].turn)
    assert checked == {0, 90, 180, 270}


def test_known_searches_have_their_words_on_their_pages_and_nowhere_else(truth: Truth) -> None:
    assert truth.queries == KNOWN
    for query, words in zip(
        KNOWN, ("mikrofilm", "saluran irigasi tersumbat", "18 Nopember 2019"), strict=True
    ):
        holding = [
            (file.path, page.number)
            for file in truth.files
            for page in file.pages
            if words in re.sub(r"\s+", " ", " ".join(word.text for word in page.words))
        ]
        assert holding == [(query.path, query.page)]


def test_pages_of_one_record_in_a_folder_say_so(truth: Truth) -> None:
    together = [file for file in truth.files if file.group]
    assert len({file.group for file in together}) == 1
    assert [Path(file.path).name for file in together] == ["01.jpg", "02.jpg", "03.jpg", "04.jpg"]
    assert {file.nomor for file in together} == {together[0].nomor}
    assert [page.condition for file in together[2:] for page in file.pages] == ["wordless", "blank"]


def test_a_slip_lies_on_top_of_the_letter_it_belongs_to(truth: Truth) -> None:
    file = next(file for file in truth.files if "disposisi" in file.path and file.outcome == "document")
    first = " ".join(word.text for word in file.pages[0].words)
    assert "LEMBAR DISPOSISI" in first
    assert file.kind == "surat_dinas"
    assert file.nomor is not None
    assert file.nomor in first


def test_a_born_digital_pdf_has_its_words_as_text(folder: Path, truth: Truth) -> None:
    file = next(file for file in truth.files if "pengantar" in file.path and file.outcome == "document")
    with pikepdf.open(folder / file.path) as pdf:
        content = pdf.pages[0].Contents.read_bytes().decode("cp1252")
    shown = [text.replace("\\", "") for text in re.findall(r"\((.*) \) Tj", content)]
    assert shown == [word.text for word in file.pages[0].words]


def test_the_same_seed_writes_the_same_files_and_another_one_others(tmp_path: Path) -> None:
    def bytes_of(target: Path, seed: int) -> dict[str, str]:
        truth = write(target, 2, seed)
        return {
            file.path: hashlib.sha256((target / file.path).read_bytes()).hexdigest()
            for file in truth.files
            if file.cause != "encrypted-pdf"
        }

    one, again, other = bytes_of(tmp_path / "a", 1), bytes_of(tmp_path / "b", 1), bytes_of(tmp_path / "c", 2)
    assert one == again
    assert {path for path in one if one[path] != other.get(path)} > {SPECIALS[0].path}


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    root, english = Path(__file__).parent.parent, {**os.environ, "ARSIP_LANGUAGE": "en"}
    command = [sys.executable, "-m", "samples", str(tmp_path / "x"), "--pages", "2", "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True, env=english)
    assert done.stdout.startswith("2 pages in ")
    assert (tmp_path / "x.truth.json").exists()

"""The drawn half of the ruler: frozen pages, words where the truth says, numbers that belong to nobody."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from bench import generated
from samples.camera import Pose, photograph
from samples.damage import turned
from samples.letters.forms import formulir, kartu, rekapitulasi
from samples.letters.older import lama, spelt
from samples.pages import FOLDERS, Folder, Sheet, sheet, sheets


@pytest.fixture(scope="module")
def first() -> dict[str, Sheet]:
    """The first page of each folder."""
    return {folder.name: sheet(folder, 0) for folder in FOLDERS}


def test_what_is_drawn_is_what_was_frozen(first: dict[str, Sheet]) -> None:
    frozen = generated.frozen()
    if generated.drawn_with() not in frozen:
        pytest.skip("not run: other fonts, FreeType or processor than when the pages were frozen")
    assert {generated.line(page) for page in first.values()} <= set(frozen)


def test_all_pages_are_frozen() -> None:
    folders = [line.split("  ")[-1].split("/")[0] for line in generated.frozen()]
    assert {folder.name: folder.count for folder in FOLDERS} == {
        folder.name: folders.count(folder.name) for folder in FOLDERS
    }


def test_words_stand_where_the_truth_says(first: dict[str, Sheet]) -> None:
    for page in first.values():
        pixels = turned(np.asarray(page.image.convert("L")), page.truth.turn)
        height, width = pixels.shape
        missed = 0
        for word in page.truth.words:
            x, y = int(word.box.x * width), int(word.box.y * height)
            around = pixels[
                max(0, y - 9) : y + int(word.box.h * height) + 9,
                max(0, x - 9) : x + int(word.box.w * width) + 9,
            ].astype(int)
            missed += np.percentile(around, 90) - around.min() < 25
        assert missed <= len(page.truth.words) * 0.02, page.folder


def test_there_is_every_turn_and_every_kind_of_bad_page() -> None:
    by = {folder.name: folder for folder in FOLDERS}
    assert set(by["drawn-turned"].turns) == {90, 180, 270}
    assert by["drawn-bad"].least_error == 0.2
    assert by["drawn-cards"].least_error == 0.4
    assert 80 <= sum(folder.count for folder in FOLDERS) <= 100


def test_a_photograph_has_no_resolution_and_a_scan_has(first: dict[str, Sheet]) -> None:
    assert {name for name, page in first.items() if not page.dpi} == {"drawn-photos", "drawn-cards"}


def test_only_pages_in_colour_know_what_ink_lies_on(first: dict[str, Sheet]) -> None:
    coloured = {name for name, page in first.items() if page.image.mode == "RGB"}
    assert coloured == {name for name, page in first.items() if page.truth.inked} == {*generated.INKED}


def test_others_of_the_same_kinds_can_be_drawn_to_try_things_on() -> None:
    [one, two] = sheets(2, ["drawn-inks"], 100)
    assert (one.folder, one.name, two.name) == ("drawn-inks", "kwitansi-101", "surat-tugas-102")
    assert generated.line(one) not in generated.frozen()
    assert len([*sheets(1, ["drawn-inks", "drawn-colours"])]) == 2


def test_stamps_with_letters_are_left_away_unless_wanted() -> None:
    folder = Folder("trial", 1, ("keputusan",), dpis=(72,))
    with_stamps = Folder("trial", 1, ("keputusan",), dpis=(72,), stamps=True)
    pixels = [np.asarray(sheet(each, 0).image) for each in (folder, with_stamps)]
    assert sheet(folder, 0).truth == sheet(with_stamps, 0).truth
    assert (pixels[0] < 128).sum() <= (pixels[1] < 128).sum()


@pytest.mark.parametrize("bend", [0.0, 1.0])
def test_the_camera_moves_points_and_back(bend: float) -> None:
    page = np.full((300, 210), 240, np.uint8)
    page[146:154, 101:109] = 0
    picture, view = photograph(page, Pose(bend=bend, grain=0.0), (400, 300), np.random.default_rng(3))
    x, y = view.forth(0.5, 0.5)
    assert view.back(x, y) == pytest.approx((0.5, 0.5))
    assert picture[round(y * 400), round(x * 300)] < 90


def test_old_spelling() -> None:
    assert spelt("Surat yang baru, anak-anak jajan", 1936) == "Soerat jang baroe, anak2 djadjan"
    assert spelt("Cuma bukunya khusus", 1957) == "Tjuma bukunja chusus"
    assert spelt("MASYARAKAT Nyata", 1940) == "MASJARAKAT Njata"
    assert spelt("Surat yang baru", 1980) == "Surat yang baru"


@pytest.mark.parametrize("writer", [formulir, kartu, rekapitulasi, lama])
def test_new_papers_name_nobody(writer: object) -> None:
    assert callable(writer)
    for seed in range(30):
        text = writer(random.Random(seed)).text
        for digits in re.findall(r"\b\d{16}\b|\b\d{4} \d{4} \d{4} \d{4}\b", text):
            plain = digits.replace(" ", "")
            assert plain[4:6] == "00"
            assert plain[12:] == "0000"
        assert writer(random.Random(seed)).text == text

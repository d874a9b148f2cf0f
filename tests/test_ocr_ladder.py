"""Weak pages are read in other ways, and ink that no word covers once more; good pages cost nothing."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from archive.ledger.ledger import READERS_A_PAGE
from archive.types import Box, PageImage, ReadOptions, Word
from ocr import ink, ladder, read
from ocr.contract import Layout, Recognised
from ocr.merge import beside, merged, within
from ocr.upright import Reading
from tests.ocr_pages import LETTER, blank, lines, page, prepared, source, texts

IND = ReadOptions(languages="ind")


class Told:
    """An engine that says what it was told for each layout, and keeps what it was asked."""

    name, version = "told", "5"

    def __init__(self, page: tuple[Word, ...], block: tuple[Word, ...] = ()) -> None:
        self._says: dict[Layout, tuple[Word, ...]] = {"page": page, "block": block}
        self.asked: list[tuple[Layout, tuple[int, ...]]] = []

    def recognise(self, image: PageImage, languages: str, layout: Layout = "page") -> Recognised:
        self.asked.append((layout, image.pixels.shape))
        return Recognised(self._says[layout])

    def languages(self) -> frozenset[str]:
        return frozenset()


def said(confidence: float, text: str = LETTER) -> tuple[Word, ...]:
    """The letter as read with this confidence, its words over all of the page."""
    return tuple(
        Word(word, Box(0.0, number / 12, 1.0, 1 / 12), confidence, number)
        for number, line in enumerate(text.splitlines())
        for word in line.split()
    )


def climbed(engine: Told, first: tuple[Word, ...], image: PageImage, seconds: float = 0.1) -> Reading:
    return ladder.climbed(engine, image, "ind", Reading(first), seconds)


def test_a_page_that_was_read_well_is_read_once() -> None:
    image, _ = page()
    engine = Told(said(0.99))
    assert climbed(engine, said(0.95), image) == Reading(said(0.95))
    assert engine.asked == []


@pytest.mark.parametrize(("again", "gain"), [(0.95, "+60%"), (0.76, "+3%"), (0.5, "-56%")])
def test_the_better_reading_of_a_doubtful_page_is_kept_and_its_gain_told(again: float, gain: str) -> None:
    image, _ = page()
    best = climbed(Told(said(again)), said(0.75), image)
    assert best.words == said(0.95 if again == 0.95 else 0.75)
    assert best.steps == (f"ladder:softer:{gain}",)


def test_nothing_is_begun_that_a_reader_would_not_live_to_end() -> None:
    image, _ = page()
    engine = Told(said(0.99), said(0.99))
    assert climbed(engine, said(0.5), image, seconds=ladder.SECONDS / 2).steps == ()
    assert engine.asked == []


def test_pages_without_text_and_coarse_ones_are_not_made_softer() -> None:
    image, _ = page()
    assert climbed(Told(said(0.9)), said(0.2, "logo"), blank()).steps == ()
    assert climbed(Told(said(0.9)), said(0.5), PageImage(image.pixels, 100.0)).steps == ()


def test_text_that_was_left_out_is_read_again_and_stands_in_its_place() -> None:
    image, _ = page()
    engine = read.engine("tesserocr")
    whole = engine.recognise(image, "ind").words
    left_out = tuple(word for word in whole if not 4 <= word.line <= 6)
    best = ladder.climbed(engine, image, "ind", Reading(left_out), 0.5)
    assert lines(best.words) == LETTER.splitlines()
    assert texts(best.words) == texts(whole)
    for word, as_was in zip(best.words, whole, strict=True):
        assert word.box.x == pytest.approx(as_was.box.x, abs=0.01)
        assert word.box.y == pytest.approx(as_was.box.y, abs=0.01)
    (step,) = best.steps
    assert step.startswith("ladder:uncovered:+")


def test_a_photograph_is_not_read_again() -> None:
    image, _ = page()
    pixels = image.pixels.copy()
    for top in range(240, 800, 68):  # between the lines, so that nearly half of the part is dark
        pixels[top : top + 26, 140:1500] = 0
    dark = PageImage(pixels, image.dpi)
    cells = ink.text_cells(dark)
    assert ink.regions(cells, cells, ladder.FEWEST_CELLS)
    engine = Told((), said(0.9))
    assert climbed(engine, (), dark).words == ()
    assert engine.asked == []
    assert climbed(engine, (), image).words != ()


def test_scraps_of_a_picture_are_no_words() -> None:
    image, _ = page()
    scraps = tuple(Word(text, Box(0.1, 0.1, 0.1, 0.1), 0.3, 0) for text in ("~x", "Ee", "ly"))
    best = climbed(Told((), (*scraps, Word("at", Box(0.5, 0.5, 0.1, 0.1), 0.9, 0))), (), image)
    assert best.words == ()
    assert {word.text for word in best.aside} == {"~x", "Ee", "ly", "at"}


def test_what_was_set_aside_makes_a_page_doubtful_as_well() -> None:
    image, _ = page()
    first = Reading(
        said(0.93), aside=tuple(msgspec.structs.replace(word, confidence=0.3) for word in said(0))
    )
    best = ladder.climbed(Told(said(0.95)), image, "ind", first, 0.1)
    assert best.words == said(0.95)
    assert best.aside == ()
    assert best.steps[0].startswith("ladder:softer:+")


def test_words_of_a_part_and_those_set_aside_there_stay_on_their_own_lines() -> None:
    image, _ = page()
    text = (Word("Jalan", Box(0.1, 0.5, 0.1, 0.02), 0.9, 0), Word("Melati", Box(0.3, 0.5, 0.1, 0.02), 0.9, 0))
    aside = (Word("RUMPUT", Box(0.1, 0.9, 0.1, 0.02), 0.9, 0),)

    class Unsure(Told):
        def recognise(self, image: PageImage, languages: str, layout: Layout = "page") -> Recognised:
            return Recognised(text, (), aside)

    best = ladder.climbed(Unsure(()), image, "ind", Reading(()), 0.1)
    lines_of = {word.text: word.line for word in best.words}
    assert lines_of["Jalan"] == lines_of["Melati"] != lines_of["RUMPUT"]


def test_what_is_read_lightly_is_read_once() -> None:
    image, _ = page()
    engine = Told(said(0.4), said(0.4))
    assert ladder.lightly(engine, image, "ind").steps == ("ladder:half-block",)
    assert engine.asked == [("block", tuple(side // 2 for side in image.pixels.shape))]


@pytest.mark.parametrize("name", ["tesserocr", "pytesseract"])
@pytest.mark.parametrize("killed", [1, 2])
def test_a_page_is_read_as_any_other_once_more_and_lightly_before_it_is_set_aside(
    name: read.EngineName, killed: int
) -> None:
    image, _ = page()
    options = ReadOptions(engine=name, languages="ind", killed=killed)
    found = read.read(source(), prepared(image), image, options)
    assert lines(found.words) == LETTER.splitlines()
    assert ("ladder:half-block" in found.steps) == (killed == READERS_A_PAGE - 1)


def test_ink_is_covered_by_words_and_rules_are_no_text() -> None:
    image, _ = page()
    words = read.engine("tesserocr").recognise(image, "ind").words
    everything = ink.text_cells(image)
    assert everything.any()
    assert ink.uncovered(everything, words).sum() < 0.05 * everything.sum()
    (part,) = ink.regions(everything, everything, 20)
    assert part.y == pytest.approx(200 / image.pixels.shape[0], abs=0.02)
    ruled = np.full((2000, 1500), 255, np.uint8)
    ruled[::40] = 0
    ruled[1000:] = np.where(np.arange(1500) % 60 == 0, 0, 255)
    assert not ink.text_cells(PageImage(ruled, 200.0)).any()


@pytest.mark.parametrize("shape", [(1, 1), (3, 3000), (26, 2400), (700, 10)])
def test_a_strip_that_is_lower_than_a_cell_is_looked_at(shape: tuple[int, int]) -> None:
    cells = ink.text_cells(PageImage(np.zeros(shape, np.uint8), 300.0))
    assert min(cells.shape) >= 1
    assert not cells.any()


def test_what_is_scattered_between_words_is_a_drawing() -> None:
    image, _ = page()
    text = ink.text_cells(image)
    scattered = text & (np.indices(text.shape).sum(axis=0) % 2 == 0)
    assert scattered.sum() > ladder.FEWEST_CELLS
    assert ink.regions(scattered, text, 20) == []
    assert ink.regions(scattered, scattered, 20) != []


def test_a_picture_in_dots_is_no_block_of_text() -> None:
    dots = np.full((2000, 1500), 255, np.uint8)
    dots[500:1200, 300:1100] = np.where(np.add.outer(np.arange(700), np.arange(800)) // 4 % 2, 0, 255)
    dots[500:1200:4, 300:1100] = 255
    found = ink.text_cells(PageImage(dots, 200.0))
    assert found.sum() > 1000
    assert ink.regions(found, found, 20) == []


def word(text: str, x: float, y: float, line: int = 0) -> Word:
    return Word(text, Box(x, y, 0.1, 0.02), 0.9, line)


def test_lines_are_put_where_a_person_would_read_them() -> None:
    left = [word("a", 0.1, 0.1, 0), word("b", 0.1, 0.2, 1), word("d", 0.1, 0.4, 2)]
    right = [word("e", 0.6, 0.1, 3), word("g", 0.6, 0.3, 4)]
    more = [word("c", 0.1, 0.3, 0), word("f", 0.6, 0.2, 1), word("bb", 0.25, 0.2, 2), word("x", 0.1, 0.1, 3)]
    found = merged([*left, *right], more)
    assert texts(found) == ["a", "b", "bb", "c", "d", "e", "f", "g"]
    assert [each.line for each in found] == list(range(8))


def test_beside_the_text_stands_what_may_be_sought_and_is_not_there_already() -> None:
    text = (Word("surat", Box(0.1, 0.5, 0.1, 0.02), 0.9, 3),)
    others = (
        Word("RUMPUT", Box(0.1, 0.1, 0.1, 0.02), 0.2, 0),
        Word("~y", Box(0.3, 0.1, 0.1, 0.02), 0.2, 0),
        Word("surot", Box(0.1, 0.5, 0.1, 0.02), 0.2, 1),
        Word("HIJAU", Box(0.1, 0.8, 0.1, 0.02), 0.2, 2),
    )
    assert [(word.text, word.line) for word in beside(text, others)] == [("RUMPUT", 4), ("HIJAU", 5)]
    assert beside((), others[:1]) == others[:1]


def test_words_of_a_part_stand_on_the_page() -> None:
    (found,) = within([Word("a", Box(0.5, 0.0, 0.5, 1.0), 1.0, 0)], Box(0.2, 0.4, 0.2, 0.1))
    assert found.box == Box(pytest.approx(0.3), 0.4, pytest.approx(0.1), pytest.approx(0.1))  # type: ignore[arg-type]

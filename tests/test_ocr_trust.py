"""What tells text from junk, and a page of words from one whose words lie elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from archive.types import Box, PageImage, Word
from ocr import trust
from tests.ocr_pages import LETTER, page


def judged(text: str) -> str:
    return trust.of_text(list(text.replace(" ", "")), text.split())


@pytest.mark.parametrize(
    "text",
    [
        LETTER,
        "Rp82.716.800 (terbilang: delapan puluh dua juta)",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "DPPA/B.1/2.24.2.23.0.00.21.0000/001/2022",
        "Daftar isi . . . . . . . . . . . . . . . . . . . . . . . . . . . . 3",
        "I. PENDAHULUAN ......................................................... 1",
        "L'été dernier, près de la forêt, nous étions là",
        "a. bahwa b. bahwa c. bahwa perlu menetapkan d. e. f.",
        "NIP pangkat golongan III/d Dr. H. Contoh, S.H., M.Si.",
        "±5 µm ≤ 3 Ω",
    ],
)
def test_text_is_text(text: str) -> None:
    assert judged(text) == trust.USED


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("", "none"),
        ("(cid:25)(cid:18)", "cid-codes"),
        ("\ue000\ue001\ue002 \ue003", "unknown-characters"),
        ("P\ufffdm\ufffdr\ufffdnt\ufffdh", "unknown-characters"),
        ("\x03\x04 \x10\x11", "unknown-characters"),
        ("䴀甀氀琀椀挀漀氀漀爀 䈀氀愀挀欀", "foreign-letters"),
        ("P E M E R I N T A H K A B U P A T E N", "spaced-letters"),
        ("".join(chr(ord(c) - 29) if c > "=" else c for c in LETTER), "no-words"),  # glyph numbers
        ("QFNFSJOUBI LBCVQBUFO DPOUPI OPNPS QFSJIBM", "no-words"),
        ('"7+%- !!$ ,,% &/(', "no-words"),
    ],
)
def test_junk_is_junk(text: str, sign: str) -> None:
    chars = [text] if text.startswith("(cid") else list(text.replace(" ", ""))
    assert trust.of_text(chars, text.split()) == sign


def test_one_glyph_without_a_character_does_not_spoil_a_page() -> None:
    assert trust.of_text([*LETTER.replace(" ", ""), "(cid:13)"], LETTER.split()) == trust.USED


@pytest.mark.parametrize(
    ("matrix", "slanted"),
    [
        ((1, 0, 0, 1, 0, 0), False),
        ((10, 0.3, -0.3, 10, 5, 5), False),
        ((1, 0, 0.3, 1, 0, 0), False),
        ((0, 1, -1, 0, 0, 0), True),
        ((-1, 0, 0, -1, 0, 0), True),
        ((0.7, 0.7, -0.7, 0.7, 0, 0), True),
    ],
    ids=["upright", "leaning", "italic", "sideways", "upside-down", "watermark"],
)
def test_text_stands_or_does_not(matrix: tuple[float, ...], slanted: bool) -> None:
    assert trust.slanted(matrix) is slanted


def drawn() -> tuple[PageImage, list[Word]]:
    image, places = page()
    return image, [Word(text, box, 1.0, 0) for text, box in places.items()]


def test_words_that_cover_the_ink_are_used() -> None:
    image, words = drawn()
    words += [Word("halaman", Box(0.05, 0.05, 0.9, 0.4), 1.0, 0)]
    assert trust.of_places(words, [], [], [], image) == trust.USED


def test_half_of_the_text_missing_is_seen() -> None:
    image, words = drawn()
    half = [word for word in words if word.box.y < 0.2]
    assert trust.of_places(half, [], [], [], image) == "misses-ink"


def test_words_upon_words_are_seen() -> None:
    image, words = drawn()
    others = [Word(word.text[::-1], word.box, 1.0, word.line) for word in words]
    assert trust.of_places([*words, *others], [], [], [], image) == "two-texts"


def test_a_letter_without_ink_is_told_from_one_with() -> None:
    image, words = drawn()
    for box in (word.box for word in words):
        assert trust.inked(box, image.pixels)
        assert not trust.inked(Box(box.x, box.y + 0.4, box.w, box.h), image.pixels)


def test_rules_frames_and_dark_areas_do_not_look_like_text() -> None:
    pixels = np.full((1000, 800), 255, np.uint8)
    pixels[100:104, 50:750] = 0
    pixels[200:800, 50:54] = 0
    pixels[300:600, 200:500] = 60
    pixels[690:710, 100:110] = 0
    words = [Word("tanda", Box(100 / 800, 0.69, 10 / 800, 0.02), 1.0, 0)]
    assert trust.of_places(words, [], [], [], PageImage(pixels, 100.0)) == trust.USED

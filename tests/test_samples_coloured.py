"""Pages in colour: what is printed is true, what is laid over it is not, and colour is soft."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from archive.geometry import apply, bounds
from archive.types import Box, Word
from samples.coloured import Desk, Over, Scanned, scanned
from samples.draw import Look
from samples.layout import Cell, Letter, Paper, Row
from samples.letters.forms import rekapitulasi
from samples.letters.mail import undangan
from samples.scanner import Scan, scan

STILL = Scan(blur=0.2, fringe=0.0, grain=0.0, quality=90)
BARE = Desk((), STILL)
STAMPED = Desk((Over("seal", "violet"), Over("LUNAS", "red"), Over("paraf", "ballpoint")), STILL)


def made(
    desk: Desk, says: Callable[[random.Random], Letter] = undangan, seed: int = 4, dpi: int = 100
) -> Scanned:
    rng = random.Random(seed)
    return scanned(says(rng), Look(dpi=dpi), Paper(), desk, rng, np.random.default_rng(seed))


def ink(page: Scanned, box: Box) -> NDArray[np.float64]:
    """The mean colour of the darkest tenth of a box."""
    pixels, (width, height) = np.asarray(page.image).astype(int), page.image.size
    rows = slice(int(box.y * height), int((box.y + box.h) * height) + 1)
    part = pixels[rows, int(box.x * width) : int((box.x + box.w) * width) + 1].reshape(-1, 3)
    darkest = np.argsort(part.sum(1))[: max(1, len(part) // 10)]
    return np.asarray(part[darkest].mean(0), np.float64)


def said(page: Scanned) -> list[str]:
    return [word.text for word in page.words]


def named(page: Scanned, text: str) -> Word:
    return next(word for word in page.words if word.text == text)


def test_words_of_stamps_are_not_in_the_truth() -> None:
    assert said(made(STAMPED)) == said(made(BARE))


def test_ink_lies_on_some_words_and_beside_others() -> None:
    signed, stamped = made(BARE), made(STAMPED)
    assert 0 < len(signed.inked) < len(stamped.inked) < len(stamped.words) / 3
    free = made(replace(BARE, over=(Over("SEGERA", "red"),)), rekapitulasi)
    assert free.inked
    assert all(np.ptp(ink(free, word.box)) < 60 for n, word in enumerate(free.words) if n not in free.inked)


def test_printed_colours_are_true_words() -> None:
    page = made(replace(BARE, print=("head", "secret", "link")))
    link = next(word for word in page.words if word.text.startswith("https://"))
    r, _, b = ink(page, named(page, "RAHASIA").box)
    assert r > b + 60
    for word in (named(page, "PEMERINTAH"), link):
        r, _, b = ink(page, word.box)
        assert b > r + 30
    assert np.ptp(ink(page, named(page, "Tempat").box)) < 25


def test_heads_of_tables_are_white_on_colour() -> None:
    page = made(replace(BARE, print=("table",), tone="G"), rekapitulasi, dpi=150)
    box = named(page, "Uraian").box
    r, g, _ = ink(page, box)
    assert g > r + 40
    width, height = page.image.size
    part = page.image.crop(
        (int(box.x * width), int(box.y * height), int((box.x + box.w) * width), int((box.y + box.h) * height))
    )
    assert np.asarray(part).max() > 220


def test_the_same_seed_makes_the_same_page() -> None:
    one, two, other = made(STAMPED), made(STAMPED), made(STAMPED, seed=5)
    assert (one.words, one.inked) == (two.words, two.inked)
    assert np.array_equal(np.asarray(one.image), np.asarray(two.image))
    assert not np.array_equal(np.asarray(one.image), np.asarray(other.image))


def test_a_page_without_a_signature_is_sealed_at_its_edge() -> None:
    def attached(_rng: random.Random) -> Letter:
        return Letter("lainnya", "lampiran", None, None, None, ((Row((Cell("Lampiran"),)),),))

    page = made(replace(BARE, over=(Over("seal", "violet", 0.0),)), attached)
    pixels = np.asarray(page.image).astype(int)
    coloured = (pixels[..., 2] - pixels[..., 1] > 40).nonzero()
    assert np.median(coloured[1]) > 0.8 * page.image.width


def stripes() -> Image.Image:
    """Blue print on white, one pixel wide every fourth."""
    page = np.full((320, 320, 3), 252, np.uint8)
    page[40:280, 40:280:4] = (30, 66, 142)
    return Image.fromarray(page)


def contrast(page: Image.Image, channel: int) -> float:
    """How far lightness (0) or blue (1) goes up and down along a row of the stripes."""
    plane = np.asarray(page.convert("YCbCr")).astype(int)[100:200, 100:200, channel]
    return float(plane.std(1).mean())


def test_colour_is_coarser_than_lightness() -> None:
    out = scan(stripes(), STILL, 200, np.random.default_rng(1))[0]
    light, blue = (contrast(out, channel) / contrast(stripes(), channel) for channel in (0, 1))
    assert light > 2 * blue


@pytest.mark.parametrize(
    "how",
    [
        replace(STILL, copies=1),
        replace(STILL, fringe=2.0),
        replace(STILL, grain=8.0),
        replace(STILL, quality=40),
    ],
)
def test_each_part_of_a_scan_does_something(how: Scan) -> None:
    def off(how: Scan) -> float:
        page = scan(stripes(), how, 200, np.random.default_rng(1))[0]
        return float(np.abs(np.asarray(page).astype(int) - np.asarray(stripes())).mean())

    assert off(how) > off(STILL) + 0.5


def test_red_and_blue_lie_off_green() -> None:
    page = np.full((200, 200, 3), 250, np.uint8)
    page[100:] = 20
    out = np.asarray(
        scan(Image.fromarray(page), replace(STILL, fringe=2.0), 200, np.random.default_rng(1))[0]
    )
    edges = [(out[:, 100, channel] > 130).sum() for channel in range(3)]
    assert sorted(edges) in ([*edges], [*reversed(edges)])
    assert edges[0] != edges[2]


def test_boxes_follow_a_page_that_lies_crooked() -> None:
    page = made(replace(BARE, scan=replace(STILL, degrees=3.0)))
    x, y = apply(page.moved, 0.5, 0.5)
    assert (x, y) == pytest.approx((0.5, 0.5))
    words = [word for word in page.words if not 0.2 < word.box.x < 0.7]
    there = [ink(page, bounds(page.moved, word.box)).mean() for word in words]
    still = [ink(page, word.box).mean() for word in words]
    assert max(there) < 160
    assert max(still) > 200

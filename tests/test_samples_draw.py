"""Pages as drawn: ink in every box, boxes that follow the damage, the same page for the same seed."""

import random
from pathlib import Path

import numpy as np
import pytest

from archive.errors import ArsipError
from archive.geometry import bounds
from archive.types import Box
from samples import draw as drawing
from samples.damage import DAMAGES, RECIPES, Grey, blank, damaged, photograph, scribbled, skew, turned
from samples.draw import Drawn, Look, draw
from samples.letters import KINDS, letter

SMALL = Look(dpi=100)


def drawn(kind: str, look: Look = SMALL, seed: int = 1) -> list[Drawn]:
    rng = random.Random(f"{kind} {seed}")
    return draw(letter(kind, rng), look, rng)


def darkest(pixels: Grey, box: Box) -> int:
    height, width = pixels.shape
    left, top = int(box.x * width), int(box.y * height)
    part = pixels[top : int((box.y + box.h) * height) + 1, left : int((box.x + box.w) * width) + 1]
    return int(part.min())


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_has_ink_in_its_box(kind: str) -> None:
    for page in drawn(kind):
        pixels = np.asarray(page.image)
        assert pixels.shape == (1169, 827)
        assert page.words
        assert all(darkest(pixels, word.box) < 150 for word in page.words)
        assert min(w.box.x for w in page.words) > 0
        assert max(w.box.x + w.box.w for w in page.words) < 1


def test_words_are_those_of_the_letter_and_lines_are_neighbours() -> None:
    rng = random.Random("keputusan 3")
    made = letter("keputusan", rng)
    words = [word for page in draw(made, Look(dpi=72), rng) for word in page.words]
    assert sorted(word.text for word in words) == sorted(made.text.split())


def test_the_same_seed_draws_the_same_page() -> None:
    one, two, other = drawn("surat_dinas"), drawn("surat_dinas"), drawn("surat_dinas", seed=2)
    assert one[0].words == two[0].words
    assert np.array_equal(np.asarray(one[0].image), np.asarray(two[0].image))
    assert not np.array_equal(np.asarray(one[0].image), np.asarray(other[0].image))


def test_in_colour_the_stamp_is_not_grey() -> None:
    pages = [drawn("edaran", Look(dpi=72, colour=True), seed)[0] for seed in range(4)]
    pixels = np.asarray(pages[0].image).astype(int)
    assert pixels.shape[2] == 3
    assert (
        max(int((p[..., 2] - p[..., 0]).max()) for p in (np.asarray(q.image).astype(int) for q in pages)) > 60
    )


def test_without_fonts_the_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    drawing._font.cache_clear()
    drawing.font_path.cache_clear()
    with pytest.raises(ArsipError) as caught:
        drawn("spt")
    assert caught.value.failure.cause == "fonts-missing"
    assert "fonts-liberation" in caught.value.failure.advice()


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_keeps_the_shape_and_grows_with_its_level(name: str) -> None:
    clean = np.asarray(drawn("nota_dinas")[0].image)

    def harm(level: float) -> float:
        out = damaged(clean, [(name, level)], np.random.default_rng(5)).pixels
        assert out.shape == clean.shape
        assert out.dtype == np.uint8
        return float(np.abs(out.astype(int) - clean).mean())

    assert harm(1.0) > 0.05
    assert harm(1.0) >= harm(0.3)


def test_damage_is_the_same_for_the_same_seed() -> None:
    clean = np.asarray(drawn("spk")[0].image)
    one, two, other = (damaged(clean, RECIPES["bad"], np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.pixels, two.pixels)
    assert one.moved == two.moved
    assert not np.array_equal(one.pixels, other.pixels)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_boxes_follow_a_skewed_page(seed: int) -> None:
    page = drawn("surat_dinas")[0]
    clean = np.asarray(page.image)
    out, moved = skew(clean, np.random.default_rng(seed), 0.9)
    inside = [w for w in page.words if len(w.text) > 2 and 0.1 < w.box.x < 0.8]
    still = [darkest(out, bounds(moved, w.box)) for w in inside]
    assert max(still) < 200
    assert any(darkest(out, w.box) > 200 for w in inside), "the page was not turned at all"


def test_a_clockwise_turn_brings_the_left_edge_to_the_top() -> None:
    page = np.zeros((4, 3), np.uint8)
    page[:, 0] = 9
    assert turned(page, 90)[0].tolist() == [9, 9, 9, 9]
    assert turned(page, 270)[-1].tolist() == [9, 9, 9, 9]
    assert turned(page, 180)[:, -1].tolist() == [9, 9, 9, 9]


def test_an_empty_sheet_has_no_ink_and_a_wordless_one_has() -> None:
    shape, rng = (600, 420), np.random.default_rng(1)
    assert blank(shape, rng).min() > 150
    assert scribbled(shape, rng).min() < 80
    assert photograph(shape, rng).min() < 80

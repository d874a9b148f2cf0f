"""Ink over print: words below seals are read, coloured print stays, and a page without ink stays as it is."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path
from typing import Literal

import numpy as np
import pikepdf
import pytest
from msgspec import structs
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from archive.geometry import on_shown
from archive.types import ReadOptions
from bench.inked import Counted, counted
from ingest import inks
from ingest.frame import Frame
from ingest.prepare import picture, prepare
from ocr import read
from samples.coloured import Desk, Over, Scanned, scanned
from samples.draw import Look
from samples.files import save_image, save_scanned_pdf
from samples.layout import Paper
from samples.letters.mail import undangan
from samples.scanner import Scan
from samples.truth import PageTruth
from tests.ingest_pages import OPTIONS, Grey, grained, paper, source, written

SEAL = (Over("seal", "violet"),)


def drawn(desk: Desk, seed: int = 7) -> Scanned:
    rng = random.Random(seed)
    return scanned(undangan(rng), Look(dpi=200), Paper(), desk, rng, np.random.default_rng(seed))


def saved(page: Scanned, path: Path) -> Path:
    save_image(path, [page.image], 200)
    return path


def luma(path: Path) -> Grey:
    with Image.open(path) as image:
        image.draft("L", image.size)
        return np.array(image.convert("L"))


def words_found(path: Path, page: Scanned) -> Counted:
    asked = source(path)
    image, prepared = prepare(asked, OPTIONS)
    text = read.read(asked, prepared, image, ReadOptions(engine="tesserocr"))
    places = on_shown(prepared, text.turn, [word.box for word in text.words])
    words = [structs.replace(word, box=box) for word, box in zip(text.words, places, strict=True)]
    return counted(PageTruth(1, 0, "clean", page.words, page.inked), words)


@pytest.mark.parametrize("ink", ["violet", "blue", "red"])
def test_words_below_ink_are_found(tmp_path: Path, ink: str) -> None:
    page = drawn(Desk((Over("seal", ink), Over("LUNAS", ink)), Scan()))
    found = words_found(saved(page, tmp_path / "a.jpg"), page)
    assert found.inked > 8
    assert found.inked_found > 0.7 * found.inked
    assert found.plain_found > 0.95 * found.plain


@pytest.mark.parametrize("tone", ["R", "G", "B"])
def test_coloured_print_stays(tmp_path: Path, tone: Literal["R", "G", "B"]) -> None:
    plain = Desk((), Scan(), ("head", "secret", "link"), tone, "black")
    path = saved(drawn(plain), tmp_path / "a.jpg")
    image, prepared = prepare(source(path), OPTIONS)
    assert "inks" not in prepared.steps
    assert (image.pixels == luma(path)).all()


def test_coloured_print_stays_beside_ink(tmp_path: Path) -> None:
    path = saved(drawn(Desk(SEAL, Scan(), ("head", "link"))), tmp_path / "a.jpg")
    image, prepared = prepare(source(path), OPTIONS)
    assert prepared.steps == ("inks",)
    same = image.pixels == luma(path)
    assert same[: len(same) // 2].all()
    assert not same.all()
    assert (image.pixels >= luma(path)).all()


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_grey_page_is_untouched(tmp_path: Path, mode: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    save_image(path, [Image.fromarray(grained(written(paper(level=235)), 4)).convert(mode)], 150)
    image, prepared = prepare(source(path), OPTIONS)
    assert prepared.steps == ()
    assert (image.pixels == luma(path)).all()


def test_print_in_brownish_black_stays(tmp_path: Path) -> None:
    page = np.repeat(written(paper(), lines=8, points=34, level=0)[..., None], 3, axis=2)
    brown = np.array([70, 45, 40]) + page / 255 * (255 - np.array([70, 45, 40]))
    Image.fromarray(brown.astype(np.uint8)).save(tmp_path / "a.png", dpi=(150, 150))
    assert prepare(source(tmp_path / "a.png"), OPTIONS)[1].steps == ()


def test_a_page_without_colours_is_only_glanced_at() -> None:
    asked = []
    page = written(paper())

    def seen(side: int) -> Grey:
        asked.append(side)
        return np.repeat(page[::4, ::4, None], 3, axis=2)

    frame = Frame(page, (150, 150))
    assert inks.cleared(frame, seen) is frame
    assert asked == [inks.LOOK_SIDE]


def test_scans_in_pdfs_as_well_whose_picture_stays_as_it_is(tmp_path: Path) -> None:
    page = drawn(Desk(SEAL, Scan()))
    path, over = tmp_path / "a.pdf", tmp_path / "b.pdf"
    save_scanned_pdf(path, [page.image], 200)
    with pikepdf.open(path) as pdf:
        pdf.pages[0].contents_add(b"0 0 0 rg 40 20 60 4 re f")
        pdf.save(over)
    for file, origin in ((path, "embedded"), (over, "rendered")):
        image, prepared = prepare(source(file), OPTIONS)
        assert (prepared.origin, prepared.steps) == (origin, ("inks",))
        shown = picture(source(file), 0, 1754, OPTIONS)
        seal = shown.max(axis=2).astype(int) - shown.min(axis=2) > 60
        seal[: len(seal) // 2] = False  # the coat of arms
        assert seal.sum() > 2000
        bare = Image.fromarray(image.pixels).resize(seal.shape[::-1], Image.Resampling.BOX)
        assert np.median(np.array(bare)[seal]) > 200 > np.median(shown[seal])


def scribbled(dpi: int) -> NDArray[np.uint8]:
    """Five inches of print, and one stroke of violet ink that goes over all of it."""
    side = 5 * dpi
    sheet = Image.fromarray(written(paper(side, side), dpi=dpi)).convert("RGB")
    ink = Image.new("L", sheet.size)
    points = [(side // 20 + k % 2 * side * 9 // 10, k * side // 6) for k in range(6)]
    ImageDraw.Draw(ink).line(points, 255, dpi // 40)
    share = np.array(ink)[..., None] / 255
    return (np.array(sheet) * (1 - share * (1 - np.array([70, 60, 190]) / 255))).astype(np.uint8)


def bare(colours: NDArray[np.uint8], dpi: float) -> Frame:
    grey = np.array(Image.fromarray(colours).convert("L"))

    def seen(side: int) -> NDArray[np.uint8]:
        return np.array(Image.fromarray(colours).reduce(max(1, len(colours) // side)))

    return inks.cleared(Frame(grey, (dpi, dpi)), seen, lambda: inks._part_of(colours))


def test_bands_of_a_page_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    colours = scribbled(200)
    monkeypatch.setattr(inks, "BAND_PIXELS", 10**9)
    whole = bare(colours, 200)
    monkeypatch.setattr(inks, "BAND_PIXELS", 40_000)
    bands = bare(colours, 200)
    assert whole.steps == bands.steps == ("inks",)
    # Sums of floats that begin in another row may differ in their last bit.
    assert abs(whole.pixels.astype(int) - bands.pixels).max() <= 1


def test_ink_all_over_a_large_page_takes_little_memory() -> None:
    colours = scribbled(600)
    tracemalloc.start()
    try:
        assert bare(colours, 600).steps == ("inks",)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * colours[..., 0].size

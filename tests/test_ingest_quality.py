"""The measures of a page, and above all what is blank and what only looks so."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ingest import quality
from tests.ingest_pages import Grey, grained, leaning, paper, shaded, written

DPI = 150


def measured(page: Grey, dpi: float = DPI) -> quality.Survey:
    return quality.survey(page, dpi, quality.is_bilevel(page))


def one_line(page: Grey, level: int, points: float = 10, dpi: int = DPI, text: str = "halaman 7") -> Grey:
    image = Image.fromarray(page)
    place = (page.shape[1] * 0.4, page.shape[0] * 0.6)
    ImageDraw.Draw(image).text(place, text, level, ImageFont.load_default(points * dpi / 72))
    return np.array(image)


def texture(page: Grey, depth: int) -> Grey:
    """The other side of the sheet: letters, mirrored, blurred and faint."""
    below = cv2.GaussianBlur(written(paper(), level=0)[:, ::-1], (0, 0), 2.5).astype(int)
    return np.asarray(np.clip(page - (255 - below) * depth // 255, 0, 255), dtype=np.uint8)


def bordered(page: Grey, thickness: int) -> Grey:
    out = page.copy()
    out[:thickness] = out[-thickness:] = 15
    out[:, :thickness] = out[:, -thickness:] = 15
    return out


def peppered(page: Grey, specks: int) -> Grey:
    out = page.copy()
    rng = np.random.default_rng(5)
    for y, x in zip(
        rng.integers(0, page.shape[0], specks), rng.integers(0, page.shape[1], specks), strict=True
    ):
        out[y : y + 2, x : x + 2] = 0
    return out


BLANK: dict[str, Callable[[], Grey]] = {
    "white": lambda: paper(),
    "grey": lambda: paper(level=170),
    "noise": lambda: grained(paper(level=225), 8),
    "strong noise": lambda: grained(paper(level=200), 25),
    "bleed-through": lambda: grained(texture(paper(level=235), 25), 3),
    "shadow": lambda: grained(shaded(paper(level=240), 0.5), 4),
    "border": lambda: grained(bordered(paper(level=240), 12), 4),
    "bilevel with dust": lambda: peppered(paper(), 400),
    "bilevel with border": lambda: bordered(paper(), 20),
    "small and fine": lambda: paper(300, 200),
    "sixteen by sixteen": lambda: paper(16, 16),
    "one pixel": lambda: paper(1, 1),
}


@pytest.mark.parametrize("name", BLANK)
def test_empty_paper_is_blank_whatever_the_scanner_adds(name: str) -> None:
    assert measured(BLANK[name]()).quality.blank


@pytest.mark.parametrize("level", [0, 120, 190, 215])
@pytest.mark.parametrize("points", [6, 8, 11])
def test_one_line_is_enough_not_to_be_blank(level: int, points: float) -> None:
    assert not measured(one_line(paper(level=250), level, points)).quality.blank


@pytest.mark.parametrize("dpi", [75, 100, 200, 300, 400])
def test_one_faint_line_at_every_resolution(dpi: int) -> None:
    page = grained(paper(int(8.27 * dpi), int(11.69 * dpi), 245), 3)
    assert measured(page, dpi).quality.blank
    assert not measured(one_line(page, 190, 10, dpi), dpi).quality.blank


def test_one_line_among_noise_shadow_and_border() -> None:
    page = one_line(paper(level=240), 120)
    for spoilt in (grained(page, 8), shaded(page, 0.6), bordered(page, 12), texture(page, 25)):
        assert not measured(spoilt).quality.blank


@pytest.mark.parametrize("top", [0.02, 0.97])
def test_a_line_close_to_the_edge_is_not_blank(top: float) -> None:
    page = written(paper(), lines=1, points=9, top=top)
    assert not measured(page).quality.blank
    assert not measured(np.ascontiguousarray(np.rot90(page))).quality.blank


def test_a_single_figure_is_not_blank() -> None:
    assert not measured(one_line(paper(), 0, text="7")).quality.blank


def test_white_on_black_is_not_blank() -> None:
    assert not measured(255 - written(paper())).quality.blank


@pytest.mark.parametrize("degrees", [-4.0, -1.3, -0.4, 0.0, 0.4, 2.0, 5.0])
@pytest.mark.parametrize("sideways", [False, True])
def test_the_lean_is_measured_upright_and_sideways(degrees: float, sideways: bool) -> None:
    page = leaning(written(paper()), degrees)
    if sideways:
        page = np.ascontiguousarray(np.rot90(page))
    assert measured(page).quality.skew_degrees == pytest.approx(degrees, abs=0.15)


def test_what_has_no_lines_has_no_lean() -> None:
    rng = np.random.default_rng(1)
    for page in (paper(), grained(paper(level=128), 30), rng.integers(0, 256, (800, 600), dtype=np.uint8)):
        assert measured(page).quality.skew_degrees == 0


def test_contrast_and_ink_follow_the_page() -> None:
    strong, weak = measured(written(paper(), level=10)).quality, measured(written(paper(), level=180)).quality
    assert strong.contrast > 0.8 > 0.35 > weak.contrast > 0.1
    assert 0.01 < strong.ink < 0.15
    assert measured(paper()).quality.ink == measured(paper()).quality.contrast == 0
    assert measured(written(paper(), lines=12)).quality.ink < strong.ink


def test_a_large_page_of_one_level_has_no_contrast() -> None:
    assert measured(np.zeros((4099, 4099), np.uint8)).quality.contrast == 0


def test_sharpness_falls_with_focus() -> None:
    page = written(paper())
    blurred = [cv2.GaussianBlur(page, (0, 0), sigma).astype(np.uint8) for sigma in (1, 2, 4)]
    values = [measured(each).quality.sharpness for each in (page, *blurred)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 10 * values[2]


def test_light_is_measured_on_the_paper_and_not_on_the_print() -> None:
    page = written(paper(level=240))
    assert measured(page).unevenness < 0.03
    assert measured(shaded(page, 0.5)).unevenness == pytest.approx(0.45, abs=0.1)
    evened = quality.evened(shaded(page, 0.5), measured(shaded(page, 0.5)).paper)
    paper_of_columns = np.percentile(evened[:, 50:-50], 80, axis=0)
    assert paper_of_columns.min() > 240


def test_specks_are_told_from_dots_of_print() -> None:
    page = written(paper(), points=9)
    assert measured(page).specks == 0
    assert measured(peppered(page, 20_000)).specks > 0.5
    dotted = page.copy()
    dotted[600:1200, 300:700][::6, ::6] = 0
    assert measured(dotted).specks < 0.5

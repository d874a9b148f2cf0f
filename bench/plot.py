"""A picture of what was measured: bars of pages a minute by group, and of errors and recall by folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PIL import Image, ImageDraw, ImageFont

from bench.recall import Row

_COLOURS = ((31, 119, 180), (255, 127, 14), (44, 160, 44), (127, 127, 127), (188, 189, 34), (214, 39, 40))
_WIDTH, _BAR, _NAMES, _ROOM = 1100, 13, 190, 700
Bars = Mapping[str, Mapping[str, float]]


class Speed(Protocol):
    """What is drawn of the figures of a side's speed."""

    @property
    def pages_a_minute(self) -> float: ...


def plot(speed: Mapping[str, Mapping[str, Speed]], rows: Mapping[str, Mapping[str, Row]]) -> Image.Image:
    """Three charts, one below the other; each bar has its figure behind it."""
    charts: list[tuple[str, Bars]] = [
        (
            "pages a minute",
            {name: {s: one.pages_a_minute for s, one in by.items()} for name, by in speed.items()},
        ),
        (
            "median CER, %",
            {name: {s: 100 * one.error_rate for s, one in by.items()} for name, by in rows.items()},
        ),
        (
            "words not found, %",
            {name: {s: 100 - 100 * one.recall for s, one in by.items()} for name, by in rows.items()},
        ),
    ]
    height = sum(60 + sum(len(by) * _BAR + 10 for by in bars.values()) for _title, bars in charts)
    image = Image.new("RGB", (_WIDTH, height + 20), "white")
    pen, top = ImageDraw.Draw(image), 10
    for title, bars in charts:
        top = _chart(pen, title, bars, top)
    return image


def _chart(pen: ImageDraw.ImageDraw, title: str, bars: Bars, top: int) -> int:
    """Draw one chart, longest bar over the whole room; returns where it ends."""
    font, small = ImageFont.load_default(18), ImageFont.load_default(11)
    pen.text((10, top), title, "black", font)
    sides = list(dict.fromkeys(side for by in bars.values() for side in by))
    most = max((value for by in bars.values() for value in by.values()), default=0.0) or 1.0
    left = 230.0
    for n, side in enumerate(sides):
        pen.rectangle((left, top + 6, left + 10, top + 16), _COLOURS[n % len(_COLOURS)])
        pen.text((left + 14, top + 4), side, "black", small)
        left += 30 + pen.textlength(side, small)
    top += 36
    for name, by in bars.items():
        pen.text((10, top), name, "black", small)
        for side, value in by.items():
            end = _NAMES + _ROOM * value / most
            pen.rectangle(
                (_NAMES, top + 1, max(end, _NAMES + 1), top + _BAR - 2),
                _COLOURS[sides.index(side) % len(_COLOURS)],
            )
            pen.text((max(end, _NAMES) + 5, top - 1), f"{value:.2f}", "black", small)
            top += _BAR
        top += 10
    return top + 14

"""What goes wrong between the paper and the file: the scanner and whoever feeds it, each with a level.

As in ``samples.damage``, everything takes grey pixels, a random generator and a level, and returns new
pixels; but here a page may be turned, or come out longer.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from samples.damage import DAMAGES, Damage, Grey, skew, turned

_LID = 245
"""What the scanner shows where there is no paper: its white lid."""


def mishap(pixels: Grey, name: str, rng: np.random.Generator, level: float) -> Grey:
    """What this mishap, or this damage, makes of a page."""
    if name == "skew":
        return skew(pixels, rng, level)[0]
    return (MISHAPS.get(name) or DAMAGES[name])(pixels, rng, level)


def dark(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Exposed too short: from half the light down to a fifth of it."""
    return (pixels * (0.5 - 0.3 * level)).astype(np.uint8)


def dust(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Up to 150 grains and short hairs on the glass, none as large as a letter of 6 points."""
    image, (height, width) = Image.fromarray(pixels), pixels.shape
    pen, grain = ImageDraw.Draw(image), height / 297 * 0.35
    for _ in range(round(150 * level)):
        x, y, size = rng.random() * width, rng.random() * height, float(rng.random()) * grain
        pen.ellipse((x, y, x + size, y + size), fill=int(40 + 100 * rng.random()))
    return np.asarray(image)


def shine(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Print on the other side shows, soft and faint: lines of the length of words, at up to 9 % of its
    ink."""
    image = Image.new("L", pixels.shape[::-1], 255)
    pen, (height, width) = ImageDraw.Draw(image), pixels.shape
    for row in range(height // 8, height * 7 // 8, height // 60):
        x = width * 0.1
        while x < width * 0.85:
            long = width * (0.02 + 0.08 * float(rng.random()))
            pen.rectangle((x, row, x + long, row + height // 150), fill=60)
            x += long + width * 0.012
    other = np.asarray(image.filter(ImageFilter.GaussianBlur(height / 297 * 0.6))).astype(np.float32)
    return np.clip(pixels - 0.09 * level * (255 - other), 0, 255).astype(np.uint8)


def fold(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """The shadow of a fold across the sheet."""
    height, width = pixels.shape
    rows = np.arange(height, dtype=np.float32)[:, None]
    middle = height * (0.3 + 0.4 * float(rng.random())) + np.linspace(0, height * 0.01, width)[None, :]
    shadow = 1 - 0.35 * level * np.exp(-(((rows - middle) / (height * 0.004)) ** 2))
    return np.asarray(np.clip(pixels * shadow, 0, 255), dtype=np.uint8)


def shift(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Laid on the glass a little elsewhere: up to 4 mm, which costs no letter of a page with margins."""
    by = [round(float(rng.uniform(-1, 1)) * level * 4 / 297 * pixels.shape[0]) for _ in "yx"]
    return _moved(pixels, by[0], by[1])


def _moved(pixels: Grey, down: int, right: int) -> Grey:
    out = np.full_like(pixels, _LID)
    height, width = pixels.shape
    y, x = max(0, down), max(0, right)
    part = pixels[max(0, -down) : height - y, max(0, -right) : width - x]
    out[y : y + part.shape[0], x : x + part.shape[1]] = part
    return out


def _cut(edge: int) -> Damage:
    def cut(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
        """Text runs off this edge: at level 0 by a letter or two, at 1 by a sixth of what is printed.

        A little more, where that would fall between two lines or columns: at least six strokes are cut
        through.
        """
        view = np.rot90(pixels, edge)
        rim = view.shape[1] // 20
        ink = view[:, rim:-rim] < 128
        printed = np.flatnonzero(ink[rim:-rim].sum(1) > 1) + rim
        first, height = int(printed[0]), int(printed[-1] - printed[0])
        strokes = (ink[:, 1:] & ~ink[:, :-1]).sum(1)
        lost = first + round((0.02 + 0.15 * level) * height)
        there = np.flatnonzero(strokes[lost : first + height // 2] >= (6 if edge % 2 else 14))
        most = int(strokes[first : first + height // 2].argmax())
        lost = lost + int(there[0]) if there.size else first + most
        return np.ascontiguousarray(np.rot90(_moved(np.ascontiguousarray(view), -lost, 0), -edge))

    return cut


def _turn(turn: int) -> Damage:
    def turning(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
        """Fed sideways or upside down."""
        return turned(pixels, turn)  # type: ignore[arg-type]

    return turning


def double(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Two sheets drawn in together: the lower one shows below the end of the upper, by 40 to 80 % of it."""
    height = pixels.shape[0]
    seen = round(height * (0.4 + 0.4 * level))
    return np.concatenate((pixels, _moved(pixels, -(height - seen), 0)[:seen]))


def close(pixels: Grey, rng: np.random.Generator, level: float) -> Grey:
    """Cropped as tight as can be without losing anything: a millimetre and a half around the print."""
    rows, columns = (np.flatnonzero((pixels < 128).any(axis)) for axis in (1, 0))
    room = round(1.5 / 297 * pixels.shape[0])
    return np.ascontiguousarray(
        pixels[
            max(0, rows[0] - room) : rows[-1] + room,
            max(0, columns[0] - room) : columns[-1] + room,
        ]
    )


MISHAPS: dict[str, Damage] = {
    "dark": dark,
    "dust": dust,
    "shine": shine,
    "fold": fold,
    "shift": shift,
    **{f"cut {name}": _cut(edge) for edge, name in enumerate(("top", "right", "bottom", "left"))},
    **{f"turn {turn}": _turn(turn) for turn in (90, 180, 270)},
    "double": double,
    "close": close,
}

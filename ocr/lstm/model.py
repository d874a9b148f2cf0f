"""A language ready to read: network, alphabet and dictionaries of one file, tried on a line it must read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.lstm.alphabet import Alphabet, alphabet_of
from ocr.lstm.dawg import Lexicon
from ocr.lstm.graph import Graph
from ocr.lstm.line import Read, read_line
from ocr.lstm.lineimage import normalised, scaled
from ocr.lstm.network import network_of
from ocr.lstm.traineddata import Unknown, parts, trained

if TYPE_CHECKING:
    from numpy.typing import NDArray

INVERT = 0.7
"""A line less sure than this may be white on black (``invert_threshold``)."""

TEST = "12 345 678"
"""What every model has to read right before it is believed; digits are in all alphabets."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One language."""

    alphabet: Alphabet
    lexicon: Lexicon
    graph: Graph

    @property
    def height(self) -> int:
        """How many pixels high its lines are."""
        return self.graph.height

    def read(self, lines: Sequence[NDArray[np.float32]]) -> list[list[Read]]:
        """The words of each line, from normalised images. Raises Unknown where numbers are none."""
        found = self._steps(lines)
        weak = [k for k, steps in enumerate(found) if self._peaks(steps) < INVERT]
        for k, steps in zip(weak, self._steps([-lines[k] for k in weak]), strict=True):
            if self._peaks(steps) > self._peaks(found[k]):
                found[k] = steps
        return [read_line(steps, self.alphabet, self.lexicon) for steps in found]

    def _steps(self, lines: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        found = self.graph(lines)
        if not all(np.isfinite(steps).all() for steps in found):
            raise Unknown("not a number")
        return found

    def _peaks(self, steps: NDArray[np.float32]) -> float:
        """The mean of the likeliest output over the steps where it is a character (OutputStats)."""
        peaks = steps.max(1)[steps.argmax(1) != self.alphabet.null]
        return float(peaks.mean()) if len(peaks) else 0.0


def model_of(data: bytes) -> Model:
    """The model of a ``.traineddata`` file. Raises Unknown for one that Tesseract itself has to read."""
    found = parts(data)
    learnt = trained(found)
    network = network_of(learnt)
    alphabet = alphabet_of(found, learnt, len(network.output.weights))
    model = Model(alphabet, Lexicon(found, alphabet), Graph(network))
    (words,) = model.read([normalised(scaled(_drawn(TEST), model.height))])
    if "".join(word.text for word in words) != TEST.replace(" ", ""):
        raise Unknown("it does not read the line that it is tested with")
    return model


def _drawn(text: str) -> NDArray[np.uint8]:
    """A line of text in Pillow's own font."""
    font = ImageFont.load_default(size=36)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text))
    picture = Image.new("L", (right - left + 16, bottom - top + 16), 255)
    ImageDraw.Draw(picture).text((8 - left, 8 - top), text, font=font, fill=0)
    return np.asarray(picture)

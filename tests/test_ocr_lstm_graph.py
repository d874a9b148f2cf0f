"""The network as ONNX runs it, as Tesseract's arithmetic has it, and as Tesseract itself reads with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr import tessdata
from ocr.lstm.alphabet import alphabet_of
from ocr.lstm.graph import BATCH, Graph
from ocr.lstm.line import read_line
from ocr.lstm.lineimage import normalised, scaled
from ocr.lstm.model import Model, model_of
from ocr.lstm.network import Network, network_of
from ocr.lstm.traineddata import LSTM, parts, trained
from tests.lstm_emulation import emulate, file_of, in_floats
from tests.lstm_lines import drawn_lines, without_dictionaries


def network(language: str) -> Network:
    return network_of(trained(parts(tessdata.path(language).read_bytes())))


def text(model: Model, steps: NDArray[np.float32]) -> str:
    return " ".join(word.text for word in read_line(steps, model.alphabet, model.lexicon))


@pytest.mark.parametrize("language", ["ind", "eng"])
def test_lines_are_read_as_tesseract_reads_them(language: str, tmp_path: Path) -> None:
    model, known = model_of(without_dictionaries(language)), network(language)
    lines = drawn_lines(language, tmp_path, pages=5)
    images = [normalised(scaled(line.pixels, model.height)) for line in lines]
    exact = emulate(known, images)
    floats = model.graph(images)
    assert len(lines) > 120
    theirs = [line.text for line in lines]
    assert share(theirs, [text(model, steps) for steps in exact]) >= 0.98
    assert share(theirs, [text(model, steps) for steps in floats]) >= 0.95
    assert np.mean([np.abs(a - b).mean() for a, b in zip(exact, floats, strict=True)]) < 1e-3


def share(one: list[str], other: list[str]) -> float:
    """How many of two lists of lines are equal."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def noise(widths: list[int], height: int) -> list[NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    return [rng.uniform(-1, 1, (height, width)).astype(np.float32) for width in widths]


def test_what_a_line_is_does_not_depend_on_its_neighbours() -> None:
    graph = Graph(network("ind"))
    images = noise(
        [3, 12, 100, 101, 102, 700, 1023, 1024, 3000, 101, 55, *range(30, 30 + BATCH)], graph.height
    )
    together = graph(images)
    assert [len(steps) for steps in together] == [image.shape[1] // 3 for image in images]
    for image, steps in zip(images, together, strict=True):
        (alone,) = graph([image])
        np.testing.assert_allclose(alone, steps, atol=1e-5)
        np.testing.assert_allclose(steps.sum(1), 1, atol=1e-5)


def test_weights_may_be_floating_point_numbers() -> None:
    found = parts(tessdata.path("ind").read_bytes())
    learnt = trained(found)
    floats = {**found, LSTM: in_floats(learnt.network, found[LSTM])}
    assert len(floats[LSTM]) > 5 * len(found[LSTM])
    graph, other = Graph(network_of(learnt)), model_of(file_of(floats)).graph
    images = noise([90, 300], graph.height)
    for one, steps in zip(graph(images), other(images), strict=True):
        np.testing.assert_allclose(one, steps, atol=1e-5)


def test_no_lines_are_no_results() -> None:
    assert Graph(network("ind"))([]) == []


def test_the_graph_has_an_output_for_every_character() -> None:
    found = parts(tessdata.path("eng").read_bytes())
    learnt = trained(found)
    known = network_of(learnt)
    alphabet = alphabet_of(found, learnt, len(known.output.weights))
    assert len(alphabet.texts) == len(known.output.weights) == 111
    assert (alphabet.texts[alphabet.space], alphabet.texts[alphabet.null]) == (" ", "")
    assert {alphabet.texts[code] for code in alphabet.digits} == set("0123456789")

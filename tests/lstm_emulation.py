"""Tesseract's own arithmetic in NumPy, noise and eight bits included: what its networks are compared by.

Sources: Tesseract 5.5, ``convolve.cpp``, ``networkio.cpp``, ``lstm.cpp``, ``functions.h``,
``weightmatrix.cpp``, ``helpers.h`` (the random numbers). Slow and
literal: it is here to be compared with, not to read pages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.lstm.network import POOL, Lstm, Network
from ocr.lstm.traineddata import Layer, Matrix

Floats = NDArray[np.float64]

_TABLE = np.arange(4096.0) / 256
_TANH, _LOGISTIC = (
    (table, np.diff(table, append=1.0)) for table in (np.tanh(_TABLE), 1 / (1 + np.exp(-_TABLE)))
)
"""The functions as Tesseract has them, each with its rise to the next entry."""
_TOGETHER = 24
"""Lines that go through an LSTM at once."""


def emulate(network: Network, lines: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Probabilities (steps, outputs) of each normalised line, as a network of eight bits makes them."""
    found: list[NDArray[np.float32]] = []
    order = sorted(range(len(lines)), key=lambda number: lines[number].shape[1])
    for start in range(0, len(lines), _TOGETHER):
        found += _of_one_length(network, [lines[number] for number in order[start : start + _TOGETHER]])
    return [steps for _, steps in sorted(zip(order, found, strict=True), key=lambda pair: pair[0])]


def _of_one_length(network: Network, lines: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """As ``emulate``, for lines that are about equally long: the shorter ones are filled up."""
    here = [_columns(network, line) for line in lines]
    for lstm in network.line:
        order = slice(None, None, -1) if lstm.reverse else slice(None)
        together = np.zeros((max(map(len, here)), len(here), here[0].shape[1]))
        for place, line in enumerate(here):
            together[: len(line), place] = line[order]
        outputs = _lstm(lstm, together)
        here = [outputs[: len(line), place][order] for place, line in enumerate(here)]
    return [_softmax(_dot(network.output, line)) for line in here]


def _columns(network: Network, line: NDArray[np.float32]) -> Floats:
    """The features (steps, features) of a line: convolution, pool, and the last output down each column."""
    pixels = np.rint(line.astype(np.float64) * 127)
    features = _eight_bits(_tanh(_dot(network.convolution, _taps(pixels, network.samples))))
    height, width = (side // POOL for side in pixels.shape)
    cells = features[: height * POOL, : width * POOL].reshape(height, POOL, width, POOL, -1)
    return np.asarray(_lstm(network.column, cells.max((1, 3)))[-1])


def _softmax(sums: Floats) -> NDArray[np.float32]:
    powers = np.exp(sums - sums.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True), np.float32)


def _taps(pixels: Floats, samples: int) -> Floats:
    """The nine pixels around each, column by column; noise stands in for those outside."""
    height, width = pixels.shape
    noise = _noise(samples)
    next(noise)
    taps = np.empty((height, width, 3, 3))
    around = np.pad(pixels, 1, constant_values=np.nan)
    for dx in range(3):
        for dy in range(3):
            taps[:, :, dx, dy] = around[dy : dy + height, dx : dx + width]
    flat = taps.reshape(-1)
    for place in np.flatnonzero(np.isnan(flat)):
        flat[place] = next(noise)
    return taps.reshape(height, width, 9)


def _noise(samples: int) -> Iterator[float]:
    """Numbers from -127 to 127 of a linear congruential generator."""
    seed = samples * 0x10000001 % 2**64
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        yield _rounded(254 * (seed >> 33) / 2147483647 - 127)


def _lstm(lstm: Lstm, sequence: Floats) -> Floats:
    """Outputs (time, lines, size) for inputs (time, lines, features)."""
    time, lines, _features = sequence.shape
    state, output = np.zeros((lines, lstm.size)), np.zeros((lines, lstm.size))
    outputs = np.empty((time, lines, lstm.size))
    dots = [_dotter(matrix) for matrix in (lstm.cell, lstm.entry, lstm.forget, lstm.output)]
    for step in range(time):
        entry = np.concatenate([sequence[step], output], axis=1)
        cell, *gates = (dot(entry) for dot in dots)
        enter, keep, leave = _logistic(np.stack(gates))
        state = np.clip(state * keep + _tanh(cell) * enter, -100, 100)
        output = _eight_bits(_tanh(state) * leave)
        outputs[step] = output
    return outputs


def _dotter(matrix: Matrix) -> Callable[[Floats], Floats]:
    """Weights times inputs of -127 to 127; sums of so many whole numbers are exact in 24 bits."""
    assert matrix.scale is not None
    weights, bias = matrix.weights[:, :-1].T.astype(np.float32), 127.0 * matrix.weights[:, -1]
    scale = matrix.scale / 127
    return lambda entry: np.asarray((entry.astype(np.float32) @ weights + bias) * scale)


def _dot(matrix: Matrix, entry: Floats) -> Floats:
    return _dotter(matrix)(entry)


def _tanh(values: Floats) -> Floats:
    return np.sign(values) * _looked_up(_TANH, np.abs(values))


def _logistic(values: Floats) -> Floats:
    high = _looked_up(_LOGISTIC, np.abs(values))
    return np.where(values < 0, 1 - high, high)


def _looked_up(table: tuple[Floats, Floats], values: Floats) -> Floats:
    """Between two entries of a table; the last beyond it, which is as good as 1."""
    entries, rises = table
    places = np.minimum(values * 256, len(entries) - 1)
    first = places.astype(np.int64)
    return np.asarray(entries[first] + (places - first) * rises[first])


def _eight_bits(values: Floats) -> Floats:
    return np.clip(np.trunc(values * 127 + np.copysign(0.5, values)), -127, 127)


def _rounded(value: float) -> float:
    return float(math.trunc(value + math.copysign(0.5, value)))


def in_floats(network: Layer, part: bytes) -> bytes:
    """Part 17 with its weights as floating-point numbers, as *tessdata_best* has them (WeightMatrix)."""
    for layer in network.layers:
        part = in_floats(layer, part)
    for matrix in network.matrices:
        assert matrix.scale is not None
        shape = np.array(matrix.weights.shape, "<u4").tobytes()
        eight = b"\x85" + shape + b"\x00" + matrix.weights.tobytes()
        before, found, behind = part.partition(eight)
        assert found
        scales = 4 + 8 * int(np.frombuffer(behind[:4], "<u4")[0])
        real = matrix.weights * matrix.scale[:, None]
        part = before + b"\x84" + shape + bytes(8) + real.astype("<f8").tobytes() + behind[scales:]
    return part


def file_of(parts: Mapping[int, bytes]) -> bytes:
    """A ``.traineddata`` file with these parts."""
    count = 24
    offsets, body = [], b""
    for number in range(count):
        here = number in parts
        offsets.append(4 + 8 * count + len(body) if here else -1)
        body += parts.get(number, b"")
    return np.uint32(count).tobytes() + np.array(offsets, "<i8").tobytes() + body

"""A network as two ONNX graphs, and lines run through them: columns first, then along the lines.

The columns of a line do not depend on each other, so those of many lines lie side by side in one strip;
along the lines, lines of about one length go together. Memory is bound by the width of a strip and by the
number of lines in a batch, which changes no result: what is around a line is always empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from ocr.lstm import onnxfile
from ocr.lstm.network import POOL, Lstm, Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRIP = 1024
"""Columns that are worked on at once, unless a single line is longer."""
BATCH, SPREAD = 8, 0.85
"""Lines that go along together, and how short the shortest of them may be to the longest."""

FATAL = 4
"""The level of what ONNX Runtime may write to the terminal."""


class Graph:
    """A network, ready to run in this process, on one thread."""

    def __init__(self, network: Network) -> None:
        self.height = network.height
        self._outputs = len(network.output.weights)
        self._columns = _session(columns(network))
        self._along = _session(along(network))

    def __call__(self, lines: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """What stands at each step of each line.

        Takes images of shape (height, width) with values of -1 (ink) to 1 (paper), at least 3 wide; gives
        probabilities of shape (width // 3, outputs).
        """
        features: list[NDArray[np.float32]] = []
        for strip in _strips(lines):
            features += self._features(strip)
        found: list[NDArray[np.float32]] = [np.zeros((0, self._outputs), np.float32)] * len(lines)
        for batch in _batches([len(each) for each in features]):
            longest = len(features[batch[0]])
            steps = np.zeros((longest, len(batch), features[batch[0]].shape[1]), np.float32)
            for place, line in enumerate(batch):
                steps[: len(features[line]), place] = features[line]
            lengths = np.array([len(features[line]) for line in batch], np.int32)
            (result,) = self._along.run(None, {"steps": steps, "lengths": lengths})
            for place, line in enumerate(batch):
                found[line] = np.ascontiguousarray(result[: len(features[line]), place])
        return found

    def _features(self, lines: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """The last outputs of the LSTM down the columns, for lines that fit in a strip."""
        starts = np.cumsum([0, *(_cell(line) for line in lines)])
        strip = np.zeros((1, 1, self.height + 2, starts[-1] + 2), np.float32)
        for start, line in zip(starts, lines, strict=False):
            strip[0, 0, 1:-1, start + 1 : start + 1 + line.shape[1]] = line
        (result,) = self._columns.run(None, {"strip": strip})
        return [
            result[0, start // POOL : start // POOL + line.shape[1] // POOL]
            for start, line in zip(starts, lines, strict=False)
        ]


def _cell(line: NDArray[np.float32]) -> int:
    """How many columns a line takes in a strip, with an empty one behind it."""
    return int(line.shape[1] + POOL) // POOL * POOL


def _strips(lines: Sequence[NDArray[np.float32]]) -> Iterator[list[NDArray[np.float32]]]:
    """The lines in their order, as many together as fit in a strip."""
    strip: list[NDArray[np.float32]] = []
    width = 0
    for line in lines:
        if strip and width + _cell(line) > STRIP:
            yield strip
            strip, width = [], 0
        strip.append(line)
        width += _cell(line)
    if strip:
        yield strip


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of lines of about one length, the longest of each batch first."""
    batch: list[int] = []
    for line in sorted(range(len(lengths)), key=lambda line: -lengths[line]):
        if batch and (len(batch) == BATCH or lengths[line] < SPREAD * lengths[batch[0]]):
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch


def _session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = FATAL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def columns(network: Network) -> bytes:
    """Input "strip" (1, 1, height + 2, width + 2) → one row of features for every third column.

    Tanh comes behind the pool instead of before it: it keeps the order, so the largest stays the largest.
    """
    real = network.convolution.real
    weights: dict[str, NDArray[np.generic]] = {
        # Tesseract has the taps of a convolution column by column (convolve.cpp).
        "kernel": real[:, :-1].reshape(-1, 1, 3, 3).transpose(0, 1, 3, 2),
        "bias": real[:, -1],
    }
    nodes = [
        onnxfile.node("Conv", ["strip", "kernel", "bias"], ["convolved"]),
        onnxfile.node("MaxPool", ["convolved"], ["pooled"], kernel_shape=(POOL, POOL), strides=(POOL, POOL)),
        onnxfile.node("Tanh", ["pooled"], ["squashed"]),
        onnxfile.node("Transpose", ["squashed"], ["down"], perm=(2, 3, 0, 1)),
        onnxfile.node("Squeeze", ["down", "third"], ["sequences"]),
        _lstm(network.column, "column", weights, ["sequences", ""], ["", "last"]),
    ]
    weights["third"] = np.array([2], np.int64)
    shape = (1, 1, network.height + 2, "width")
    return onnxfile.model(nodes, weights, {"strip": (np.float32, shape)}, "last")


def along(network: Network) -> bytes:
    """Inputs "steps" (time, lines, features) and "lengths" (lines) → probabilities (time, lines, outputs)."""
    weights: dict[str, NDArray[np.generic]] = {"second": np.array([1], np.int64)}
    nodes = []
    here = "steps"
    for number, lstm in enumerate(network.line):
        name = f"line{number}"
        nodes.append(_lstm(lstm, name, weights, [here, "lengths"], [name]))
        here = f"{name}-out"
        nodes.append(onnxfile.node("Squeeze", [name, "second"], [here]))
    real = network.output.real
    weights |= {"output": real[:, :-1].T, "output-bias": real[:, -1]}
    nodes += [
        onnxfile.node("MatMul", [here, "output"], ["product"]),
        onnxfile.node("Add", ["product", "output-bias"], ["sum"]),
        onnxfile.node("Softmax", ["sum"], ["probabilities"], axis=2),
    ]
    inputs: dict[str, tuple[type[np.generic], tuple[str | int, ...]]] = {
        "steps": (np.float32, ("time", "lines", network.column.size)),
        "lengths": (np.int32, ("lines",)),
    }
    return onnxfile.model(nodes, weights, inputs, "probabilities")


def _lstm(
    lstm: Lstm, name: str, weights: dict[str, NDArray[np.generic]], inputs: list[str], outputs: list[str]
) -> bytes:
    """An LSTM in ONNX: the gates in the order i, o, f, c.

    Tesseract keeps the cell between -100 and 100 (lstm.cpp), which ONNX cannot: it stays far inside that.
    """
    gates = [matrix.real for matrix in (lstm.entry, lstm.output, lstm.forget, lstm.cell)]
    real = np.concatenate(gates)
    weights[f"{name}-w"] = real[None, :, : -1 - lstm.size]
    weights[f"{name}-r"] = real[None, :, -1 - lstm.size : -1]
    weights[f"{name}-b"] = np.concatenate([real[:, -1], np.zeros(4 * lstm.size, np.float32)])[None]
    entry, lengths = inputs
    return onnxfile.node(
        "LSTM",
        [entry, f"{name}-w", f"{name}-r", f"{name}-b", lengths],
        outputs,
        hidden_size=lstm.size,
        direction="reverse" if lstm.reverse else "forward",
    )

"""A ``.traineddata`` file taken apart: its parts, and in one of them a network's layers with their weights.

Sources: Tesseract 5.5, ``tessdatamanager.cpp`` (parts), ``lstmrecognizer.cpp`` (order), ``network.cpp``,
``plumbing.cpp``, ``lstm.cpp``, ``fullyconnected.cpp`` (layers), ``weightmatrix.cpp`` (weights). All numbers
are little endian, as in every model that is given away.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LSTM, PUNCTUATION, WORDS, NUMBERS, UNICHARSET, RECODER = 17, 18, 19, 20, 21, 22
"""The parts read here; those below 17 belong to the recogniser before the networks, 23 is a version."""

USES_INT8, USES_RECODER = 1, 64
"""Flags of the training: weights of eight bits, and codes that stand for parts of characters."""

_MOST_PARTS, _MOST_LAYERS = 1000, 100
_TRAINED = 1
_INT8, _ADAM, _CURRENT = 1, 4, 128
_HAS_RATES = 64
_MANY = {
    "Series",
    "Parallel",
    "Replicated",
    "ParBidiLSTM",
    "DepParUDLSTM",
    "Par2dLSTM",
    "RTLReversed",
    "TTBReversed",
    "XYTranspose",
}
_NUMBERS = {"Input": 5, "Convolve": 2, "Maxpool": 2, "Reconfig": 2}
_FULL = {"Tanh", "Logistic", "Relu", "Linear", "LinTanh", "LinLogistic", "Softmax", "SoftmaxNoCTC"}


class Unknown(Exception):
    """A model that is not read here, with the reason in a few words: Tesseract itself has to."""


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Weights of shape (outputs, inputs + 1), the last column the bias; a ``scale`` by output for int8."""

    weights: NDArray[np.int8] | NDArray[np.float64]
    scale: NDArray[np.float64] | None

    @property
    def real(self) -> NDArray[np.float32]:
        """The weights as numbers to multiply inputs of -1 to 1 with."""
        real = self.weights if self.scale is None else self.weights * self.scale[:, None]
        with np.errstate(over="ignore"):  # what becomes infinite fails the line that a model is tried on
            return real.astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer as the file has it: what goes in and out, and, by kind, its numbers, layers or matrices."""

    kind: str
    inputs: int
    outputs: int
    numbers: tuple[int, ...] = ()
    layers: tuple[Layer, ...] = ()
    matrices: tuple[Matrix, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """Part 17: the network, how it was trained, and which of its outputs means *nothing here*."""

    network: Layer
    flags: int
    samples: int
    null: int


class Bytes:
    """Reads numbers one after the other. Raises Unknown where the data ends too early."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        """How many bytes are still to come."""
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        """The next bytes."""
        if not 0 <= size <= self.left:
            raise Unknown("the file is cut short")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, kind: str) -> int:
        """The next integer, by its letter in ``struct``."""
        (value,) = struct.unpack("<" + kind, self.take(struct.calcsize("<" + kind)))
        return int(value)

    def numbers(self, kind: str, count: int) -> tuple[int, ...]:
        """The next integers."""
        return tuple(self.number(kind) for _ in range(count))

    def text(self) -> str:
        """The next string: its length, then its bytes."""
        return self.take(self.number("I")).decode("utf-8", "replace")

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        """The next numbers as an array of a NumPy type."""
        dtype = np.dtype(kind)
        return np.frombuffer(self.take(count * dtype.itemsize), dtype)


def parts(data: bytes) -> dict[int, bytes]:
    """The parts of a file by number. Raises Unknown for what is no such file."""
    head = Bytes(data)
    count = head.number("I")
    if not LSTM < count <= _MOST_PARTS:
        raise Unknown("not a file of this byte order")
    offsets = head.numbers("q", count)
    here = {part: offset for part, offset in enumerate(offsets) if offset >= 0}
    ends = sorted({*here.values(), len(data)})
    if here and not 4 + 8 * count <= min(here.values()) <= max(here.values()) <= len(data):
        raise Unknown("the file is cut short")
    return {part: data[start : _next(ends, start)] for part, start in here.items()}


def _next(ends: list[int], start: int) -> int:
    return next((end for end in ends if end > start), start)


def trained(found: Mapping[int, bytes]) -> Trained:
    """The network of part 17. Raises Unknown where it, or what belongs to it, is missing or strange."""
    if not {LSTM, UNICHARSET, RECODER} <= found.keys():
        raise Unknown("no network with an alphabet of its own")
    data = Bytes(found[LSTM])
    network = _layer(data, depth=0)
    data.text()  # the specification the network was made from
    flags, _iteration, samples, null = data.numbers("i", 4)
    data.take(3 * 4)  # Adam's beta, learning rate, momentum
    if data.left:
        raise Unknown("bytes left over")
    return Trained(network, flags, samples, null)


def _layer(data: Bytes, depth: int) -> Layer:
    """One layer with all that is inside it (Network::CreateFromFile)."""
    if depth > 8 or data.number("b") != 0:
        raise Unknown("a layer of another format")
    kind = data.text()
    training, _needs_backprop = data.numbers("b", 2)
    flags, inputs, outputs, _weights = data.numbers("i", 4)
    data.text()  # the layer's name
    if kind in _MANY:
        count = data.number("I")
        if count > _MOST_LAYERS:
            raise Unknown("too many layers")
        layers = tuple(_layer(data, depth + 1) for _ in range(count))
        if flags & _HAS_RATES:
            data.take(4 * data.number("I"))
        return Layer(kind, inputs, outputs, layers=layers)
    if training == _TRAINED:
        raise Unknown("a model in training")
    if kind in _NUMBERS:
        return Layer(kind, inputs, outputs, numbers=data.numbers("i", _NUMBERS[kind]))
    if kind in ("LSTM", "SummLSTM"):
        if data.number("i") != inputs + outputs:
            raise Unknown("an LSTM of two dimensions")
        return Layer(kind, inputs, outputs, matrices=tuple(_matrix(data) for _ in range(4)))
    if kind in _FULL:
        return Layer(kind, inputs, outputs, matrices=(_matrix(data),))
    raise Unknown("an unknown layer")


def _matrix(data: Bytes) -> Matrix:
    """One matrix of weights (WeightMatrix::DeSerialize)."""
    mode = data.number("B")
    if not mode & _CURRENT:
        raise Unknown("weights of an old format")
    if not mode & _INT8:
        return Matrix(_array(data, "<f8").astype(np.float64), None)
    weights = _array(data, "i1").astype(np.int8)
    scale = data.array("<f8", data.number("I")).astype(np.float64)
    if len(scale) < len(weights):
        raise Unknown("weights without a scale")
    return Matrix(weights, scale[: len(weights)])


def _array(data: Bytes, kind: str) -> NDArray[np.generic]:
    rows, columns = data.numbers("I", 2)
    data.take(np.dtype(kind).itemsize)  # what stands for an empty cell
    return data.array(kind, rows * columns).reshape(rows, columns)

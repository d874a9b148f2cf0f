"""The one shape of network that is run here, and whether a model has it.

In Tesseract's own notation (VGSL): ``[1,H,0,1 Ct3,3,n Mp3,3 Lfysn (Lfxn|Lrxn)+ O1cn]``, any sizes.
"""

from __future__ import annotations

from dataclasses import dataclass

from ocr.lstm.traineddata import Layer, Matrix, Trained, Unknown

POOL = 3
"""The side of the squares of which only the largest value is kept: one step of the output is 3 columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Lstm:
    """An LSTM: weights of cell input, input gate, forget gate and output gate, over [input, last output]."""

    cell: Matrix
    entry: Matrix
    forget: Matrix
    output: Matrix
    size: int
    reverse: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A convolution of 3 x 3, a pool, an LSTM down each column, LSTMs along the line, and the output.

    ``height`` is that of the line image in pixels, ``null`` the output that means *nothing here*,
    ``samples`` how many lines the training has seen (Tesseract draws its noise from it).
    """

    height: int
    convolution: Matrix
    column: Lstm
    line: tuple[Lstm, ...]
    output: Matrix
    null: int
    samples: int


def network_of(trained: Trained) -> Network:
    """The network, if it is one that is known here. Raises Unknown."""
    top = trained.network
    if top.kind != "Series" or len(top.layers) < 6:
        raise Unknown("another topology")
    entry, convolved, pool, column, *line, output = top.layers
    height = _height(entry)
    _demand(convolved.kind == "Series" and [each.kind for each in convolved.layers] == ["Convolve", "Tanh"])
    convolve, tanh = convolved.layers
    _demand(convolve.numbers == (1, 1) and pool.kind == "Maxpool" and pool.numbers == (POOL, POOL))
    _demand(column.kind == "XYTranspose" and [each.kind for each in column.layers] == ["SummLSTM"])
    _demand(output.kind == "Softmax" and 0 <= trained.null < output.outputs)
    depths = [9, tanh.outputs, column.layers[0].outputs, *(each.outputs for each in line)]
    return Network(
        height=height,
        convolution=_full(tanh, depths[0]),
        column=_lstm(column.layers[0], depths[1]),
        line=tuple(_along(layer, depth) for layer, depth in zip(line, depths[2:], strict=False)),
        output=_full(output, depths[-1]),
        null=trained.null,
        samples=trained.samples,
    )


def _demand(known: bool) -> None:
    if not known:
        raise Unknown("another topology")


def _height(entry: Layer) -> int:
    """The height of a line: a batch of one grey line, any width."""
    _demand(entry.kind == "Input")
    batch, height, width, depth, _loss = entry.numbers
    _demand((batch, width, depth) == (1, 0, 1) and POOL <= height <= 256)
    return height


def _along(layer: Layer, inputs: int) -> Lstm:
    if layer.kind == "RTLReversed" and len(layer.layers) == 1:
        return _lstm(layer.layers[0], inputs, reverse=True)
    _demand(layer.kind == "LSTM")
    return _lstm(layer, inputs)


def _lstm(layer: Layer, inputs: int, reverse: bool = False) -> Lstm:
    _demand(layer.kind in ("LSTM", "SummLSTM"))
    size = layer.outputs
    for matrix in layer.matrices:
        _demand(matrix.weights.shape == (size, inputs + size + 1))
    cell, entry, forget, output = layer.matrices
    return Lstm(cell, entry, forget, output, size, reverse)


def _full(layer: Layer, inputs: int) -> Matrix:
    (matrix,) = layer.matrices
    _demand(matrix.weights.shape == (layer.outputs, inputs + 1))
    return matrix

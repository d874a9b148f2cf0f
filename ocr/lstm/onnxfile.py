"""Writes a network as an ONNX model: the few messages of its protocol that such a network takes.

By hand, because that is shorter than what the ``onnx`` package would bring along. Sources: ``onnx.proto``
(field numbers, IR version 8), the Protocol Buffers encoding (a key and a varint, or a length and bytes).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

IR_VERSION, OPSET = 8, 17

_FLOAT, _INT, _STRING, _INTS = 1, 2, 3, 7
_ELEMENTS = {np.dtype(np.float32): 1, np.dtype(np.int32): 6, np.dtype(np.int64): 7}


def model(
    nodes: Iterable[bytes],
    weights: dict[str, NDArray[np.generic]],
    inputs: dict[str, tuple[type[np.generic], tuple[str | int, ...]]],
    output: str,
) -> bytes:
    """A model: its nodes in order, constants by name, inputs with type and shape (a name for any length)."""
    graph = b"".join(_part(1, each) for each in nodes)
    graph += _part(2, b"lines")
    graph += b"".join(_part(5, _tensor(name, value)) for name, value in weights.items())
    graph += b"".join(_part(11, _value(name, *kind)) for name, kind in inputs.items())
    graph += _part(12, _value(output, np.float32, None))
    return _number(1, IR_VERSION) + _part(7, graph) + _part(8, _number(2, OPSET))


def node(kind: str, inputs: Iterable[str], outputs: Iterable[str], **attributes: object) -> bytes:
    """One operation; inputs and outputs by name, "" for those left out."""
    data = b"".join(_part(1, name.encode()) for name in inputs)
    data += b"".join(_part(2, name.encode()) for name in outputs)
    data += _part(4, kind.encode())
    return data + b"".join(_part(5, _attribute(name, value)) for name, value in attributes.items())


def _attribute(name: str, value: object) -> bytes:
    data = _part(1, name.encode())
    match value:
        case int():
            return data + _number(3, value) + _number(20, _INT)
        case str():
            return data + _part(4, value.encode()) + _number(20, _STRING)
        case tuple():
            return data + b"".join(_number(8, each) for each in value) + _number(20, _INTS)
    raise TypeError(type(value).__name__)


def _tensor(name: str, value: NDArray[np.generic]) -> bytes:
    data = b"".join(_number(1, size) for size in value.shape)
    data += _number(2, _ELEMENTS[value.dtype]) + _part(8, name.encode())
    return data + _part(9, np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<")).tobytes())


def _value(name: str, element: type[np.generic], shape: tuple[str | int, ...] | None) -> bytes:
    kind = _number(1, _ELEMENTS[np.dtype(element)])
    if shape is not None:
        sizes = (_part(2, s.encode()) if isinstance(s, str) else _number(1, s) for s in shape)
        kind += _part(2, b"".join(_part(1, size) for size in sizes))
    return _part(1, name.encode()) + _part(2, _part(1, kind))


def _part(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    """A number of at least 0 in groups of seven bits, the lowest first."""
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)

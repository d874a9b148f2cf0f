"""What a worker and its reader say to each other: frames of a length and JSON, decoded strictly by type.

Nothing is pickled: a reader that a hostile file has taken over must not run code in the worker. A frame is
its length (8 bytes, network order) and that many bytes of JSON, no more than ``LARGEST``.
"""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Callable
from typing import Literal, TypeVar

import msgspec

from archive.errors import CAUSES, Failure
from archive.types import Box, Value

LARGEST = 64 * 2**20
"""Bytes of the largest frame: a picture of a page takes some 10 MB, the words of a page 15 kB."""

_LENGTH = struct.Struct("!Q")
_CHUNK = 2**20

T = TypeVar("T")
Wait = Callable[[int], None]
"""Returns when the channel is ready for an event (POLLIN or POLLOUT), or raises."""


class Limits(Value, frozen=True):
    """What a reader may take: seconds of a call, resident MB of it and all its children, the rest for each.

    ``address_megabytes`` stands behind the watch on resident memory, for what grows faster than anybody
    looks; the imports alone take 600 MB of addresses.
    """

    seconds: float = 60.0
    megabytes: int = 900
    address_megabytes: int = 3000
    file_megabytes: int = 2000


class Mark(Value, frozen=True):
    """Boxes to draw on a picture in one style; fractions of the page as it is shown."""

    style: Literal["word", "near", "hit"]
    boxes: tuple[Box, ...]


class Thumbnail(Value, frozen=True):
    """A small picture of a page as a JPEG, and its width and height in pixels."""

    jpeg: bytes
    width: int
    height: int


class Request(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A call: the name of a task and the list of its arguments, decoded by the task's own annotations."""

    task: str
    arguments: msgspec.Raw


class Reply(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What came of it: a failure, or a value that the caller decodes by the type it expects."""

    failure: Failure | None
    value: msgspec.Raw = msgspec.Raw(b"null")


class Garbled(Exception):
    """What came over the wire is not what was agreed."""


class TooLarge(Exception):
    """What should go over the wire does not fit into a frame."""


def encode(value: object) -> bytes:
    """A value as JSON. Raises TooLarge, UnicodeEncodeError (text not UTF-8), TypeError (foreign types)."""
    body = msgspec.json.encode(value)
    if len(body) > LARGEST:
        raise TooLarge
    return body


def raw(value: object) -> msgspec.Raw:
    """A value that is part of a frame."""
    return msgspec.Raw(encode(value))


def decode(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    """JSON as a value of exactly this type. Raises Garbled, without a word of what was in it."""
    try:
        value = msgspec.json.decode(body, type=kind)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, kind) or _unknown_cause(value):
        raise Garbled
    return value


def send(channel: socket.socket, body: bytes, wait: Wait | None = None) -> None:
    """Send one frame. Raises ConnectionError if nobody is there."""
    rest = memoryview(_LENGTH.pack(len(body)) + body)
    while rest:
        if wait:
            wait(select.POLLOUT)
        rest = rest[channel.send(rest[:_CHUNK]) :]


def receive(channel: socket.socket, wait: Wait | None = None) -> bytearray:
    """Receive one frame. Raises EOFError if the other side hung up, Garbled if the frame is too large."""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size, wait))
    if length > LARGEST:
        raise Garbled
    return _exactly(channel, length, wait)


def _exactly(channel: socket.socket, size: int, wait: Wait | None) -> bytearray:
    body = bytearray(size)
    rest = memoryview(body)
    while rest:
        if wait:
            wait(select.POLLIN)
        count = channel.recv_into(rest)
        if count == 0:
            raise EOFError
        rest = rest[count:]
    return body


def _unknown_cause(value: object) -> bool:
    return isinstance(value, Reply) and value.failure is not None and value.failure.cause not in CAUSES

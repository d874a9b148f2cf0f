"""How results are kept: compact JSON, compressed, under a key made of everything they depend on."""

from __future__ import annotations

import hashlib
import zlib
from typing import Literal

import msgspec

from archive.errors import Detail, Failure
from archive.types import Description, Gain, PageFacts, PageRecord, PageText, Prepared, Reading, Stage, Value

_TYPES: dict[Stage, type[Prepared] | type[PageText] | type[Description]] = {
    Stage.PREPROCESS: Prepared,
    Stage.OCR: PageText,
    Stage.CLASSIFY: Description,
}


class KeptRecord(PageFacts, frozen=True):
    """All that the index is told about one page, its words still packed."""

    confidence: float
    payload: bytes | None


class Keys(msgspec.Struct, frozen=True, array_like=True):
    """Under which keys a reading is kept: the clean page that it was read from, and its text."""

    prepared: str
    text: str


Decided = Literal["", "better", "kept", "rolled-back", "accepted", "replaced"]
"""What became of a page: another reading was better and taken, or not and the one before kept; a person
brought back the one before, or had the newer one taken all the same; its image was replaced."""


class Told(Value, frozen=True, omit_defaults=True):
    """What an attempt that went well tells in the history of its page: it stands in the run's details.

    A reading tells by which ``engine`` it is. One that met another reading tells what was ``decided``, by
    what ``gain``, and where the ``other`` one of both is kept, which is not the page's now. A replaced image
    tells which ``blob`` and ``frame`` the page showed before.
    """

    engine: str = ""
    version: str = ""
    decided: Decided = ""
    gain: Gain | None = None
    other: Keys | None = None
    blob: str = ""
    frame: int = 0


def key(stage: str, fingerprint: str, *inputs: str) -> str:
    """The key of a result: SHA-256 over stage, its version with options, and the keys of its inputs."""
    parts = "\n".join((stage, fingerprint, *inputs))
    return hashlib.sha256(parts.encode()).hexdigest()


def pack(value: Value) -> bytes:
    """A result as bytes to keep."""
    return zlib.compress(msgspec.json.encode(value), 1)


def unpack(stage: Stage, payload: bytes) -> Prepared | PageText | Description:
    """A kept result, read strictly as what its stage gives."""
    return msgspec.json.decode(zlib.decompress(payload), type=_TYPES[stage])


def prepared(payload: bytes | None) -> Prepared | None:
    """A kept result of preprocess."""
    return None if payload is None else msgspec.json.decode(zlib.decompress(payload), type=Prepared)


def page_text(payload: bytes | None) -> PageText | None:
    """A kept result of ocr."""
    return None if payload is None else msgspec.json.decode(zlib.decompress(payload), type=PageText)


def reading(clean: bytes | None, text: bytes | None) -> Reading | None:
    """A kept reading; ``None`` where a part of it is lost or damaged."""
    try:
        made, words = prepared(clean), page_text(text)
    except (zlib.error, msgspec.MsgspecError):
        return None
    return None if made is None or words is None else Reading(words, made)


def record(kept: KeptRecord) -> PageRecord:
    """The record of a page, its words unpacked."""
    text = page_text(kept.payload)
    words, aside = (text.words, text.aside) if text is not None else ((), ())
    same = {name: getattr(kept, name) for name in PageFacts.__struct_fields__}
    return PageRecord(**same, confidence=kept.confidence, words=words, aside=aside)


def failure(cause: str | None, details: str | None) -> Failure | None:
    """A failure from its two columns."""
    if cause is None:
        return None
    return Failure(cause, msgspec.json.decode(details or "{}", type=dict[str, Detail]))


def told(cause: str | None, details: str | None) -> Told | None:
    """What a run that did not fail tells, from its two columns."""
    if cause is not None or details is None:
        return None
    return msgspec.json.decode(details, type=Told)


def encode_told(said: Told) -> str:
    """The column of what a run tells."""
    return msgspec.json.encode(said).decode()


def details(failed: Failure) -> str:
    """The column of a failure's details."""
    return msgspec.json.encode(failed.details).decode()

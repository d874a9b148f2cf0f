"""How results are kept: compact JSON, compressed, under a key made of everything they depend on."""

from __future__ import annotations

import hashlib
import zlib

import msgspec

from archive.errors import Detail, Failure
from archive.types import Description, PageFacts, PageRecord, PageText, Prepared, Stage, Value

_TYPES: dict[Stage, type[Prepared] | type[PageText] | type[Description]] = {
    Stage.PREPROCESS: Prepared,
    Stage.OCR: PageText,
    Stage.CLASSIFY: Description,
}


class KeptRecord(PageFacts, frozen=True):
    """All that the index is told about one page, its words still packed."""

    confidence: float
    payload: bytes | None


def key(stage: Stage, fingerprint: str, *inputs: str) -> str:
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


def record(kept: KeptRecord) -> PageRecord:
    """The record of a page, its words unpacked."""
    text = page_text(kept.payload)
    words = text.words if text is not None else ()
    same = {name: getattr(kept, name) for name in PageFacts.__struct_fields__}
    return PageRecord(**same, confidence=kept.confidence, words=words)


def failure(cause: str | None, details: str | None) -> Failure | None:
    """A failure from its two columns."""
    if cause is None:
        return None
    return Failure(cause, msgspec.json.decode(details or "{}", type=dict[str, Detail]))


def details(failed: Failure) -> str:
    """The column of a failure's details."""
    return msgspec.json.encode(failed.details).decode()

"""The taxonomy: kinds of documents and the rules that know them, loaded from a file an office can replace."""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from archive.errors import BAD_SETTING, UNREADABLE, ArsipError
from archive.types import Value

BUNDLED = Path(__file__).with_name("types.toml")
LAINNYA = "lainnya"
"""The code of a document that is none of the kinds, or cannot be told."""

Zone = Literal["heading", "start", "label", "hal", "any", "name"]
DateRule = Literal["ditetapkan", "letterhead", "signature", "label", "hari-ini"]
SubjectRule = Literal["tentang", "label"]


class Rule(Value, frozen=True):
    """Phrases that speak for a kind (or, with a negative weight, against it) where they stand in ``zone``.

    ``weight`` is evidence in log-odds; it counts once for a document, if at least ``at_least`` different
    phrases are found.
    """

    name: str
    zone: Zone
    phrases: tuple[str, ...]
    weight: float
    at_least: int = 1


class Kind(Value, frozen=True):
    """One kind of document: how it is known, and where its date and its subject are to be read.

    ``reported_as`` is the code given out, when it is not the kind's own; ``extends`` a kind whose rules
    count for this one too; ``prior`` its log-odds before a word is read; ``untitled`` what a title of
    another kind takes away; ``cover`` marks a sheet that is stapled in front of the record. ``tanggal`` and
    ``hal`` are the places of its date and its subject, best first; without places, and where ``nomor`` is
    false, it has none of its own.
    """

    name: str
    rules: tuple[Rule, ...]
    aliases: tuple[str, ...] = ()
    reported_as: str = ""
    extends: str = ""
    prior: float = 0.0
    untitled: float = 0.0
    cover: bool = False
    nomor: bool = True
    tanggal: tuple[DateRule, ...] = ("letterhead", "ditetapkan", "signature")
    hal: tuple[SubjectRule, ...] = ("label", "tentang")


class Landmarks(Value, frozen=True):
    """Phrases that are not of one kind: what names a field, and where the head of a record ends."""

    nomor: tuple[str, ...]
    hal: tuple[str, ...]
    tanggal: tuple[str, ...]
    other_labels: tuple[str, ...]
    body: tuple[str, ...]
    attachment: tuple[str, ...]
    received: tuple[str, ...]


class Taxonomy(Value, frozen=True):
    """All kinds and landmarks. ``enough`` is the evidence below which a document is ``lainnya``."""

    version: int
    enough: float
    landmarks: Landmarks
    types: dict[str, Kind]
    digest: str = ""

    @property
    def codes(self) -> frozenset[str]:
        """The codes that a document can have."""
        return frozenset({LAINNYA, *(kind.reported_as or code for code, kind in self.types.items())})

    @property
    def label(self) -> str:
        """Version and hash of the data: what a result made with it is kept under."""
        return f"{self.version}-{self.digest}"


@lru_cache(maxsize=8)
def load(path: Path = BUNDLED) -> Taxonomy:
    """The taxonomy in a file.

    Raises ArsipError: UNREADABLE if the file cannot be read, BAD_SETTING if it is not TOML, holds an
    unknown or a missing key, or names a kind that does not exist.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArsipError(UNREADABLE, path=str(path)) from error
    try:
        taxonomy = msgspec.convert(tomllib.loads(data.decode()), Taxonomy)
        _check(taxonomy)
    except (ValueError, msgspec.ValidationError) as error:
        raise ArsipError(BAD_SETTING, name=path.name, problem=str(error)) from error
    return msgspec.structs.replace(taxonomy, digest=hashlib.sha256(data).hexdigest()[:12])


def _check(taxonomy: Taxonomy) -> None:
    if LAINNYA in taxonomy.types:
        raise ValueError(f"{LAINNYA} is what no kind fits, and has no rules")
    for code, kind in taxonomy.types.items():
        if kind.reported_as not in ("", LAINNYA, *taxonomy.types):
            raise ValueError(f"types.{code}.reported_as: there is no {kind.reported_as}")
        if kind.extends not in ("", *taxonomy.types) or kind.extends == code:
            raise ValueError(f"types.{code}.extends: there is no {kind.extends}")
        if kind.extends and taxonomy.types[kind.extends].extends:
            raise ValueError(f"types.{code}.extends: {kind.extends} extends another itself")
        if any(not phrase.strip() for rule in kind.rules for phrase in rule.phrases):
            raise ValueError(f"types.{code}: an empty phrase")

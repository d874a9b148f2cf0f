"""What the offices write to each other about, from ``topics.toml``: subjects, meetings, cited laws."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import msgspec

from archive.types import Value
from samples.letters.office import OFFICES, Office, day_between


class Topic(Value, frozen=True):
    """A subject: its old and new klasifikasi, how a Hal line names it, and sentences for the body."""

    old: str
    new: str
    hal: str
    body: tuple[str, ...]


class _Subjects(Value, frozen=True):
    meetings: tuple[str, ...]
    laws: tuple[str, ...]
    topics: tuple[Topic, ...]


_SUBJECTS = msgspec.toml.decode(Path(__file__).with_name("topics.toml").read_bytes(), type=_Subjects)
TOPICS, MEETINGS, LAWS = _SUBJECTS.topics, _SUBJECTS.meetings, _SUBJECTS.laws


def occasion(rng: random.Random) -> tuple[Office, Topic, date]:
    """Which office writes, about what, and on which day."""
    return rng.choice(OFFICES), rng.choice(TOPICS), day_between(rng, 2009, 2025)

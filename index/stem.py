"""Stems of Indonesian words: inflection only, so that two different words never become one.

Particles (-lah, -kah, -pun) and possessives (-ku, -mu, -nya) are taken off, in that order, and clear
reduplication is made single. Derivation (me-, pe-, -an, -kan …) is left alone: without a list of roots,
which may not be bundled freely, it merges *data* with *perdata* and *kepada* with *pada*, and a clerk who
looks for the one does not want the other. Words that merely end like a suffix stand in ``stem.txt``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

SHORTEST_STEM = 4
"""Letters that must remain; shorter remains are more often another word than a stem (*ilmu*, *buku*)."""

_PARTICLE = re.compile(r"(?:lah|kah|pun)$")
_POSSESSIVE = re.compile(r"(?:nya|ku|mu)$")
_VOWEL = re.compile(r"[aeiou]")


@lru_cache(maxsize=1)
def _whole() -> frozenset[str]:
    lines = (Path(__file__).parent / "stem.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def stem(form: str) -> str:
    """The stem of one folded form (see ``analysis``); a form that is its own stem comes back as it is."""
    if not form.isascii():
        return form
    for suffix in (_PARTICLE, _POSSESSIVE):
        form = _without(form, suffix)
    first, hyphen, second = form.partition("-")
    return first if hyphen and first == second else form


def _without(form: str, suffix: re.Pattern[str]) -> str:
    if form in _whole():
        return form
    rest = suffix.sub("", form)
    return rest if len(rest) >= SHORTEST_STEM and _VOWEL.search(rest) else form

"""What OCR makes of a line: look-alikes, torn headings, lost colons, slashes read as letters.

A digit is never read as another digit, so whatever can be scored can still be read by somebody careful.
"""

from __future__ import annotations

import random

ALIKE = {
    "0": "O", "O": "0", "1": "lI", "l": "1I", "I": "l1", "5": "S", "S": "5", "8": "B", "B": "8", "/": "lj1I|",
    ":": ";.", "|": "I", "(": "I",
}  # fmt: skip
"""Signs and what they are taken for; folding look-alikes brings the text back."""

LOST = {"e": "c", "c": "e", "m": "rn", "h": "b", "t": "f", "u": "ii", "g": "q", "a": "o", "n": "ri"}
"""Letters and what they are taken for where nothing brings the text back but knowing the word."""

SCRAPS = ("~ =", "PARAF", "i | .", "Ay", "=—", "SF a eK", "‘", "er", ". — .", "Paraf II", "oO", "% )")
"""What signatures, crests and rules are read as."""


def garble(text: str, rng: random.Random, level: float, spared: frozenset[str] = frozenset()) -> str:
    """A line as a poor scan is read; ``level`` is 0 to 1, ``spared`` words suffer look-alikes only."""
    return " ".join(_word(word, rng, level, word.lower().strip(",.;:") in spared) for word in text.split())


def scrap(rng: random.Random) -> str:
    """A short line that means nothing."""
    return rng.choice(SCRAPS)


def _word(word: str, rng: random.Random, level: float, spared: bool) -> str:
    out = "".join(_sign(sign, rng, level, spared) for sign in word)
    if word.isupper() and len(word) > 4 and rng.random() < 0.35 * level:
        out = _torn(out, rng)
    if "/" in word and rng.random() < 0.4 * level:
        out = out.replace("/", rng.choice((" /", "/ ", " / ")))
    if word == ":" and rng.random() < 0.25 * level:
        out = ""
    return out


def _sign(sign: str, rng: random.Random, level: float, spared: bool) -> str:
    chance = rng.random()
    if sign in ALIKE and chance < 0.12 * level:
        return rng.choice(ALIKE[sign])
    if sign in LOST and not spared and chance < 0.035 * level:
        return LOST[sign]
    return sign


def _torn(word: str, rng: random.Random) -> str:
    """``TENT ANG``: a word of a heading whose letters stand apart."""
    at = 2 + rng.randrange(max(1, len(word) - 3))
    return f"{word[:at]} {word[at:]}"

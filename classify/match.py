"""Phrases found in damaged text: without spaces, look-alike characters folded, a few letters wrong.

Scans give `TENT ANG`, `B E R I T A  A C A R A`, `BUPATlGOWA` and `PROVINS(` (facts of the domain, 1.3),
so phrase and text are both folded to bare letters before they are compared, and what then still differs
is counted in edits (Levenshtein 1966), found by the partition of Wu and Manber (1992): a phrase with
at most k errors holds at least one of its k + 1 pieces unharmed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

_LOOK_ALIKE = str.maketrans(
    {**dict.fromkeys("1l|!([{", "i"), "0": "o", "5": "s", "$": "s", "8": "b", "6": "g", "9": "g"}
    | {"2": "z", "4": "a", "7": "t"}
)
_EDGES = "()[]{}|!"
LETTERS_PER_ERROR = 8
LONG = 10
"""A phrase of so many letters is recognised in the middle of a word too: OCR joins words."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a folded phrase stands in a folded text: offsets [start, end), and how many edits off."""

    start: int
    end: int
    errors: int


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """The bare letters of a text, look-alikes made one: ``PROVINS( SULAWESI`` becomes ``provinsisuiawesi``.

    Brackets and bars count as a letter only inside or at the damaged end of a word; a pair around a word,
    or a mark standing alone, is punctuation.
    """
    return "".join(_fold_word(word) for word in text.split())


def _fold_word(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).casefold().lstrip(_EDGES).rstrip(".,;:")
    if plain.endswith((")", "]", "}", "|", "!")):
        plain = plain.rstrip(_EDGES)
    folded = re.sub(r"[^a-z0-9]", "", plain.translate(_LOOK_ALIKE))
    return folded.replace("rn", "m").replace("vv", "w")


def allowed(phrase: str) -> int:
    """How many edits a folded phrase may be off: one for every eight letters, at most two."""
    return min(2, len(phrase) // LETTERS_PER_ERROR)


def find(phrase: str, text: str, begins: Collection[int]) -> list[Hit]:
    """Where a folded phrase stands in a folded text, beginning at one of the offsets ``begins``, in order.

    Exact, or with at most ``allowed`` edits; a phrase of ``LONG`` letters, if exact, is found inside a
    word too.
    """
    limit, long = allowed(phrase), len(phrase) >= LONG
    hits: dict[int, Hit] = {}
    for piece, offset in _pieces(phrase):
        at = text.find(piece)
        while at >= 0:
            start = at - offset
            if (long or start in begins) and start >= 0 and text.startswith(phrase, start):
                hits[start] = Hit(start, start + len(phrase), 0)
            elif limit:
                for near_by in range(start - limit, start + limit + 1):
                    if near_by in begins and near_by not in hits:
                        _add_near(hits, phrase, text, near_by, limit)
            at = text.find(piece, at + 1)
    return [hits[start] for start in sorted(hits)] if hits else []


def _add_near(hits: dict[int, Hit], phrase: str, text: str, start: int, limit: int) -> None:
    """Compare phrase and text at ``start``, unless more letter triples are harmed than edits can explain."""
    window = text[start : start + len(phrase) + limit]
    triples = _triples(phrase)
    if sum(triple in window for triple in triples) < len(triples) - limit:
        return
    length, errors = _prefix(phrase, window, limit)
    if errors <= limit:
        hits[start] = Hit(start, start + length, errors)


def near(word: str, names: Collection[str]) -> str | None:
    """The one of the folded ``names`` that a folded word means: equal, or one edit off if five or longer."""
    if word in names:
        return word
    close = one_off(word, [name for name in names if len(name) >= 5])
    return close[0] if len(close) == 1 else None


def one_off(word: str, names: Collection[str]) -> list[str]:
    """Those of the folded ``names`` that a folded word is, but for at most one edit."""
    return [name for name in names if name == word or _is_one_off(name, word)]


@lru_cache(maxsize=4096)
def _pieces(phrase: str) -> tuple[tuple[str, int], ...]:
    count = allowed(phrase) + 1
    cuts = [len(phrase) * n // count for n in range(count + 1)]
    return tuple((phrase[a:b], a) for a, b in pairwise(cuts) if a < b)


@lru_cache(maxsize=4096)
def _triples(phrase: str) -> tuple[str, ...]:
    return tuple(phrase[at : at + 3] for at in range(0, len(phrase) - 2, 3))


def _prefix(phrase: str, window: str, limit: int) -> tuple[int, int]:
    """How many letters at the window's beginning are the phrase with the fewest edits, and how many edits.

    Only the band of the table within ``limit`` of its diagonal is filled (Ukkonen 1985); once all of it is
    above the limit, the rest is not looked at.
    """
    rows, best = len(phrase), (0, len(phrase))
    column = list(range(rows + 1))
    for end, letter in enumerate(window, 1):
        low, high = max(1, end - limit), min(rows, end + limit)
        corner, column[low - 1] = column[low - 1], end if low == 1 else limit + 1
        least = column[low - 1]
        for row in range(low, high + 1):
            kept = column[row]
            cost = corner if letter == phrase[row - 1] else 1 + min(corner, kept, column[row - 1])
            column[row], corner = cost, kept
            least = min(least, cost)
        if high == rows and column[rows] < best[1]:
            best = (end, column[rows])
        if least > limit:
            break
    return best


def _is_one_off(name: str, word: str) -> bool:
    """Whether one letter changed, lost or added makes the one the other."""
    if abs(len(name) - len(word)) > 1:
        return False
    pairs = zip(name, word, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return any(name[same + a :] == word[same + b :] for a, b in ((1, 1), (1, 0), (0, 1)))

"""Page texts without pages: many, fast, for measuring the index and the catalog; nothing is drawn."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from archive.types import Box, PageText, Word
from samples.letters.office import OFFICES, day_between, number, some_date
from samples.letters.topics import LAWS, MEETINGS, TOPICS

WORDS, WORDS_IN_LINE, VOCABULARY = 300, 10, 20_000
_PREFIXES = ("", "", "", "me", "ber", "ter", "pe", "di", "ke", "se")
_SUFFIXES = ("", "", "", "kan", "an", "i", "nya")
_ONSETS, _VOWELS, _ENDS = (
    ["b", "c", "d", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "w", "y"],
    "aiueo",
    ("", "n", "ng", "r", "s", "k", "t"),
)


def pages(n: int, seed: int) -> Iterator[PageText]:
    """``n`` pages of 300 words in 30 lines: office words and made-up ones, letter numbers and dates.

    The same seed gives the same pages, and a smaller ``n`` the first of them.
    """
    words, weights = _vocabulary()
    boxes = _boxes()
    for page in range(n):
        rng = random.Random(f"{seed} {page}")  # noqa: S311 - chance that can be repeated, not a secret
        texts = [words[bisect(weights, rng.random() * weights[-1])] for _ in range(WORDS)]
        office, topic, day = rng.choice(OFFICES), rng.choice(TOPICS), day_between(rng, 1990, 2025)
        heading = (
            f"{office.name} Nomor {number(topic.old, topic.new, office, day, rng)} {some_date(day, rng)}"
        )
        _put(texts, heading.split(), 0)
        _put(texts, some_date(day_between(rng, 1990, 2025), rng).split(), 20 + rng.randrange(250))
        confidence = 0.8 + 0.2 * rng.random()
        found = (
            Word(text, box, confidence, at // WORDS_IN_LINE)
            for at, (text, box) in enumerate(zip(texts, boxes, strict=True))
        )
        yield PageText(tuple(found), "ocr", "synthetic", "none", "1", confidence=confidence)


def _put(texts: list[str], words: list[str], at: int) -> None:
    texts[at : at + len(words)] = words


@lru_cache(maxsize=1)
def _boxes() -> tuple[Box, ...]:
    """Places of the words: 30 lines of 10."""
    step = 0.8 / WORDS_IN_LINE
    places = (divmod(at, WORDS_IN_LINE) for at in range(WORDS))
    return tuple(Box(0.1 + x * step, 0.08 + y * 0.028, step * 0.9, 0.016) for y, x in places)


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[list[str], list[float]]:
    """Words by rank, and the running sums of their weights 1/rank (Zipf 1949)."""
    rng = random.Random("vocabulary")  # noqa: S311 - chance that can be repeated, not a secret
    sentences = " ".join([*LAWS, *MEETINGS, *(text for topic in TOPICS for text in (topic.hal, *topic.body))])
    words = dict.fromkeys(
        ["yang", "dan", "di", "dari", "untuk", "pada", "dengan", "dalam", "ini", "tahun", "nomor", "tentang"]
    )
    words |= dict.fromkeys(word.strip(";,.()") for word in sentences.lower().split() if word.isalpha())
    while len(words) < VOCABULARY:
        root = "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(2)) + rng.choice(_ENDS)
        words[rng.choice(_PREFIXES) + root + rng.choice(_SUFFIXES)] = None
    return list(words), list(accumulate(1 / rank for rank in range(1, len(words) + 1)))

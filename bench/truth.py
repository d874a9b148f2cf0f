"""How far a text is from the true one: errors by character and by word, and words found in any order."""

from __future__ import annotations

import unicodedata
from collections import Counter

_STRAIGHT = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛`´′", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)


def normalised(text: str) -> str:
    """Unicode NFKC, straight quotes and dashes, single spaces: what two honest typists may differ in."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_STRAIGHT)).split())


def error_rate(text: str, truth: str) -> float:
    """Character error rate: edits that turn the text into the truth, for each character of the truth."""
    text, truth = normalised(text), normalised(truth)
    return distance(text, truth) / max(1, len(truth))


def word_error_rate(text: str, truth: str) -> float:
    """Word error rate: the same by whole words, in their order."""
    numbers: dict[str, str] = {}
    lists = [
        "".join(numbers.setdefault(word, chr(len(numbers))) for word in normalised(each).split())
        for each in (text, truth)
    ]
    return distance(*lists) / max(1, len(lists[1]))


def found(text: str, truth: str) -> int:
    """How many words of the truth are in the text, each as often as it is in both, in any order."""
    return sum((words(text) & words(truth)).values())


def words(text: str) -> Counter[str]:
    """The words of a normalised text with their numbers."""
    return Counter(normalised(text).split())


def distance(one: str, other: str) -> int:
    """Levenshtein distance, by Myers' bit vectors (J. ACM 46, 1999) as Hyyrö wrote them down (2001).

    A column of the table is two numbers whose bits say where it goes up and down by one.
    """
    if not one:
        return len(other)
    places: dict[str, int] = {}
    for place, char in enumerate(one):
        places[char] = places.get(char, 0) | 1 << place
    whole, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    up, down, result = whole, 0, len(one)
    for char in other:
        equal = places.get(char, 0)
        vertical = equal | down
        horizontal = (((equal & up) + up) ^ up) | equal
        right_up = down | (~(horizontal | up) & whole)
        right_down = up & horizontal
        if right_up & last:
            result += 1
        elif right_down & last:
            result -= 1
        right_up, right_down = right_up << 1 | 1, right_down << 1
        up = (right_down | ~(vertical | right_up)) & whole
        down = right_up & vertical
    return result

"""Characters from probabilities: the likeliest, what a dictionary turns, and two languages on one line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.lstm.decode import Glyph, Knows, aligned, beam, decode, greedy, step_scores
from ocr.lstm.languages import merged
from ocr.lstm.line import Read

LETTERS = "_ abc"
"""Outputs: blank, space, three letters."""


def steps(*rows: dict[str, float]) -> NDArray[np.float32]:
    """Probabilities; what a row leaves out is shared by all."""
    table = np.zeros((len(rows), len(LETTERS)), np.float32)
    for row, said in zip(table, rows, strict=True):
        row += (1 - sum(said.values())) / len(LETTERS)
        for letter, share in said.items():
            row[LETTERS.index(letter)] += share
    return table


def sure(text: str) -> list[dict[str, float]]:
    return [{letter: 0.99} for letter in text]


def text(glyphs: list[Glyph]) -> str:
    return "".join(LETTERS[glyph.code] for glyph in glyphs)


def reading(steps: NDArray[np.float32], null: int, space: int, knows: Knows) -> list[Glyph]:
    glyphs, scores = decode(steps, null, space, knows)
    np.testing.assert_array_equal(scores, step_scores(steps, glyphs, null))
    return glyphs


def known(*words: str):  # type: ignore[no-untyped-def]
    def knows(codes: Sequence[int]) -> bool:
        return "".join(LETTERS[code] for code in codes) in words

    return knows


def test_repeats_are_one_character_and_blanks_none() -> None:
    found = greedy(steps(*sure("_aa_ab__")), null=0)
    assert text(found) == "aab"
    assert found[0] == Glyph(2, 1, 2)


def test_the_beam_adds_up_the_ways_to_stand() -> None:
    # The likeliest single way is blank, blank (.36); "a" stands in three ways (.24 + .24 + .16).
    best, *others = beam(steps({"_": 0.6, "a": 0.4}, {"_": 0.6, "a": 0.4}), null=0)
    assert best.codes == (2,)
    assert np.exp(best.score) == pytest.approx(0.64, abs=0.001)
    assert () in [other.codes for other in others]


def test_a_dictionary_turns_what_is_close_and_nothing_else() -> None:
    close = steps(*sure("_a_"), {"b": 0.55, "c": 0.4}, *sure("__"))
    clear = steps(*sure("_a_"), {"b": 0.98}, *sure("__"))
    for knows, near, far in ((known("ac"), "ac", "ab"), (known("ab"), "ab", "ab"), (known(), "ab", "ab")):
        assert text(reading(close, 0, 1, knows)) == near
        assert text(reading(clear, 0, 1, knows)) == far


def test_a_dictionary_may_put_a_space_between_words() -> None:
    line = steps(*sure("_a_"), {"b": 0.5, " ": 0.4}, *sure("_c_"))
    assert text(reading(line, 0, 1, known("a", "c"))) == "a c"
    assert text(reading(line, 0, 1, known("abc"))) == "abc"


def test_characters_stand_where_they_are_likeliest() -> None:
    line = steps(*sure("_"), {"a": 0.6, "b": 0.3}, {"b": 0.6, "a": 0.3}, *sure("_"))
    assert aligned(line, (2, 3), 0, 4, 0) == [Glyph(2, 1, 1), Glyph(3, 2, 2)]
    (alone,) = aligned(line, (2,), 0, 4, 0)
    assert alone.code == 2
    assert 1 in range(alone.first, alone.last + 1)


def test_a_step_between_blank_and_character_is_not_doubtful() -> None:
    line = steps(*sure("_"), {"_": 0.5, "a": 0.5}, *sure("aa"), {"a": 0.5, "_": 0.5}, *sure("_"))
    assert np.exp(step_scores(line, greedy(line, 0), 0)).min() > 0.95
    doubtful = steps(*sure("_"), {"a": 0.5, "b": 0.5}, *sure("_"))
    assert np.exp(step_scores(doubtful, greedy(doubtful, 0), 0)).min() < 0.6


def test_no_steps_are_no_characters() -> None:
    assert reading(np.zeros((0, 5), np.float32), 0, 1, known()) == []
    assert reading(steps(*sure("____")), 0, 1, known()) == []


def word(text: str, first: int, last: int, confidence: float) -> Read:
    return Read(text, (Glyph(2, first, first), Glyph(2, last, last)), confidence)


def test_the_surer_words_of_two_languages_are_kept() -> None:
    one = [word("surat", 0, 9, 95), word("tbe", 12, 18, 40), word("akhir", 20, 30, 90)]
    other = [
        word("sural", 0, 9, 60),
        word("the", 12, 18, 96),
        word("ak", 20, 24, 50),
        word("hir", 26, 30, 50),
    ]
    assert [read.text for read in merged(one, other)] == ["surat", "the", "akhir"]
    assert merged(one, []) == one
    assert merged([], other) == other
    assert merged(one, one) == one

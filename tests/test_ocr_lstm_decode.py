"""Characters from probabilities: the likeliest, what a dictionary turns, and two languages on one line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.lstm.alphabet import Alphabet
from ocr.lstm.dawg import Lexicon
from ocr.lstm.decode import Glyph, Knows, aligned, beam, decode, greedy, step_scores
from ocr.lstm.languages import LONE, SURE, merged
from ocr.lstm.line import SCALE, Read, Spaced, confidences, read_line

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
    one = [word("surat", 0, 9, 95), word("tbe", 12, 18, 60), word("akhir", 20, 30, 90)]
    other = [
        word("sural", 0, 9, 60),
        word("the", 12, 18, 96),
        word("ak", 20, 24, 55),
        word("hir", 26, 30, 55),
    ]
    assert [read.text for read in merged(one, other)] == ["surat", "the", "akhir"]
    assert merged(one, []) == one
    assert merged([], other) == other
    assert merged(one, one) == one


def test_what_the_leading_language_is_sure_of_stays() -> None:
    sure = [word("sewa", 0, 9, SURE)]
    assert merged(sure, [word("sena", 0, 9, 97)]) == sure
    unsure = [word("sena", 0, 9, SURE - 1)]
    assert merged(unsure, sure) == sure


def test_a_word_that_one_language_alone_sees_must_be_likely() -> None:
    one = [word("surat", 0, 9, 95)]
    dust, dash = word("»", 12, 13, LONE - 1), word("-", 12, 13, LONE + 1)
    assert merged([*one, dust], one) == merged(one, [*one, dust]) == one
    assert merged([*one, dash], one) == merged(one, [*one, dash]) == [*one, dash]


@pytest.mark.parametrize(("chance", "kept"), [(0.6, True), (0.2, True), (0.01, False)])
def test_an_impossible_word_is_none(chance: float, kept: bool) -> None:
    alphabet = Alphabet(("", " ", "a", "b", "c"), (-1, 0, 3, 4, 5), 1, 0, frozenset(), frozenset(), 6)
    flat = dict.fromkeys("_ c", (1 - chance) / 3 - 0.001)
    line = steps(*sure("_a_"), {"b": chance}, *sure("_ c_")) if chance > 0.1 else steps(flat, *sure(" c_"))
    found = read_line(line, alphabet, Lexicon({}, alphabet))
    assert found[-1].text == "c"
    assert all(0 <= read.confidence <= 100 for read in found)
    assert (found[0].text == "ab") is kept


@pytest.mark.parametrize(
    ("known", "expected"),
    [((True, True), -0.5), ((False, True), -0.1), ((True, False), -1.125), ((False, False), -1.125)],
)
def test_a_space_costs_what_the_words_beside_it_make_of_it(known: tuple[bool, bool], expected: float) -> None:
    scores = np.array([0.0, -0.2, -0.5, -0.1, 0.0])
    letter, space, other = Glyph(3, 0, 0), Glyph(1, 1, 3), Glyph(4, 4, 4)
    left, right = confidences(scores, [(None, [letter], space), (space, [other], None)], known)
    assert left == right == pytest.approx(100 + SCALE * expected)


def test_blanks_before_a_space_are_forgotten_where_a_dictionary_begins() -> None:
    scores = np.array([0.0, -1.0, -0.1, 0.0])
    letter, space, other = Glyph(3, 0, 0), Glyph(1, 2, 2), Glyph(4, 3, 3)
    words: list[Spaced] = [(None, [letter], space), (space, [other], None)]
    assert confidences(scores, words, (False, True))[0] == pytest.approx(100 - SCALE * 0.1)
    assert confidences(scores, words, (False, False))[0] == pytest.approx(100 - SCALE * 2.25)

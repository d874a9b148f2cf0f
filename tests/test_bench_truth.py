"""The measures themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import truth

TEXTS = st.text(alphabet="ab c", max_size=12)


def by_table(one: str, other: str) -> int:
    """Levenshtein distance from its definition."""
    row = list(range(len(other) + 1))
    for above, char in enumerate(one, 1):
        diagonal, row[0] = above - 1, above
        for place, wanted in enumerate(other, 1):
            cost = min(diagonal + (char != wanted), row[place] + 1, row[place - 1] + 1)
            diagonal, row[place] = row[place], cost
    return row[-1]


@given(TEXTS, TEXTS)
def test_distance_is_levenshteins(one: str, other: str) -> None:
    assert truth.distance(one, other) == by_table(one, other)


def test_distance_of_long_texts() -> None:
    text = "perencanaan pembangunan daerah " * 100
    assert truth.distance(text, text) == 0
    assert truth.distance(text[:1000] + "xyz" + text[1001:], text) == 3


@pytest.mark.parametrize("text", ["“dua”—tiga ’", '"dua"-tiga \'', ' "dua"\u2011tiga\n\u00a0\' '])
def test_what_typists_may_differ_in_is_no_error(text: str) -> None:
    assert truth.normalised(text) == '"dua"-tiga \''


def test_error_rate_counts_characters_of_the_truth() -> None:
    assert truth.error_rate("nomcr 5", "nomor 5") == pytest.approx(1 / 7)
    assert truth.error_rate("", "nomor") == 1
    assert truth.error_rate("", "") == 0


def test_words_are_found_in_any_order_and_as_often_as_in_both() -> None:
    assert truth.found("dua satu dua dua", "satu dua tiga dua") == 3

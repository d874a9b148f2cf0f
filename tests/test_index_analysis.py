"""From words to tokens: folding, dividing, rejoining, and the way back to the words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.types import Box, Word
from index.analysis import LONGEST_FORM, analyse, analyse_text, fold
from tests.index_pages import words_of


def forms(text: str) -> list[str]:
    return [token.form for token in analyse_text(text).tokens]


def spans(text: str) -> list[tuple[str, int, int]]:
    return [(t.form, t.first_word, t.last_word) for t in analyse(words_of(text)).tokens]


def test_case_accents_ligatures_and_width_are_folded() -> None:
    assert forms("SURAT Café ﬁnal ＫＴＰ １２ ß Łódź Jum’at Ma'af") == [
        *("surat", "cafe", "final", "ktp", "12", "ss", "lodz", "jumat", "maaf")
    ]
    assert fold("Å") == fold("Å") == "a"


def test_punctuation_divides_and_every_part_knows_its_word() -> None:
    assert spans("no SE-7/PB/2012, KTP-el – (a.n.)") == [
        ("no", 0, 0),
        *(("se", 1, 1), ("7", 1, 1), ("pb", 1, 1), ("2012", 1, 1)),
        *(("ktp", 2, 2), ("el", 2, 2)),
        *(("a", 4, 4), ("n", 4, 4)),
    ]


def test_money_is_not_glued_to_its_currency() -> None:
    assert forms("Rp82.716.800 rp 82.716.800 rpul") == ["rp", "82", "716", "800"] * 2 + ["rpul"]


def test_positions_are_dense() -> None:
    tokens = analyse(words_of("a – KTP-el\npemerin-\ntah b")).tokens
    assert [token.position for token in tokens] == list(range(len(tokens))) == [0, 1, 2, 3, 4]


def test_a_word_divided_at_a_line_end_is_one_token_over_two_words() -> None:
    assert spans("dari pemerin-\ntah, daerah") == [("dari", 0, 0), ("pemerintah", 1, 2), ("daerah", 3, 3)]
    assert spans("per-\ntang-\ngung") == [("pertanggung", 0, 2)]
    assert spans("pemerin¬\ntah") == spans("pemerin\u00ad\ntah") == [("pemerintah", 0, 1)]


def test_a_doubled_word_divided_at_its_hyphen_stays_doubled() -> None:
    assert spans("undang-\nundang") == [("undang-undang", 0, 1)]


def test_what_only_looks_divided_is_not_joined() -> None:
    assert spans("KTP-\nel") == [("ktp", 0, 0), ("el", 1, 1)]
    assert spans("Bagian-\nUmum") == [("bagian", 0, 0), ("umum", 1, 1)]
    assert spans("a - b") == [("a", 0, 0), ("b", 2, 2)]
    assert spans("surat- masuk") == [("surat", 0, 0), ("masuk", 1, 1)]
    assert spans("2021-\ndan") == [("2021", 0, 0), ("dan", 1, 1)]


def test_doubling_has_one_form_however_it_is_written() -> None:
    (doubled,) = analyse_text("surat-suratnya").tokens
    (old,) = analyse_text("surat2nya").tokens
    assert doubled.form == old.form == "surat-suratnya"
    assert doubled.stem == old.stem == "surat"
    assert forms("“surat-surat”, m2 bab-2 km2") == ["surat-surat", "m2", "bab", "2", "km2"]


def test_forms_are_capped() -> None:
    (token,) = analyse_text("x" * 1000).tokens
    assert len(token.form) == len(token.stem) == LONGEST_FORM


def test_a_query_is_analysed_as_the_page_was() -> None:
    text = "Surat Undangan No. 005/12/UM/2021 tgl. 12 Mei 2021, KTP-el surat2nya Jum'at"
    assert analyse_text(text) == analyse(words_of(text))


@given(st.lists(st.tuples(st.text(max_size=12), st.integers(0, 3)), max_size=12))
def test_whatever_stands_on_a_page_gives_sound_tokens(page: list[tuple[str, int]]) -> None:
    words = tuple(Word(text, Box(0, 0, 0, 0), 0.5, line) for text, line in page)
    analysis = analyse(words)
    for at, token in enumerate(analysis.tokens):
        assert token.position == at
        assert 0 <= token.first_word <= token.last_word < len(words)
        assert token.form
        assert token.stem
        assert not any(character.isspace() for character in token.form + token.stem)
        assert token.form.encode()
    for code in analysis.codes:
        assert 0 <= code.first_word <= code.last_word < len(words)
        assert not any(character.isspace() for character in code.form)


def test_a_page_of_divided_words_takes_no_longer_than_another() -> None:
    """Joining all of them would copy the growing word again and again."""
    tokens = analyse(words_of("abc-\ndef-\n" * 20_000)).tokens
    assert len(tokens) > 100
    assert tokens[0].form.startswith("abcdefabcdef")

"""The query language: what each form means, and what is refused in which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import messages
from archive.errors import ArsipError, Failure
from index.query import ALIASES, FIELDS, And, Days, Key, Node, Not, Or, Phrase, Query, Text, Words, parse


def root(text: str) -> Node:
    return parse(text).root


def word(*stems: str) -> Words:
    return Words(stems)


def refused(text: str) -> str:
    with pytest.raises(ArsipError) as caught:
        parse(text)
    assert caught.value.failure.cause == "bad-query"
    return str(caught.value.failure.details["problem"])


def test_words_must_all_be_there() -> None:
    assert root("Surat-suratnya undangan") == And((word("surat"), word("undangan")))
    assert root("surat AND undangan DAN rapat") == And((word("surat"), word("undangan"), word("rapat")))
    assert root("KTP-el") == word("ktp", "el")
    assert root("surat – , .") == word("surat")


def test_quotes_ask_for_exact_forms_side_by_side() -> None:
    assert root('"Surat-suratnya  KTP-el"') == Phrase(("surat-suratnya", "ktp", "el"))
    assert root("“surat masuk” „a“ «b»") == And((Phrase(("surat", "masuk")), Phrase(("a",)), Phrase(("b",))))


def test_or_binds_weaker_than_and() -> None:
    assert root("a b OR c ATAU d") == Or((And((word("a"), word("b"))), word("c"), word("d")))
    assert root("a (b OR c)") == And((word("a"), Or((word("b"), word("c")))))
    assert root("a or b") == And((word("a"), word("or"), word("b")))


def test_minus_excludes_what_follows_it() -> None:
    assert root("a -b") == And((word("a"), Not(word("b"))))
    assert root('a -"b c" -(d OR e) -type:undangan') == And(
        (word("a"), Not(Phrase(("b", "c"))), Not(Or((word("d"), word("e")))), Not(Key("type:undangan")))
    )
    assert root("tanda-tangan") == word("tanda", "tangan")
    assert root("a - b") == And((word("a"), word("b")))
    assert root("a NOT b") == root("a -b")
    assert root("a NOT (b OR c)") == root("a -(b OR c)")


def test_numbers_and_dates_are_known_in_any_spelling() -> None:
    number = Words(("se", "7", "pb", "2012"), ("n:se7/pb/2012",))
    assert root("SE-7/PB/2012") == root("SE- 7 /PB/2012") == number
    assert root("rapat 12 Mei 2021") == And((word("rapat"), Words(("12", "mei", "2021"), ("d:2021-05-12",))))
    assert root("rapat -12/5/2021") == And(
        (word("rapat"), Not(Words(("12", "5", "2021"), ("d:2021-05-12",))))
    )
    assert root("12 OR Mei 2021") == Or((word("12"), And((word("mei"), word("2021")))))


def test_fields_that_are_equal_as_a_whole() -> None:
    assert root('unit:"Dinas  CONTOH"') == Key("unit:dinas contoh")
    assert root("jenis:Undangan") == root("type:undangan") == Key("type:undangan")
    assert root("boks:12 rak:A2") == And((Key("box:12"), Key("shelf:a2")))


def test_fields_that_hold_words() -> None:
    assert root('hal:"Rapat-rapat Kerja"') == Text("hal", ("rapat", "kerja"))
    assert root("path:2021/Surat_Masuk") == Text("path", ("2021", "surat", "masuk"))
    assert root("nomor:5/UM/2021") == Text("nomor", ("5", "um", "2021"), ("n:5/um/2021",))


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("year:2021", 20210101, 20211231),
        ("tahun:2019..2021", 20190101, 20211231),
        ("date:2020-02", 20200201, 20200229),
        ("date:2021-05-12", 20210512, 20210512),
        ("tanggal:12-05-2021", 20210512, 20210512),
        ('date:"12 Mei 2021"', 20210512, 20210512),
        ("date:2019..2021-05", 20190101, 20210531),
        ("date:..2021", 1, 20211231),
        ("date:2021-05..", 20210501, 99991231),
        ('date:"12 Mei 2021..1 Juni 2021"', 20210512, 20210601),
    ],
)
def test_dates_are_days_or_ranges(query: str, first: int, last: int) -> None:
    assert root(query) == Days(first, last)


@pytest.mark.parametrize("value", ["kemarin", "2021-13", "2021-02-30", "..", "0000", "12", "2021..kemarin"])
def test_what_is_no_date_is_said_to_be_none(value: str) -> None:
    assert "is not a date" in refused(f"date:{value}")


def test_ranges_do_not_run_backwards() -> None:
    assert "ends before it begins" in refused("date:2021..2019")


@pytest.mark.parametrize(
    "text", ["-a", "-a -b", "a OR -b", "-(a b)", "c (a OR -b)", "-(-a)", "-type:undangan"]
)
def test_a_query_that_only_excludes_is_refused(text: str) -> None:
    assert "not wanted" in refused(text)


@pytest.mark.parametrize("text", ["", "  ", "-", "– ,", "()", '""', '"," -'])
def test_a_query_without_words_is_refused(text: str) -> None:
    assert "no word" in refused(text)


def test_broken_queries_are_refused_in_plain_words() -> None:
    assert "parenthesis is not closed" in refused("a (b OR c")
    assert "has no opening one" in refused("a) b")
    assert "nothing follows “type:”" in refused("type: undangan")
    assert "nothing follows “hal:”" in refused('hal:"" a')
    assert "nothing follows “Nomor:”" in refused("rapat Nomor:")
    assert "no field “tipe”" in refused("tipe:undangan")
    assert "no field “Unti”" in refused("rapat Unti:Umum")


def test_a_quotation_mark_that_is_not_closed_ends_with_the_query() -> None:
    assert root('a "b c') == root('a "b c"') == And((word("a"), Phrase(("b", "c"))))
    assert root('type:"b c') == Key("type:b_c")
    assert root('"a b" c"') == And((Phrase(("a", "b")), word("c")))
    assert parse('"a OR b', {"unit": "x"}).root == And((Phrase(("a", "or", "b")), Key("unit:x")))


def test_an_or_with_nothing_beside_it_says_nothing() -> None:
    assert root("a OR") == root("OR a") == root("(a OR) ATAU –") == word("a")
    assert root("a OR OR b") == Or((word("a"), word("b")))
    assert "no word" in refused("OR")


def test_a_colon_may_stand_in_any_word() -> None:
    assert root("Sifat:Biasa") == word("sifat", "biasa")
    assert root("Sifat: Biasa") == And((word("sifat"), word("biasa")))
    assert root("http://contoh.go.id") == word("http", "contoh", "go", "id")
    assert root("Hari/tanggal:Senin") == word("hari", "tanggal", "senin")
    assert root("pukul 08:00") == And((word("pukul"), word("08", "00")))
    assert root("KTP-no:5 subtype:a") == And((word("ktp", "no", "5"), word("subtype", "a")))


def test_a_label_is_followed_by_its_value_as_on_a_letter() -> None:
    assert root("Nomor: 5/UM/2021") == root("nomor:5/UM/2021")
    assert root('Perihal: "rapat kerja"') == Text("hal", ("rapat", "kerja"))
    assert root("Tanggal: 12 Mei 2021") == Days(20210512, 20210512)
    assert root("a & b") == root("a / b") == And((word("a"), word("b")))


def test_a_date_needs_no_quotes() -> None:
    day, year = Days(20210512, 20210512), Days(20210101, 20211231)
    assert root("tanggal:12 Mei 2021 rapat") == And((day, word("rapat")))
    assert root("tgl:mei 2021") == root('date:"Mei 2021"') == Days(20210501, 20210531)
    assert root("tahun:2021 mei rapat") == And((year, word("mei"), word("rapat")))


def test_a_type_may_be_written_as_words() -> None:
    assert root('type:"Surat Dinas"') == root("jenis:surat-dinas") == Key("type:surat_dinas")


def test_narrowing_holds_for_all_of_a_query() -> None:
    kept = Days(20210101, 20211231), Key('unit:dinas "contoh')
    query = parse("a OR b", {"year": "2021", "unit": 'Dinas "Contoh'})
    assert query.root == And((Or((word("a"), word("b"))), *kept))
    with pytest.raises(ArsipError):
        parse("-a", {"year": "2021"})
    with pytest.raises(ArsipError):
        parse("a) OR (b", {"year": "2021"})


def test_the_fields_are_told_by_names_that_they_have() -> None:
    for language in messages.LANGUAGES:
        messages.choose(language)
        try:
            told = refused("tipe:undangan").split(": ")[1].split(", ")
        finally:
            messages.choose("en")
        assert {ALIASES.get(name, name) for name in told} == set(FIELDS)


def test_size_and_depth_are_bounded() -> None:
    assert "longer than" in refused("a" * 1001)
    assert "more than 64 words" in refused("a " * 65)
    assert len(root("a " * 64).nodes) == 64  # type: ignore[union-attr]
    assert "nested too deeply" in refused("(" * 100 + "a" + ")" * 100)
    assert "nested too deeply" in refused("-(" * 100 + "a" + ")" * 100)


def test_a_refusal_shows_no_more_than_a_short_piece_of_the_query() -> None:
    assert "9" * 21 not in refused(f"date:{'9' * 60}")


@given(st.text(alphabet='ab-"() :.O R1/type', max_size=60) | st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        outcome: Query | Failure = parse(text)
    except ArsipError as error:
        outcome = error.failure
    assert isinstance(outcome, Query) or outcome.cause == "bad-query"

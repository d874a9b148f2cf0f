"""What both engines promise (``index.contract.Index``), asked of a real one of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import TypeAlias

import pytest
from msgspec.structs import replace

from archive.types import Filter, PageRecord
from index.contract import DEEPEST_HIT, FACETS, Index
from index.elastic import ElasticIndex
from index.embedded import EmbeddedIndex
from index.entry import entry_of
from index.query import parse
from tests.index_pages import record, words_of
from tests.index_servers import fresh

Make: TypeAlias = Callable[[], Index]
ALL = Filter()


@pytest.fixture(params=["embedded", "elasticsearch_8", "elasticsearch_9"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Opens the same new index as often as it is called, as several processes would."""
    with ExitStack() as stack:
        if request.param == "embedded":
            place = tmp_path / "index"
            opened: Make = lambda: EmbeddedIndex(place)  # noqa: E731
        else:
            url = request.getfixturevalue(f"{request.param}_url")
            name = stack.enter_context(fresh(url))
            opened = lambda: ElasticIndex(url, name)  # noqa: E731

        def closing() -> Index:
            index = opened()
            stack.callback(index.close)
            return index

        yield closing


@pytest.fixture
def index(make: Make) -> Index:
    return make()


def pages(index: Index, query: str, viewer: Filter = ALL, **more: object) -> list[str]:
    return [hit.page for hit in index.find(parse(query), viewer, **more).hits]  # type: ignore[arg-type]


def test_a_new_index_is_sound_and_finds_nothing(index: Index) -> None:
    index.check()
    found = index.find(parse("surat"), ALL)
    assert (found.hits, found.documents, found.pages) == ((), 0, 0)
    assert found.facets == dict.fromkeys(FACETS, ())
    assert index.revisions() == []


def test_what_was_written_is_found_at_once_by_others(make: Make) -> None:
    reader, writer = make(), make()
    assert pages(reader, "undangan") == []
    assert writer.write([record("p1", "Surat Undangan rapat")]) == {}
    assert pages(reader, "undangan") == ["p1"]
    writer.write([record("p2", "undangan kedua")])
    assert sorted(pages(reader, "undangan")) == ["p1", "p2"]


def test_what_ocr_read_before_a_repair_is_found_as_well(index: Index) -> None:
    *others, year = record("p1", "17 Agustus 2026").words
    index.write([record("p1", words=(*others, replace(year, raw="2O26")))])
    assert pages(index, "2026") == pages(index, "2O26") == pages(index, "17-08-2026") == ["p1"]


def test_no_code_is_made_of_the_end_of_a_page_and_what_was_read_before_a_repair(index: Index) -> None:
    day, month, year, *others = record("p1", "3 Mei 2026 Cendana 17 Agustus").words
    index.write([record("p1", words=(day, month, replace(year, raw="2O26"), *others))])
    assert pages(index, "3-5-2026") == pages(index, "agustus") == ["p1"]
    assert pages(index, "17-8-2026") == []


def test_what_stands_in_logos_is_found_as_well_and_no_code_is_made_of_it_and_the_text(index: Index) -> None:
    aside = words_of("2026 RUMPUT HIJAU\n9/UM/2026")
    index.write([record("p1", "17 Agustus", aside=aside)])
    for query in ("rumput", '"rumput hijau"', "9/UM/2026", "agustus"):
        assert pages(index, query) == ["p1"], query
    assert pages(index, "17-8-2026") == []


def test_an_older_revision_never_overwrites_a_newer(index: Index) -> None:
    index.write([record("p1", "baru", revision=3)])
    assert index.write([record("p1", "lama", revision=2)]) == {}
    assert pages(index, "lama") == []
    (hit,) = index.find(parse("baru"), ALL).hits
    assert (hit.page, hit.document, hit.revision) == ("p1", "d-p1", 3)


def test_the_newest_of_one_batch_stays_whatever_its_place(index: Index) -> None:
    index.write([record("p1", "dua", revision=2), record("p1", "tiga", revision=3), record("p1", "satu")])
    assert pages(index, "tiga") == ["p1"]
    assert pages(index, "satu OR dua") == []
    assert index.revisions() == [("p1", 3)]


def test_an_equal_revision_is_written_again(index: Index) -> None:
    index.write([record("p1", "rusak", revision=2)])
    index.write([record("p1", "utuh", revision=2)])
    assert pages(index, "utuh") == ["p1"]
    assert index.find(parse("utuh OR rusak"), ALL).pages == 1


def test_a_page_that_cannot_be_analysed_stops_no_other(index: Index) -> None:
    broken = record("p1", words=(("not", "a", "word"),))
    failures = index.write([broken, record("p2", "surat")])
    assert set(failures) == {"p1"}
    assert failures["p1"].cause == "unexpected"
    assert pages(index, "surat") == ["p2"]


def test_text_that_utf8_cannot_carry_is_no_failure(index: Index) -> None:
    path = b"kotak/\xff\xfe.tif".decode("utf-8", "surrogateescape")
    assert index.write([record("p1", "surat \udcff \x00 \U0001f4c4", path=path, batch="\udcfe")]) == {}
    assert pages(index, "surat path:kotak") == ["p1"]


def test_all_words_must_stand_on_one_page_or_in_its_path(index: Index) -> None:
    index.write(
        [
            record("p1", "surat", document="d"),
            record("p2", "undangan", document="d"),
            record("p3", "undangan", path="2021/Surat Masuk/x.tif"),
        ]
    )
    assert pages(index, "surat undangan") == ["p3"]
    assert sorted(pages(index, "surat")) == ["p1", "p3"]
    assert pages(index, '"surat masuk"') == []
    assert pages(index, 'path:"surat masuk"') == ["p3"]


def test_phrases_go_over_line_ends_and_divided_words(index: Index) -> None:
    index.write([record("p1", "dari pemerin-\ntah daerah\nKabupaten Contoh")])
    assert pages(index, '"pemerintah daerah kabupaten"') == ["p1"]
    assert pages(index, '"daerah pemerintah"') == []


def test_numbers_and_dates_are_found_in_every_spelling(index: Index) -> None:
    index.write([record("p1", "No. SE-7lPBl2012 tanggal 12 Nopember 2021")])
    for query in ("SE-7/PB/2012", "SE 7/PB/2012", "se.7/pb/2012", "12-11-2021", "12/11/2021", "12 Nov 2021"):
        assert pages(index, query) == ["p1"], query
    assert pages(index, "13-11-2021") == []


def test_what_people_type_and_paste_is_understood(index: Index) -> None:
    letter = record("p1", "Nomor : 5/UM/2021\nSifat : Biasa\nHal : Undangan rapat", type="surat_dinas")
    index.write([letter, record("p2", "Sifat : Penting\nrapat kerja https://contoh.go.id/a")])
    for query in (
        "Sifat:Biasa",
        "Sifat: Biasa",
        "“undangan rapat",
        "biasa OR",
        "rapat NOT kerja",
        "biasa & rapat",
    ):
        assert pages(index, query) == ["p1"], query
    for query in ('type:"Surat Dinas"', "5/UM/2021 /"):
        assert pages(index, query) == ["p1"], query
    assert pages(index, "https://contoh.go.id/a") == ["p2"]


def test_withdrawn_pages_are_nowhere(index: Index) -> None:
    index.write([record("p1", "surat", type="undangan", withdrawn=True), record("p2", "surat")])
    found = index.find(parse("surat"), ALL)
    assert [hit.page for hit in found.hits] == ["p2"]
    assert (found.documents, found.pages, found.facets["type"]) == (1, 1, ())
    assert index.revisions() == [("p1", 1), ("p2", 1)]
    index.write([record("p1", "surat", revision=2)])
    assert sorted(pages(index, "surat")) == ["p1", "p2"]


def test_what_a_viewer_may_not_see_is_in_no_number(index: Index) -> None:
    index.write(
        [
            record("p1", "surat", unit="umum", type="undangan"),
            record("p2", "surat", unit="Umum", type="keputusan"),
            record("p3", "surat", unit="umum", type="nota_dinas", security="R"),
        ]
    )
    viewer = Filter(units=frozenset({"umum"}), classes=frozenset({"B"}))
    found = index.find(parse("surat"), viewer)
    assert [hit.page for hit in found.hits] == ["p1"]
    assert (found.documents, found.pages) == (1, 1)
    assert [facet.value for facet in found.facets["type"]] == ["undangan"]
    assert pages(index, "unit:UMUM", viewer) == ["p1"]
    assert pages(index, "surat", Filter(units=frozenset())) == []


def test_facets_count_documents(index: Index) -> None:
    index.write(
        [record(f"a{at}", "surat", document="d1", type="undangan", date="2021-05-12") for at in range(3)]
        + [record("b", "surat", document="d2", type="undangan", date="2020-01-01")]
        + [record("c", "surat", document="d3", type="keputusan", date="2021-01-01")]
        + [record("d", "surat", document="d4")]
    )
    found = index.find(parse("surat"), ALL, limit=1)
    assert (found.documents, found.pages, len(found.hits)) == (4, 6, 1)
    assert [(f.value, f.documents) for f in found.facets["type"]] == [("undangan", 2), ("keputusan", 1)]
    assert [(f.value, f.documents) for f in found.facets["year"]] == [("2021", 2), ("2020", 1)]
    assert [(f.value, f.documents) for f in found.facets["batch"]] == [("kotak-1", 4)]


def test_hits_come_in_one_order_and_in_windows(index: Index) -> None:
    index.write(
        [
            record("p1", "surat surat surat", date="2020-01-01", path="b.tif"),
            record("p2", "surat lain lagi", date="2021-01-01", path="a.tif", number=2),
            record("p4", "surat lain lagi", path="c.tif"),
            record("p3", "surat lain lagi", date="2021-01-01", path="a.tif", number=1),
        ]
    )
    assert pages(index, "surat") == ["p1", "p2", "p3", "p4"]
    assert pages(index, "surat", sort="date") == ["p3", "p2", "p1", "p4"]
    assert pages(index, "surat", sort="path") == ["p3", "p2", "p1", "p4"]
    assert pages(index, "batch:kotak-1") == ["p1", "p2", "p3", "p4"]
    for sort in ("relevance", "date", "path"):
        whole = pages(index, "surat", sort=sort)
        parts = [pages(index, "surat", sort=sort, limit=1, offset=at) for at in range(5)]
        assert parts == [[page] for page in whole] + [[]]


def test_confidence_narrows_the_search(index: Index) -> None:
    index.write([record("p1", "surat", confidence=0.7), record("p2", "surat", confidence=0.3)])
    assert pages(index, "surat", min_confidence=0.7) == ["p1"]
    assert index.find(parse("surat"), ALL, min_confidence=0.71).documents == 0


def test_windows_too_deep_are_refused(index: Index) -> None:
    with pytest.raises(ValueError, match="not within"):
        index.find(parse("surat"), ALL, limit=1, offset=DEEPEST_HIT)


def test_no_limit_still_gives_numbers(index: Index) -> None:
    index.write([record("p1", "surat", type="undangan")])
    found = index.find(parse("surat"), ALL, limit=0)
    assert (found.hits, found.pages, len(found.facets["type"])) == ((), 1, 1)


def test_a_walk_over_all_revisions_meets_each_page_once(index: Index) -> None:
    """Ids that share their first bytes are the hard case: the embedded index orders by those first."""
    expected = sorted(
        [(f"aaaaaaaaaaaa{at:03d}", at + 1) for at in range(40)] + [(f"{at:03d}", 1) for at in range(0, 90, 7)]
    )
    index.write([record(page, "x", revision=revision) for page, revision in reversed(expected)])
    walked: list[tuple[str, int]] = []
    while step := index.revisions(walked[-1][0] if walked else None, limit=7):
        assert len(step) <= 7
        walked += step
    assert walked == expected


def test_removed_pages_are_gone_whatever_their_revision(index: Index) -> None:
    index.write([record("p1", "surat", revision=7), record("p2", "surat")])
    index.remove(["p1", "never there"])
    index.remove([])
    assert pages(index, "surat") == ["p2"]
    assert index.revisions() == [("p2", 1)]


def test_long_words_and_empty_pages_are_no_trouble(index: Index) -> None:
    long = "x" * 5000
    assert index.write([record("p1", f"{long} surat {long}"), record("p2", "")]) == {}
    assert pages(index, '"surat"') == ["p1"]
    assert pages(index, "x" * 900) == ["p1"]
    assert [page for page, _revision in index.revisions()] == ["p1", "p2"]


def test_twenty_writers_at_once_lose_nothing(make: Make) -> None:
    """Each writes its own page, and all of them one page at different revisions."""

    def write(at: int) -> None:
        batch: list[PageRecord] = [record(f"p{at:02d}", "surat"), record("shared", f"w{at}", revision=at + 1)]
        assert make().write(batch) == {}

    threads = [Thread(target=write, args=(at,)) for at in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    index = make()
    assert index.find(parse("surat"), ALL).pages == 20
    assert dict(index.revisions())["shared"] == 20
    assert pages(index, "w19") == ["shared"]
    assert index.find(parse(" OR ".join(f"w{at}" for at in range(19))), ALL).pages == 0


def test_pages_of_one_score_stand_in_the_order_of_their_ids(index: Index) -> None:
    """Ids that differ early, late, and not before their seventeenth letter."""
    ids = [f"{early}aaaaaaaaaaaaaaa{late}" for early in "bac" for late in ("z", "y", "", "xb", "xa")]
    index.write([record(page, "surat") for page in ids] + [record("best", "surat surat")])
    for at in range(0, len(ids), 4):
        assert pages(index, "surat", offset=at + 1, limit=4) == sorted(ids)[at : at + 4]
    assert pages(index, "surat", limit=1) == ["best"]


def test_a_document_that_is_half_written_again_counts_once(index: Index) -> None:
    index.write([record(page, "surat", document="d1") for page in ("p1", "p2")] + [record("p3", "surat")])
    index.write([record("p1", "surat", document="d1", revision=2, type="undangan")])
    found = index.find(parse("surat"), ALL)
    assert (found.documents, found.pages) == (2, 3)
    assert [(facet.value, facet.documents) for facet in found.facets["type"]] == [("undangan", 1)]
    assert [(facet.value, facet.documents) for facet in found.facets["batch"]] == [("kotak-1", 2)]


def test_the_name_of_the_imported_folder_is_found(index: Index) -> None:
    index.write([record("p1", "isi", folder="Boks 12 Surat Keluar 1998", path="a.tif"), record("p2", "isi")])
    assert pages(index, "keluar 1998") == ["p1"]
    assert pages(index, "path:boks") == ["p1"]


def test_paths_are_in_the_order_of_their_numbers(index: Index) -> None:
    for page, path in (("p1", "hal10.tif"), ("p2", "Hal2.tif"), ("p3", "hal1.tif"), ("p4", "hal1/b.tif")):
        index.write([record(page, "isi", path=path)])
    found = index.find(parse("isi"), Filter(), sort="path")
    assert [hit.page for hit in found.hits] == ["p3", "p4", "p2", "p1"], "hal1/b.tif, Hal2.tif, hal10.tif"


def test_a_generation_is_filled_beside_the_one_in_use_and_taken_into_use(make: Make) -> None:
    index, other = make(), make()
    index.write([record("p1", "lama"), record("p2", "lama")])
    beside = index.next()
    assert beside.put([entry_of(record("p1", "baru", revision=2))]) == {}
    assert beside.revisions() == [("p1", 2)]
    assert pages(index, "lama") == pages(other, "lama") == ["p1", "p2"]
    beside.adopt()
    for each in (index, other, make()):
        assert pages(each, "lama OR baru") == ["p1"]
        assert each.revisions() == [("p1", 2)]
        each.check()
    other.write([record("p3", "lama")])
    assert pages(index, "lama") == ["p3"]
    beside.adopt()
    assert pages(index, "lama OR baru") == ["p1", "p3"]


def test_a_generation_that_was_begun_goes_on(make: Make) -> None:
    make().next().put([entry_of(record("p1", "baru"))])
    beside = make().next()
    assert beside.revisions() == [("p1", 1)]
    beside.put([entry_of(record("p1", "lama", revision=0)), entry_of(record("p2", "baru"))])
    assert beside.revisions() == [("p1", 1), ("p2", 1)]
    assert make().revisions() == []


def test_each_rebuild_begins_anew_and_only_one_old_generation_is_kept(make: Make) -> None:
    index = make()
    index.write([record("p0", "surat")])
    for at in range(1, 4):
        beside = index.next()
        assert beside.revisions() == []
        beside.put([entry_of(record(f"p{at}", "surat"))])
        beside.adopt()
        assert pages(index, "surat") == [f"p{at}"]
        index.write([record("later", "kemudian", revision=at)])
        assert index.revisions() == [("later", at), (f"p{at}", 1)]


def test_writers_go_on_while_generations_change(make: Make) -> None:
    """What is written before the change may be in the old one; what is written after it is in the new."""
    done = Event()
    acknowledged: list[str] = []

    def write() -> None:
        index = make()
        while not done.is_set():
            page = f"p{len(acknowledged):06d}"
            assert index.write([record(page, "surat")]) == {}
            acknowledged.append(page)

    writer = Thread(target=write)
    writer.start()
    index = make()
    before = []
    for _round in range(3):
        beside = index.next()
        beside.adopt()
        before.append(len(acknowledged))
        while len(acknowledged) < before[-1] + 5:
            assert writer.is_alive()
            sleep(0.01)
    done.set()
    writer.join()
    kept = [page for page, _revision in index.revisions(limit=10_000)]
    assert set(acknowledged[before[-1] + 1 :]) <= set(kept)
    assert set(kept) <= set(acknowledged)

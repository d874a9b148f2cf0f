"""The whole of a search: hits on their pages, through the eyes of a viewer, with the catalog as the truth."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from msgspec import structs

from archive.errors import ArsipError
from archive.types import (
    Filter,
    Homography,
    PageRecord,
    PageText,
    PageView,
    Prepared,
    Quality,
    Source,
    Turn,
    Viewer,
)
from index.embedded import EmbeddedIndex
from search import Results, search
from tests.index_pages import record, words_of

EVERYBODY = Viewer("tata usaha", Filter())
UPRIGHT = Prepared(
    width=1000,
    height=1400,
    dpi=300,
    turn=0,
    to_shown=Homography(),
    origin="frame",
    quality=Quality(sharpness=1, contrast=1, skew_degrees=0, ink=0.1, blank=False),
    steps=(),
)


class Catalog:
    """Views in a dict, as a catalog would give them."""

    def __init__(self, views: Sequence[PageView]) -> None:
        self.kept = {view.page: view for view in views}
        self.asked: list[str] = []

    def views(self, page_ids: Sequence[str]) -> Mapping[str, PageView]:
        self.asked += page_ids
        return {page: self.kept[page] for page in page_ids if page in self.kept}


def view_of(record: PageRecord, turn: Turn = 0, prepared: Prepared | None = UPRIGHT) -> PageView:
    shared = set(PageView.__struct_fields__) & set(PageRecord.__struct_fields__)
    sure = record.confidence
    text = PageText(record.words, "ocr", "none", "", "", turn=turn, confidence=sure, aside=record.aside)
    source = Source("a.tif", "0" * 64, "image/tiff", 0)
    fields = {name: getattr(record, name) for name in shared}
    return PageView(**fields, source=source, prepared=prepared, text=text)


PAGES = [
    record(
        "p1",
        "Surat Undangan\nrapat 12 Mei 2021",
        document="d1",
        path="2021/surat 1.pdf",
        type="undangan",
        date="2021-05-12",
        nomor="005/12/UM/2021",
        hal="Undangan rapat",
        pages=2,
        confidence=0.8,
    ),
    record("p2", "lampiran surat", document="d1", path="2021/surat 1.pdf", number=2, pages=2),
    record("p3", "surat rahasia", document="d2", security="R"),
]


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    made = EmbeddedIndex(tmp_path)
    assert made.write(PAGES) == {}
    return made


@pytest.fixture
def catalog() -> Catalog:
    return Catalog([view_of(page) for page in PAGES])


def found(results: Results) -> set[str]:
    return {hit.page for hit in results.hits}


def test_a_hit_says_where_the_page_is_and_what_was_met(index: EmbeddedIndex, catalog: Catalog) -> None:
    results = search("undangan 12-05-2021", EVERYBODY, index=index, catalog=catalog)
    (hit,) = results.hits
    assert (results.documents, results.pages) == (1, 1)
    assert (hit.document, hit.page, hit.number, hit.pages) == ("d1", "p1", 1, 2)
    assert (hit.path, hit.type, hit.date) == ("2021/surat 1.pdf", "undangan", "2021-05-12")
    assert (hit.nomor, hit.hal) == ("005/12/UM/2021", "Undangan rapat")
    assert (hit.batch, hit.unit, hit.box, hit.shelf) == ("kotak-1", "Bagian Umum", "1", "A2")
    assert hit.confidence == 0.8
    assert hit.snippet.plain() == "Surat «Undangan» rapat «12 Mei 2021»"
    expected = [PAGES[0].words[at].box for at in (1, 3, 4, 5)]
    assert [structs.astuple(box) for box in hit.boxes] == [
        pytest.approx(structs.astuple(b)) for b in expected
    ]


def test_documents_are_counted_once_and_facets_come_along(index: EmbeddedIndex, catalog: Catalog) -> None:
    results = search("surat", EVERYBODY, index=index, catalog=catalog)
    assert (results.documents, results.pages) == (2, 3)
    assert [(facet.value, facet.documents) for facet in results.facets["type"]] == [("undangan", 1)]


def test_a_hit_by_its_path_alone_has_no_boxes(index: EmbeddedIndex, catalog: Catalog) -> None:
    results = search("pdf", EVERYBODY, index=index, catalog=catalog)
    assert found(results) == {"p1", "p2"}
    assert all(hit.boxes == () for hit in results.hits)
    assert all(not marked for hit in results.hits for _text, marked in hit.snippet.parts)


def test_a_hit_in_a_logo_is_shown_where_it_stands(tmp_path: Path) -> None:
    page = record("p1", "surat masuk", aside=words_of("\n\n\nRUMPUT HIJAU"))
    index = EmbeddedIndex(tmp_path)
    index.write([page])
    (hit,) = search("hijau", EVERYBODY, index=index, catalog=Catalog([view_of(page)])).hits
    assert hit.snippet.plain() == "surat masuk RUMPUT «HIJAU»"
    (box,) = hit.boxes
    assert structs.astuple(box) == pytest.approx(structs.astuple(page.aside[1].box))


def test_boxes_are_turned_with_the_page(index: EmbeddedIndex) -> None:
    catalog = Catalog([view_of(PAGES[2], turn=180)])
    (hit,) = search("rahasia", EVERYBODY, index=index, catalog=catalog).hits
    assert structs.astuple(hit.boxes[0]) == pytest.approx((0.05, 0.0, 0.04, 0.04))
    shifted = structs.replace(UPRIGHT, to_shown=Homography(0.5, 0, 0.25, 0, 1, 0))
    catalog = Catalog([view_of(PAGES[2], prepared=shifted)])
    (hit,) = search("rahasia", EVERYBODY, index=index, catalog=catalog).hits
    assert structs.astuple(hit.boxes[0]) == pytest.approx((0.275, 0.0, 0.02, 0.04))


def test_a_viewer_sees_only_what_he_may(index: EmbeddedIndex, catalog: Catalog) -> None:
    clerk = Viewer("tamu", Filter(units=frozenset({"Bagian Umum"}), classes=frozenset({"B"})))
    results = search("surat", clerk, index=index, catalog=catalog)
    assert found(results) == {"p1", "p2"}
    assert (results.documents, results.pages) == (1, 2)
    assert "p3" not in catalog.asked
    stranger = Viewer("lain", Filter(units=frozenset({"Dinas Contoh"})))
    assert search("surat", stranger, index=index, catalog=catalog).pages == 0


def test_the_catalog_is_the_truth(index: EmbeddedIndex, catalog: Catalog) -> None:
    """Withdrawn, gone, and made secret since the index heard of the page."""
    clerk = Viewer("tamu", Filter(classes=frozenset({"B", "R"})))
    assert found(search("surat", clerk, index=index, catalog=catalog)) == {"p1", "p2", "p3"}
    catalog.kept["p1"] = structs.replace(catalog.kept["p1"], withdrawn=True)
    catalog.kept["p3"] = structs.replace(catalog.kept["p3"], security="SR")
    assert found(search("surat", clerk, index=index, catalog=catalog)) == {"p2"}
    del catalog.kept["p2"]
    assert found(search("surat", clerk, index=index, catalog=catalog)) == set()


def test_a_page_whose_text_is_being_made_again_is_still_a_hit(index: EmbeddedIndex) -> None:
    bare = structs.replace(view_of(PAGES[0]), text=None, prepared=None)
    (hit,) = search("undangan", EVERYBODY, index=index, catalog=Catalog([bare])).hits
    assert (hit.boxes, hit.confidence, hit.snippet.parts) == ((), 0.0, ())


def test_order_window_and_confidence_are_handed_on(index: EmbeddedIndex, catalog: Catalog) -> None:
    by_path = search("surat", EVERYBODY, index=index, catalog=catalog, sort="path", limit=2)
    assert [hit.page for hit in by_path.hits] == ["p1", "p2"]
    rest = search("surat", EVERYBODY, index=index, catalog=catalog, sort="path", limit=2, offset=2)
    assert [hit.page for hit in rest.hits] == ["p3"]
    assert found(search("surat", EVERYBODY, index=index, catalog=catalog, min_confidence=0.85)) == {
        "p2",
        "p3",
    }


def test_a_bad_query_asks_nobody(index: EmbeddedIndex, catalog: Catalog) -> None:
    with pytest.raises(ArsipError) as error:
        search("(surat", EVERYBODY, index=index, catalog=catalog)
    assert re.fullmatch("the query cannot be understood: .+", error.value.failure.message())
    assert catalog.asked == []

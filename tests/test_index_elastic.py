"""The served index: a server that is away, a name that is taken, what is kept for other people's tools."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from elasticsearch import Elasticsearch, NotFoundError

from archive.errors import ArsipError
from archive.types import Filter
from index import elastic_query
from index.elastic import ElasticIndex
from index.query import parse
from tests.index_pages import record, records
from tests.index_servers import fresh

ALL = Filter()


@pytest.fixture(scope="module", params=["elasticsearch_8_url", "elasticsearch_9_url"])
def elasticsearch_url(request: pytest.FixtureRequest) -> str:
    """That of each version, one after the other."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def name(elasticsearch_url: str) -> Iterator[str]:
    with fresh(elasticsearch_url) as made:
        yield made


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as made:
        yield made


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    port = closed_port()
    index = ElasticIndex(f"http://arsip:rahasia@127.0.0.1:{port}")
    for call in (
        index.check,
        index.revisions,
        lambda: index.write([record("p1", "surat")]),
        lambda: index.find(parse("surat"), ALL),
    ):
        with pytest.raises(ArsipError) as error:
            call()
        assert error.value.failure.cause == "index-unreachable"
        assert error.value.failure.details == {"where": f"http://127.0.0.1:{port}"}
    index.close()


@pytest.mark.parametrize("url", ["localhost:9200", "not a url", "ftp://host:1"])
def test_an_address_that_is_none_is_named_as_such(url: str) -> None:
    with pytest.raises(ArsipError) as error:
        ElasticIndex(url)
    assert error.value.failure.cause == "index-broken"


def test_what_is_not_elasticsearch_is_named_as_such() -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        index = ElasticIndex(f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(ArsipError) as error:
            index.check()
        server.shutdown()
        index.close()
    assert error.value.failure.details["problem"] == "what answers there is not Elasticsearch"


def test_a_name_that_something_else_has_is_left_alone(
    elasticsearch_url: str, client: Elasticsearch, name: str
) -> None:
    client.indices.create(index=f"{name}-1", aliases={name: {}})
    index = ElasticIndex(elasticsearch_url, name)
    with pytest.raises(ArsipError) as error:
        index.write([record("p1", "surat")])
    assert "is taken by something else" in str(error.value.failure.details["problem"])
    assert client.indices.get_mapping(index=name)[f"{name}-1"]["mappings"] == {}
    index.close()


def test_the_index_of_another_version_is_named_as_such(
    elasticsearch_url: str, client: Elasticsearch, name: str
) -> None:
    client.indices.create(index=f"{name}-1", aliases={name: {}}, mappings={"_meta": {"arsip": 0}})
    index = ElasticIndex(elasticsearch_url, name)
    with pytest.raises(ArsipError) as error:
        index.check()
    assert error.value.failure.details["problem"] == "it was made by another version; rebuild it"
    index.close()


def test_what_has_the_name_of_the_next_generation_is_left_alone(
    elasticsearch_url: str, client: Elasticsearch, name: str
) -> None:
    index = ElasticIndex(elasticsearch_url, name)
    index.write([record("p1", "surat")])
    client.indices.create(index=f"{name}-2", mappings={"properties": {"theirs": {"type": "keyword"}}})
    with pytest.raises(ArsipError) as error:
        index.next()
    assert error.value.failure.details["problem"] == f"the name “{name}-2” is taken by something else"
    assert "theirs" in client.indices.get_mapping(index=f"{name}-2")[f"{name}-2"]["mappings"]["properties"]
    assert index.find(parse("surat"), ALL).pages == 1
    index.close()


def test_a_generation_of_another_version_is_left_for_a_new_one(
    elasticsearch_url: str, client: Elasticsearch, name: str
) -> None:
    for number in (1, 2):
        client.indices.create(index=f"{name}-{number}", mappings={"_meta": {"arsip": 0}})
    client.indices.update_aliases(actions=[{"add": {"index": f"{name}-1", "alias": name}}])
    index = ElasticIndex(elasticsearch_url, name)
    beside = index.next()
    beside.write([record("p1", "surat")])
    beside.adopt()
    assert index.find(parse("surat"), ALL).pages == 1
    settings = client.indices.get_settings(index=name)[f"{name}-2"]["settings"]["index"]
    assert not {"refresh_interval", "translog"} & set(settings)
    assert settings["auto_expand_replicas"] == "0-1"
    index.close()


def test_an_index_that_lost_its_name_gets_it_back_by_a_rebuild(
    elasticsearch_url: str, client: Elasticsearch, name: str
) -> None:
    index = ElasticIndex(elasticsearch_url, name)
    index.write([record("p1", "surat")])
    client.indices.update_aliases(actions=[{"remove": {"index": f"{name}-1", "alias": name}}])
    with pytest.raises(ArsipError) as error:
        ElasticIndex(elasticsearch_url, name).check()
    assert error.value.failure.details["problem"] == f"the name “{name}” stands for no index; rebuild it"
    index.next().adopt()
    index.check()
    index.close()


def test_the_template_gives_our_mapping_to_copies_and_makes_none_by_itself(
    elasticsearch_url: str, client: Elasticsearch, name: str
) -> None:
    index = ElasticIndex(elasticsearch_url, name)
    index.check()
    ours = client.indices.get_mapping(index=name)[f"{name}-1"]["mappings"]
    client.indices.create(index=f"{name}-7")
    assert client.indices.get_mapping(index=f"{name}-7")[f"{name}-7"]["mappings"] == ours
    with pytest.raises(NotFoundError):
        client.index(index=f"{name}-8", document={"page": "p1"})
    client.indices.create(index=f"{name}-other")
    assert client.indices.get_mapping(index=f"{name}-other")[f"{name}-other"]["mappings"] == {}
    index.close()


def test_an_index_deleted_under_us_is_never_made_anew_by_the_server(
    elasticsearch_url: str, client: Elasticsearch, name: str
) -> None:
    index = ElasticIndex(elasticsearch_url, name)
    index.write([record("p1", "surat")])
    client.indices.delete(index=f"{name}-1")
    with pytest.raises(ArsipError) as error:
        index.write([record("p2", "surat")])
    assert error.value.failure.details["problem"] == "it was deleted on the server; rebuild it"
    assert not client.indices.exists(index=name)
    assert index.write([record("p2", "surat")]) == {}
    assert index.find(parse("surat"), ALL).pages == 1
    client.indices.delete(index=f"{name}-1")
    with pytest.raises(ArsipError) as error:
        index.find(parse("surat"), ALL)
    assert error.value.failure.cause == "index-broken"
    index.close()


def test_one_page_that_the_server_refuses_stops_no_other(elasticsearch_url: str, name: str) -> None:
    index = ElasticIndex(elasticsearch_url, name)
    failures = index.write([record("p1", "surat", batch="x" * 40_000), record("p2", "surat")])
    assert set(failures) == {"p1"}
    assert failures["p1"].details == {"kind": "document_parsing_exception", "where": "elasticsearch"}
    assert [hit.page for hit in index.find(parse("surat"), ALL).hits] == ["p2"]
    index.close()


def test_other_tools_find_the_plain_text(elasticsearch_url: str, client: Elasticsearch, name: str) -> None:
    index = ElasticIndex(elasticsearch_url, name)
    index.write([record("p1", "Surat Undangan\nNomor 005/12/UM", revision=7)])
    kept = client.search(index=name, query={"match": {"text": "undangan"}})["hits"]["hits"]
    assert kept[0]["_source"]["text"] == "Surat Undangan\nNomor 005/12/UM"
    assert kept[0]["_source"]["revision"] == 7
    index.close()


def test_more_documents_than_can_be_counted_are_estimated(
    elasticsearch_url: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = ElasticIndex(elasticsearch_url, name)
    index.write(records(400))
    exact = index.find(parse("year:2018..2022 OR batch:kotak-1"), ALL, limit=1)
    monkeypatch.setattr(elastic_query, "MOST_COUNTED", 10)
    near = index.find(parse("year:2018..2022 OR batch:kotak-1"), ALL, limit=1)
    assert exact.documents > 50
    assert near.documents == pytest.approx(exact.documents, rel=0.05)
    assert len(near.facets["batch"]) == len(exact.facets["batch"]) == 5
    index.close()

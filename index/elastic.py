"""The index of the served profile: Elasticsearch 8.19 or 9, through the client that speaks to both.

The name given is an alias; behind it stands one index with a strict mapping, marked as ours in ``_meta``.
Writing insists on the alias, so that a lost index is never made anew by the server with a guessed mapping.
The page's revision is Elasticsearch's external version, its fence: a conflict means that something newer
is there already.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from elastic_transport import SerializationError, TransportError
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, UnsupportedProductError
from elasticsearch.helpers import streaming_bulk
from msgspec import structs

from archive.errors import INDEX_BROKEN, INDEX_UNREACHABLE, UNEXPECTED, ArsipError, Failure
from archive.messages import _
from archive.types import Filter, PageRecord
from archive.urls import shown
from index.contract import FACETS, Facet, Found, Hit, Sort, checked_window
from index.elastic_query import (
    WANTED,
    Body,
    counting,
    engine_query,
    estimating,
    facet_body,
    hits_body,
    too_many,
)
from index.entry import SCHEMA, Entry, newest_entries
from index.query import Query

_CHUNK_BYTES = 10_000_000
_RETRIES = 4
_BUSY = (429, 502, 503, 504)

_KEYWORDS = ("page", "document", *FACETS, "security", "keys", "by_date", "by_path")
_MAPPING: Body = {
    "dynamic": "strict",
    "_meta": {"arsip": SCHEMA},
    "properties": {
        **{name: {"type": "keyword"} for name in _KEYWORDS},
        **{
            name: {"type": "text", "analyzer": "whitespace"}
            for name in ("forms", "stems", "path", "hal", "nomor")
        },
        "text": {"type": "text"},
        "revision": {"type": "long"},
        "day": {"type": "integer"},
        "confidence": {"type": "double"},
        "withdrawn": {"type": "boolean"},
    },
}


class ElasticIndex:
    """The index on a server. A user and password, in ``url`` or apart, are never shown.

    See ``contract.Index``. Written pages are made searchable at once (``refresh``), which costs a little
    for each call of ``write``: write many pages at a time.
    """

    def __init__(
        self,
        url: str,
        name: str = "arsip",
        *,
        user: str = "",
        password: str = "",
        api_key: str = "",
        ca: str = "",
        timeout_seconds: float = 30.0,
    ) -> None:
        self._name = name
        self._where = shown(url)
        who: dict[str, Any] = {}
        if api_key:
            who["api_key"] = api_key
        elif user:
            who["basic_auth"] = (user, password)
        if ca:
            who["ca_certs"] = ca
        self._client = self._connected(url, who, timeout_seconds)
        self._guard = threading.Lock()
        self._ready = False

    def write(self, records: Sequence[PageRecord]) -> dict[str, Failure]:
        """See ``contract.Index.write``."""
        entries, failures = newest_entries(records)
        if entries:
            with self._translated():
                self._ensure()
                failures.update(self._bulk(entries.values()))
        return failures

    def find(
        self,
        query: Query,
        viewer: Filter,
        *,
        min_confidence: float = 0.0,
        sort: Sort = "relevance",
        limit: int = 20,
        offset: int = 0,
    ) -> Found:
        """See ``contract.Index.find``. Documents are counted exactly up to MOST_COUNTED, beyond estimated."""
        checked_window(limit, offset)
        engine = engine_query(query, viewer, min_confidence)
        hits = hits_body(engine, sort, offset, limit)
        with self._translated():
            self._ensure()
            answers = self._ask(
                [hits | counting(), *(facet_body(engine, name, counting()) for name in FACETS)]
            )
            if any(map(too_many, answers)):
                rough = estimating()
                answers = self._ask([hits | rough, *(facet_body(engine, name, rough) for name in FACETS)])
        return Found(
            hits=tuple(_hit(hit) for hit in answers[0]["hits"].get("hits", [])),
            documents=_count(answers[0]["aggregations"]),
            pages=answers[0]["hits"]["total"]["value"],
            facets={name: _values(answer) for name, answer in zip(FACETS, answers[1:], strict=True)},
        )

    def revisions(
        self, after: str | None = None, limit: int = 1000, *, only_withdrawn: bool = False
    ) -> list[tuple[str, int]]:
        """See ``contract.Index.revisions``; ``limit`` is at most 10,000."""
        body: Body = {"size": limit, "sort": [{"page": "asc"}], "_source": False, "version": True}
        if after is not None:
            body["search_after"] = [after]
        if only_withdrawn:
            body["query"] = {"term": {"withdrawn": True}}
        with self._translated():
            self._ensure()
            (answer,) = self._ask([body])
        return [(hit["_id"], hit["_version"]) for hit in answer["hits"].get("hits", [])]

    def count(self) -> int:
        """See ``contract.Index.count``."""
        with self._translated():
            self._ensure()
            return int(self._client.count(index=self._name)["count"])

    def remove(self, pages: Sequence[str]) -> None:
        """See ``contract.Index.remove``."""
        with self._translated():
            self._ensure()
            for answer in self._sent({"_op_type": "delete", "_id": page} for page in pages):
                if answer["status"] not in (200, 404):
                    raise self._refusal(answer["status"])

    def check(self) -> None:
        """See ``contract.Index.check``: the server answers, the index is ours, and all of it is there."""
        with self._translated():
            self._ready = False
            self._ensure()
            health = self._client.cluster.health(index=self._name)
        if health["status"] == "red":
            raise self._broken(_("a part of it is missing on the server"))

    def close(self) -> None:
        """See ``contract.Index.close``."""
        self._client.close()

    def _connected(self, url: str, who: dict[str, Any], timeout_seconds: float) -> Elasticsearch:
        """A client; nothing is asked of the server yet."""
        try:
            if urlsplit(url).scheme not in ("http", "https"):
                raise ValueError("neither http nor https")
            return Elasticsearch(
                url,
                **who,
                request_timeout=timeout_seconds,
                max_retries=2,
                retry_on_timeout=True,
            )
        except ValueError:
            raise self._broken(_("its address must look like http://server:9200")) from None

    def _bulk(self, entries: Iterable[Entry]) -> dict[str, Failure]:
        """Send the entries; a newer revision that is there is as good."""
        failures = {}
        actions = (
            {
                "_id": entry.page,
                "version": entry.revision,
                "version_type": "external_gte",
                "_source": structs.asdict(entry),
            }
            for entry in entries
        )
        for answer in self._sent(actions):
            if answer["status"] not in (200, 201, 409):
                failures[answer["_id"]] = _refused(answer)
        return failures

    def _sent(self, actions: Iterable[Body]) -> Iterator[Body]:
        """Send actions and give each one's answer; a busy server is asked again. Raises where it stays so."""
        outcomes = streaming_bulk(
            self._client,
            actions,
            max_chunk_bytes=_CHUNK_BYTES,
            raise_on_error=False,
            max_retries=_RETRIES,
            initial_backoff=0.5,
            retry_on_status=_BUSY,
            index=self._name,
            require_alias=True,
            refresh=True,
        )
        for _done, outcome in outcomes:
            (answer,) = outcome.values()
            if answer["status"] in _BUSY:
                raise ArsipError(INDEX_UNREACHABLE, where=self._where)
            if answer["status"] == 404 and answer.get("result") != "not_found":
                self._ready = False
                raise self._broken(_("it was deleted on the server; rebuild it"))
            yield answer

    def _ask(self, bodies: Sequence[Body]) -> list[Body]:
        """Several searches in one request; raises where one has no whole answer."""
        searches = [part for body in bodies for part in ({"index": self._name}, body)]
        answers: list[Body] = self._client.msearch(searches=searches, filter_path=WANTED)["responses"]
        for answer in answers:
            if answer["status"] == 404:
                self._ready = False
                raise self._broken(_("it was deleted on the server; rebuild it"))
            whole = "error" not in answer and not answer["_shards"]["failed"] and not answer["timed_out"]
            if not whole and not too_many(answer):
                raise ArsipError(INDEX_UNREACHABLE, where=self._where)
        return answers

    def _ensure(self) -> None:
        """Make the index if there is none; refuse one that is not ours."""
        with self._guard:
            if self._ready:
                return
            try:
                found = self._client.indices.get_mapping(index=self._name)
            except NotFoundError:
                self._create()
                found = self._client.indices.get_mapping(index=self._name)
            if len(found) != 1 or self._name in found:
                raise self._broken(_("the name “{name}” is taken by something else").format(name=self._name))
            made_by = next(iter(found.values()))["mappings"].get("_meta", {}).get("arsip")
            if made_by is None:
                raise self._broken(_("the name “{name}” is taken by something else").format(name=self._name))
            if made_by != SCHEMA:
                raise self._broken(_("it was made by another version; rebuild it"))
            self._ready = True

    def _create(self) -> None:
        try:
            self._client.indices.create(
                index=f"{self._name}-1",
                mappings=_MAPPING,
                settings={"number_of_shards": 1, "auto_expand_replicas": "0-1"},
                aliases={self._name: {"is_write_index": True}},
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":  # another process was faster
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (ApiError, TransportError, UnsupportedProductError) as error:
            raise self._failure(error) from None  # what the server says may quote a page

    def _failure(self, error: Exception) -> ArsipError:
        status = error.meta.status if isinstance(error, ApiError) else 0
        if isinstance(error, UnsupportedProductError | SerializationError):
            return self._broken(_("what answers there is not Elasticsearch"))
        if status in (401, 403):
            return self._broken(_("it refuses the user or the password"))
        if isinstance(error, TransportError) or status in _BUSY:
            return ArsipError(INDEX_UNREACHABLE, where=self._where)
        return self._refusal(status)

    def _refusal(self, status: int) -> ArsipError:
        problem = _("the server refuses what is asked of it (status {status})")
        return self._broken(problem.format(status=status))

    def _broken(self, problem: str) -> ArsipError:
        return ArsipError(INDEX_BROKEN, where=self._where, problem=problem)


def _count(aggregations: Body) -> int:
    count = aggregations["count"]
    return int(count["count"] if "count" in count else count["value"])


def _values(answer: Body) -> tuple[Facet, ...]:
    buckets = answer.get("aggregations", {}).get("values", {}).get("buckets", [])
    facets = [Facet(bucket["key"], _count(bucket)) for bucket in buckets]
    return tuple(sorted(facets, key=lambda facet: (-facet.documents, facet.value)))


def _hit(hit: Body) -> Hit:
    return Hit(
        page=hit["_id"],
        document=hit["fields"]["document"][0],
        revision=hit["_version"],
        score=hit["_score"] or 0.0,
    )


def _refused(answer: Body) -> Failure:
    """A page the server does not take: the kind of its error, never its reason, which may quote the page."""
    return Failure(UNEXPECTED.code, {"kind": str(answer["error"]["type"]), "where": "elasticsearch"})

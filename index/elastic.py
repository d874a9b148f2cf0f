"""The index of the served profile: Elasticsearch 8.19 or 9, through the client that speaks to both.

Writing insists on the alias, so that a lost index is never made anew by the server with a guessed mapping.
The page's revision is Elasticsearch's external version, its fence: a conflict means that something newer
is there already.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from elasticsearch import AuthorizationException
from elasticsearch.helpers import streaming_bulk

from archive.errors import UNEXPECTED, Failure
from archive.messages import _
from archive.types import Filter, PageRecord
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
from index.elastic_server import BUSY, ElasticServer
from index.entry import Entry, newest_entries
from index.query import Query

_CHUNK_BYTES = 10_000_000
_RETRIES = 4


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
        who: dict[str, Any] = {}
        if api_key:
            who["api_key"] = api_key
        elif user:
            who["basic_auth"] = (user, password)
        self._server = ElasticServer(url, name, who, ca, timeout_seconds)
        self._index = name
        self._guard = threading.Lock()
        self._ready = False

    @property
    def where(self) -> str:
        """See ``contract.Index.where``."""
        return self._server.where

    def write(self, records: Sequence[PageRecord]) -> dict[str, Failure]:
        """See ``contract.Index.write``."""
        entries, failures = newest_entries(records)
        return failures | self.put(entries)

    def put(self, entries: Sequence[Entry]) -> dict[str, Failure]:
        """See ``contract.Index.put``."""
        failures = {}
        if entries:
            with self._server.translated():
                self._ensure()
                for answer in self._sent(map(_action, entries)):
                    if answer["status"] not in (200, 201, 409):  # a newer revision that is there is as good
                        failures[answer["_id"]] = _refused(answer)
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
        with self._server.translated():
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
        with self._server.translated():
            self._ensure()
            if after is None:
                self._look_again()
            (answer,) = self._ask([body])
        return [(hit["_id"], hit["_version"]) for hit in answer["hits"].get("hits", [])]

    def count(self) -> int:
        """See ``contract.Index.count``."""
        with self._server.translated():
            self._ensure()
            self._look_again()
            return int(self._server.client.count(index=self._index)["count"])

    def remove(self, pages: Sequence[str]) -> None:
        """See ``contract.Index.remove``."""
        with self._server.translated():
            self._ensure()
            for answer in self._sent({"_op_type": "delete", "_id": page} for page in pages):
                if answer["status"] not in (200, 404):
                    raise self._server.refusal(answer["status"])

    def next(self) -> ElasticIndex:
        """See ``contract.Index.next``. It shares the connection."""
        beside = copy.copy(self)
        beside._index = self._server.next()
        beside._guard, beside._ready = threading.Lock(), True
        return beside

    def adopt(self) -> None:
        """See ``contract.Index.adopt``."""
        if self._filling:
            self._server.adopt(self._index)

    def check(self) -> None:
        """See ``contract.Index.check``: the server answers, the index is ours, and all of it is there."""
        with self._server.translated():
            self._ready = False
            self._ensure()
            with suppress(AuthorizationException):  # who may not ask will see when it is missing
                health = self._server.client.cluster.health(index=self._index)
                if health["status"] == "red":
                    raise self._server.broken(_("a part of it is missing on the server"))

    def about(self) -> str:
        """See ``contract.Index.about``."""
        with self._server.translated(), suppress(AuthorizationException):
            return f"Elasticsearch {self._server.client.info()['version']['number']}"
        return "Elasticsearch"

    def close(self) -> None:
        """See ``contract.Index.close``."""
        self._server.client.close()

    @property
    def _filling(self) -> bool:
        """Whether this is a generation beside the one in use."""
        return self._index != self._server.name

    def _sent(self, actions: Iterable[Body]) -> Iterator[Body]:
        """Send actions and give each one's answer; a busy server is asked again. Raises where it stays so."""
        outcomes = streaming_bulk(
            self._server.client,
            actions,
            max_chunk_bytes=_CHUNK_BYTES,
            raise_on_error=False,
            max_retries=_RETRIES,
            initial_backoff=0.5,
            retry_on_status=BUSY,
            index=self._index,
            require_alias=not self._filling,
            refresh=not self._filling,
        )
        for _done, outcome in outcomes:
            (answer,) = outcome.values()
            if answer["status"] in BUSY:
                raise self._server.unreachable()
            if answer["status"] == 404 and answer.get("result") != "not_found":
                self._ready = False
                raise self._server.broken(_("it was deleted on the server; rebuild it"))
            yield answer

    def _ask(self, bodies: Sequence[Body]) -> list[Body]:
        """Several searches in one request; raises where one has no whole answer."""
        searches = [part for body in bodies for part in ({"index": self._index}, body)]
        answers: list[Body] = self._server.client.msearch(searches=searches, filter_path=WANTED)["responses"]
        for answer in answers:
            if answer["status"] == 404:
                self._ready = False
                raise self._server.broken(_("it was deleted on the server; rebuild it"))
            whole = "error" not in answer and not answer["_shards"]["failed"] and not answer["timed_out"]
            if not whole and not too_many(answer):
                raise self._server.unreachable()
        return answers

    def _look_again(self) -> None:
        """A generation that is being filled shows what was written only when it is told to."""
        if self._filling:
            self._server.client.indices.refresh(index=self._index)

    def _ensure(self) -> None:
        """See that the index is there and ours; once is enough."""
        with self._guard:
            if not self._ready:
                if not self._filling:
                    self._server.ensure()
                self._ready = True


def _action(entry: Entry) -> Body:
    return {
        "_id": entry.page,
        "version": entry.revision,
        "version_type": "external_gte",
        "_source": msgspec.json.encode(entry),  # bytes go out as they are
    }


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

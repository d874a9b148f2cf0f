"""The query tree as an Elasticsearch query, and the searches that are asked with it."""

from __future__ import annotations

from typing import Any, TypeAlias

from archive.types import Filter
from index.contract import CODE_SCORE, MOST_FACET_VALUES, Sort
from index.query import And, Days, Key, Node, Not, Or, Phrase, Query, Text, Words

Body: TypeAlias = dict[str, Any]

MOST_COUNTED = 65_535
"""``search.max_buckets`` as servers come: so many documents are counted exactly, more are estimated."""
_ESTIMATED_WELL = 40_000

_ORDER: dict[Sort, list[Body]] = {
    "relevance": [{"_score": "desc"}, {"page": "asc"}],
    "date": [{"by_date": "desc"}],
    "path": [{"by_path": "asc"}],
}

WANTED = [
    f"responses.{part}"
    for part in (
        "status",
        "timed_out",
        "error.root_cause.type",
        "error.caused_by.type",
        "error.type",
        "_shards.failed",
        "hits.total",
        "hits.hits",
        "aggregations.count",
        "aggregations.each.sum_other_doc_count",
        "aggregations.values.buckets.key",
        "aggregations.values.buckets.count",
        "aggregations.values.buckets.each.sum_other_doc_count",
    )
]
"""Of each answer only this comes back, and nothing that is empty; buckets merely counted stay there."""


def engine_query(query: Query, viewer: Filter, min_confidence: float) -> Body:
    """What matches ``query`` among what may be seen; only words, phrases and codes add to the score."""
    allowed: list[Body] = []
    for field, values in (("unit", viewer.units), ("security", viewer.classes)):
        if values is not None:
            allowed.append({"terms": {field: sorted(values)}})
    if min_confidence > 0:
        allowed.append({"range": {"confidence": {"gte": min_confidence}}})
    hidden = [{"term": {"withdrawn": True}}]
    return {"bool": {"must": [_node(query.root)], "filter": allowed, "must_not": hidden}}


def hits_body(engine: Body, sort: Sort, offset: int, limit: int) -> Body:
    """The search for some of the hits, in order, and for the number of all."""
    return {
        "query": engine,
        "sort": _ORDER[sort],
        "from": offset,
        "size": limit,
        "track_total_hits": True,
        "track_scores": True,
        "_source": False,
        "version": True,
        "docvalue_fields": ["document"],
    }


def facet_body(engine: Body, name: str, counted: Body) -> Body:
    """The search for one facet: documents by value, counted in one of two ways; an empty value is none."""
    terms = {"field": name, "size": MOST_FACET_VALUES, "exclude": [""]}
    return {"query": engine, "size": 0, "aggs": {"values": {"terms": terms, **counted}}}


def counting() -> Body:
    """The aggregation ``count``: how many different documents, exactly: a bucket for each, and the buckets
    counted. Elasticsearch's own ``cardinality`` already errs among a few thousand.
    """
    return {
        "aggs": {
            "each": {"terms": {"field": "document", "size": MOST_COUNTED}},
            "count": {"stats_bucket": {"buckets_path": "each>_count"}},
        }
    }


def estimating() -> Body:
    """The aggregation ``count`` for more documents than MOST_COUNTED."""
    estimate = {"cardinality": {"field": "document", "precision_threshold": _ESTIMATED_WELL}}
    return {"aggs": {"count": estimate}}


def too_many(answer: Body) -> bool:
    """Were there more documents than buckets?"""
    if "error" in answer:
        return "too_many_buckets_exception" in str(answer["error"])
    counted = answer.get("aggregations", {})
    parts = [counted, *counted.get("values", {}).get("buckets", [])]
    return any(part.get("each", {}).get("sum_other_doc_count", 0) for part in parts)


def _node(node: Node) -> Body:
    match node:
        case Words(stems, codes):
            sides = [_side_by_side(field, stems) for field in ("stems", "path")]
            if codes:
                known = {"terms": {"keys": list(codes)}}
                sides.append({"constant_score": {"filter": known, "boost": CODE_SCORE}})
            return _or(sides)
        case Phrase(forms):
            return _side_by_side("forms", forms)
        case Key(key):
            return _silent({"term": {"keys": key}})
        case Text(field, stems, codes):
            known = {"terms": {"keys": [f"{field}:{code}" for code in codes]}}
            return _silent(_or([_side_by_side(field, stems), known]))
        case Days(first, last):
            return _silent({"range": {"day": {"gte": first, "lte": last}}})
        case Not(unwanted):
            return {"bool": {"must_not": [_node(unwanted)]}}
        case And(nodes):
            return {"bool": {"must": [_node(part) for part in nodes]}}
        case Or(nodes):
            return _or([_node(part) for part in nodes])


def _or(sides: list[Body]) -> Body:
    return {"bool": {"should": sides, "minimum_should_match": 1}}


def _side_by_side(field: str, words: tuple[str, ...]) -> Body:
    if len(words) == 1:
        return {"term": {field: words[0]}}
    return {"match_phrase": {field: {"query": " ".join(words), "analyzer": "whitespace"}}}


def _silent(query: Body) -> Body:
    """The same matches, adding nothing to the score."""
    return {"bool": {"filter": [query]}}

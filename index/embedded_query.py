"""The query tree as a tantivy query."""

from __future__ import annotations

from functools import partial

import tantivy
from tantivy import Occur
from tantivy import Query as Engine

from archive.types import Filter
from index.contract import CODE_SCORE
from index.query import And, Days, Key, Node, Not, Or, Phrase, Query, Text, Words


def engine_query(schema: tantivy.Schema, query: Query, viewer: Filter, min_confidence: float) -> Engine:
    """What matches ``query`` among what may be seen; only words, phrases and codes add to the score."""
    wanted = [(Occur.Must, _node(schema, query.root))]
    for field, values in (("unit", viewer.units), ("security", viewer.classes)):
        if values is not None:
            wanted.append((Occur.Must, _silent(_any_of(schema, field, sorted(values)))))
    if min_confidence > 0:
        least = Engine.range_query(schema, "confidence", tantivy.FieldType.Float, min_confidence, None)
        wanted.append((Occur.Must, _silent(least)))
    wanted.append((Occur.MustNot, Engine.term_query(schema, "withdrawn", True)))
    return Engine.boolean_query(wanted)


def _node(schema: tantivy.Schema, node: Node) -> Engine:
    inner = partial(_node, schema)
    match node:
        case Words(stems, found_codes):
            sides = [_side_by_side(schema, field, stems) for field in ("stems", "path")]
            if found_codes:
                known = _any_of(schema, "keys", list(found_codes))
                sides.append(Engine.const_score_query(known, CODE_SCORE))
            return _or(sides)
        case Phrase(forms):
            return _side_by_side(schema, "forms", forms)
        case Key(key):
            return _silent(Engine.term_query(schema, "keys", key, "basic"))
        case Text(field, stems, found_codes):
            known = _any_of(schema, "keys", [f"{field}:{code}" for code in found_codes])
            return _silent(_or([_side_by_side(schema, field, stems), known]))
        case Days(first, last):
            return _silent(Engine.range_query(schema, "day", tantivy.FieldType.Integer, first, last))
        case Not(unwanted):
            return _and([], [inner(unwanted)])
        case And(nodes):
            wanted = [inner(part) for part in nodes if not isinstance(part, Not)]
            return _and(wanted, [inner(part.node) for part in nodes if isinstance(part, Not)])
        case Or(nodes):
            return _or([inner(part) for part in nodes])


def _and(wanted: list[Engine], unwanted: list[Engine]) -> Engine:
    """A boolean query without anything wanted matches nothing in tantivy, hence *all* beside a lone *not*."""
    wanted = wanted or [_silent(Engine.all_query())]
    return Engine.boolean_query(
        [(Occur.Must, part) for part in wanted] + [(Occur.MustNot, part) for part in unwanted]
    )


def _or(sides: list[Engine]) -> Engine:
    return Engine.boolean_query([(Occur.Should, side) for side in sides])


def _side_by_side(schema: tantivy.Schema, field: str, words: tuple[str, ...]) -> Engine:
    if len(words) == 1:
        return Engine.term_query(schema, field, words[0], "freq")
    return Engine.phrase_query(schema, field, list(words))


def _any_of(schema: tantivy.Schema, field: str, values: list[str]) -> Engine:
    return Engine.term_set_query(schema, field, values) if values else Engine.empty_query()


def _silent(query: Engine) -> Engine:
    """The same matches, adding nothing to the score."""
    return Engine.const_score_query(query, 0.0)

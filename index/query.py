"""The query language: what a person types, as one tree that both engines are built from.

    query    = all { "OR" all }                      OR (or ATAU), in capitals, binds weakest
    all      = item { item }                         everything must hold, on one page
    item     = "-" item | "(" query ")" | '"' words '"' | field ":" value | word

A **word** is found by its stem, on the page or in the path of its file (the imported folder's name too); a
word of several parts (``KTP-el``) by its parts side by side. **"Words in quotes"** are found as they are
written, side by side, on the page only. A **letter number or date**, in any of its spellings, also finds all
other spellings (``12-05-2021`` finds *12 Mei 2021*). ``-`` excludes. **Fields**: ``type batch unit box shelf
document page`` are equal as a whole, whatever the case; ``path hal nomor`` hold the words side by side
(``nomor`` also any spelling of the number); ``date`` and ``year`` are the document's date: ``2021``,
``2021-05``, ``2021-05-12``, any spelling of a day, or a range ``2019..2021``, open at either end.
A query that only excludes is refused: it would show nearly everything.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from typing import TypeAlias

from archive.errors import BAD_QUERY, ArsipError
from archive.messages import _
from archive.types import Value
from index.analysis import analyse_text, fold
from index.numbers import day_of

LONGEST_QUERY = 1000
"""Characters."""
MOST_LEAVES = 64
DEEPEST = 12

EXACT_FIELDS = ("type", "batch", "unit", "box", "shelf", "document", "page")
TEXT_FIELDS = ("path", "hal", "nomor")
DATE_FIELDS = ("date", "year")
FIELDS = (*EXACT_FIELDS, *DATE_FIELDS, *TEXT_FIELDS)
ALIASES = {
    "jenis": "type",
    "tahun": "year",
    "tanggal": "date",
    "perihal": "hal",
    "nomer": "nomor",
    "no": "nomor",
    "boks": "box",
    "rak": "shelf",
    "dokumen": "document",
    "halaman": "page",
}


class Words(Value, frozen=True, tag=True):
    """One word as typed: its stems side by side, or any of its ``codes`` (numbers and dates)."""

    stems: tuple[str, ...]
    codes: tuple[str, ...] = ()


class Phrase(Value, frozen=True, tag=True):
    """Exact forms side by side, on the page."""

    forms: tuple[str, ...]


class Key(Value, frozen=True, tag=True):
    """A field that equals a value as a whole."""

    key: str


class Text(Value, frozen=True, tag=True):
    """A field that holds these stems side by side, or any of ``codes``."""

    field: str
    stems: tuple[str, ...]
    codes: tuple[str, ...] = ()


class Days(Value, frozen=True, tag=True):
    """The document's date lies between these days, as numbers YYYYMMDD, both included."""

    first: int
    last: int


class Not(Value, frozen=True, tag=True):
    """Pages that do not match."""

    node: Node


class And(Value, frozen=True, tag=True):
    """Pages that match all."""

    nodes: tuple[Node, ...]


class Or(Value, frozen=True, tag=True):
    """Pages that match any."""

    nodes: tuple[Node, ...]


Node: TypeAlias = Words | Phrase | Key | Text | Days | Not | And | Or


class Query(Value, frozen=True):
    """A query that is sound: bounded in size and depth, and not only made of exclusions."""

    root: Node


def parse(text: str) -> Query:
    """Understand a query. Raises BAD_QUERY with the problem in plain words."""
    if len(text) > LONGEST_QUERY:
        raise _bad(_("it is longer than {count} characters").format(count=LONGEST_QUERY))
    root = _Parser(text).whole()
    if not _positive(root):
        raise _bad(_("it only says what is not wanted; add a word that is"))
    if sum(1 for _leaf in _leaves(root)) > MOST_LEAVES:
        raise _bad(_("it has more than {count} words").format(count=MOST_LEAVES))
    return Query(root)


def field_key(field: str, value: str) -> str:
    """The key under which an exact field is kept and asked for: folded, white space made single."""
    return f"{field}:{' '.join(fold(value).split())}"


_LEXER = re.compile(
    r"""(?P<minus>-(?=[^\s)]))(?<![^\s(]-)    # only where a word could begin
      | (?P<open>\() | (?P<close>\))
      | (?:(?P<field>[^\W\d]+):)?(?:"(?P<phrase>[^"]*)"|(?P<open_quote>")|(?P<word>[^\s()"]+))""",
    re.VERBOSE,
)
_OR, _AND = ("OR", "ATAU"), ("AND", "DAN")


class _Parser:
    """A recursive descent over the tokens of one query."""

    def __init__(self, text: str) -> None:
        straight = text.translate(dict.fromkeys(map(ord, "“”„«»"), '"'))
        self._tokens = list(_LEXER.finditer(straight))
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        root = self._any()
        if self._at < len(self._tokens):
            raise _bad(_("a closing parenthesis has no opening one"))
        if root is None:
            raise _bad(_("it holds no word to look for"))
        return root

    def _any(self) -> Node | None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _bad(_("its parentheses are nested too deeply"))
        sides = [self._all()]
        while self._is_word(_OR):
            self._at += 1
            sides.append(self._all())
        self._depth -= 1
        found = [side for side in sides if side is not None]
        if len(sides) > 1 and len(found) < len(sides):
            raise _bad(_("there is nothing beside OR"))
        return Or(tuple(found)) if len(found) > 1 else next(iter(found), None)

    def _all(self) -> Node | None:
        nodes: list[Node] = []
        while (token := self._peek()) is not None and not token["close"] and not self._is_word(_OR):
            if self._is_bare(token):
                nodes += _bare(self._run())
            elif (node := self._item()) is not None:
                nodes.append(node)
        return And(tuple(nodes)) if len(nodes) > 1 else next(iter(nodes), None)

    def _item(self) -> Node | None:
        token = self._next()
        if token["minus"]:
            return self._negated()
        if token["open"]:
            node = self._any()
            closing = self._peek()
            if closing is None:
                raise _bad(_("a parenthesis is not closed"))
            self._at += 1
            return node
        if token["open_quote"]:
            raise _bad(_("a quotation mark is not closed"))
        if token["field"]:
            return _field(token["field"], token["phrase"] if token["phrase"] is not None else token["word"])
        if token["phrase"] is not None:
            forms = tuple(part.form for part in analyse_text(token["phrase"]).tokens)
            return Phrase(forms) if forms else None
        return _together(_bare([token["word"]]))

    def _negated(self) -> Node | None:
        node = self._item() if self._peek() is not None else None
        return Not(node) if node is not None else None

    def _run(self) -> list[str]:
        """The plain words that follow each other: a date may be several of them."""
        words = []
        while (token := self._peek()) is not None and self._is_bare(token) and not self._is_word(_OR):
            if token["word"].endswith(":") and _named(token["word"][:-1]) is not None:
                raise _bad(_("nothing follows “{field}”").format(field=token["word"][:20]))
            if token["word"] not in _AND:
                words.append(token["word"])
            self._at += 1
        return words

    def _is_bare(self, token: re.Match[str]) -> bool:
        return token["word"] is not None and token["field"] is None

    def _is_word(self, words: tuple[str, ...]) -> bool:
        token = self._peek()
        return token is not None and self._is_bare(token) and token["word"] in words

    def _peek(self) -> re.Match[str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> re.Match[str]:
        token = self._tokens[self._at]
        self._at += 1
        return token


def _bare(words: list[str]) -> list[Node]:
    """Plain words as nodes: the numbers and dates among them first known, each other word by itself."""
    analysis = analyse_text(" ".join(words))
    nodes: list[Node] = []
    at = 0
    while at < len(words):
        last = max((code.last_word for code in analysis.codes if code.first_word == at), default=at)
        stems = tuple(t.stem for t in analysis.tokens if at <= t.first_word <= last)
        keys = {c.form for c in analysis.codes if at <= c.first_word and c.last_word <= last}
        if stems:
            nodes.append(Words(stems, tuple(sorted(keys))))
        at = last + 1
    return nodes


def _named(name: str) -> str | None:
    """The field of this name or alias."""
    field = ALIASES.get(fold(name), fold(name))
    return field if field in FIELDS else None


def _together(nodes: list[Node]) -> Node | None:
    return And(tuple(nodes)) if len(nodes) > 1 else next(iter(nodes), None)


def _field(name: str, value: str) -> Node:
    field = _named(name)
    if field is None:
        names = ", ".join(FIELDS)
        raise _bad(
            _("there is no field “{field}”; the fields are: {names}").format(field=name[:20], names=names)
        )
    if not value.strip():
        raise _bad(_("nothing follows “{field}”").format(field=f"{name[:20]}:"))
    if field in EXACT_FIELDS:
        return Key(field_key(field, value))
    if field in DATE_FIELDS:
        return _days(value.strip())
    analysis = analyse_text(value)
    stems = tuple(token.stem for token in analysis.tokens)
    if not stems:
        raise _bad(_("nothing follows “{field}”").format(field=f"{name[:20]}:"))
    return Text(field, stems, tuple(code.form for code in analysis.codes) if field == "nomor" else ())


def _days(value: str) -> Days:
    """A day, month, year, or a range of them."""
    first, dots, last = value.partition("..")
    if not dots:
        return Days(*_span(value))
    if not first and not last:
        raise _bad(_("“{value}” is not a date").format(value=value[:20]))
    days = Days(_span(first)[0] if first else 1, _span(last)[1] if last else 99991231)
    if days.first > days.last:
        raise _bad(_("“{value}” ends before it begins").format(value=value[:30]))
    return days


def _span(value: str) -> tuple[int, int]:
    if match := re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?", value):
        year, month = int(match[1]), int(match[2] or 0)
        if year and not match[2]:
            return year * 10000 + 101, year * 10000 + 1231
        if year and 1 <= month <= 12:
            start = year * 10000 + month * 100
            return start + 1, start + calendar.monthrange(year, month)[1]
    elif day := day_of(value):
        number = day.year * 10000 + day.month * 100 + day.day
        return number, number
    raise _bad(_("“{value}” is not a date").format(value=value[:20]))


def _positive(node: Node) -> bool:
    """Does this node name something wanted? Every side of an OR has to."""
    if isinstance(node, Not):
        return False
    if isinstance(node, And):
        return any(map(_positive, node.nodes)) and all(_sides_positive(part) for part in node.nodes)
    return _sides_positive(node)


def _sides_positive(node: Node) -> bool:
    return all(map(_positive, node.nodes)) if isinstance(node, Or) else True


def _leaves(node: Node) -> Iterator[Node]:
    if isinstance(node, Not):
        yield from _leaves(node.node)
    elif isinstance(node, And | Or):
        for part in node.nodes:
            yield from _leaves(part)
    else:
        yield node


def _bad(problem: str) -> ArsipError:
    return ArsipError(BAD_QUERY, problem=problem)

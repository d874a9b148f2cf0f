"""The query language: what a person types, as one tree that both engines are built from.

    query    = all { "OR" all }                      OR (or ATAU), in capitals, binds weakest
    all      = item { item }                         everything must hold, on one page
    item     = ( "-" | "NOT" ) item | "(" query ")" | '"' words '"' | field ":" value | word

A **word** is found by its stem, on the page or in the path of its file (the imported folder's name too); a
word of several parts (``KTP-el``) by its parts side by side. **"Words in quotes"** are found as they are
written, side by side, on the page only. A **letter number or date**, in any of its spellings, also finds all
other spellings (``12-05-2021`` finds *12 Mei 2021*). ``-`` excludes. **Fields**: ``type batch unit box shelf
document page`` are equal as a whole, whatever the case; ``path hal nomor`` hold the words side by side
(``nomor`` also any spelling of the number); ``date`` and ``year`` are the document's date: ``2021``,
``2021-05``, ``Mei 2021``, ``2021-05-12``, any spelling of a day, or a range ``2019..2021``, open at either
end. What has one sensible reading is understood: a label as it stands on letters (``Nomor: 5/UM/2021``), a
colon in a word (``Sifat:Biasa``), a quotation mark that is not closed, an OR with nothing beside it.
A query that only excludes is refused: it would show nearly everything.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import takewhile
from typing import TypeAlias

from archive.errors import BAD_QUERY, ArsipError
from archive.messages import _
from archive.months import MONTHS
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
    "tgl": "date",
    "perihal": "hal",
    "nomer": "nomor",
    "no": "nomor",
    "boks": "box",
    "rak": "shelf",
    "dokumen": "document",
    "halaman": "page",
    "jalur": "path",
}
ALIKE = 0.75
"""How like the name of a field (0 to 1) a word before a colon is taken for it, misspelt."""


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


def parse(text: str, narrowed: Mapping[str, str] | None = None) -> Query:
    """Understand a query; the fields of ``narrowed`` must have these values as well.

    Raises BAD_QUERY with the problem in plain words.
    """
    if len(text) > LONGEST_QUERY:
        raise _bad(_("it is longer than {count} characters").format(count=LONGEST_QUERY))
    root = _Parser(text).whole()
    if not _positive(root):
        raise _bad(_("it only says what is not wanted; add a word that is"))
    if narrowed:
        root = And((root, *(_field(name, value) for name, value in narrowed.items())))
    if sum(1 for _leaf in _leaves(root)) > MOST_LEAVES:
        raise _bad(_("it has more than {count} words").format(count=MOST_LEAVES))
    return Query(root)


def field_key(field: str, value: str) -> str:
    """The key under which an exact field is kept and asked for: folded, white space made single.

    A type is a code, and people write codes as words: ``Surat Dinas`` is ``surat_dinas``.
    """
    words = fold(value).replace("-", " ").split() if field == "type" else fold(value).split()
    return f"{field}:{('_' if field == 'type' else ' ').join(words)}"


def _names(fields: Iterable[str]) -> tuple[str, ...]:
    """The names of these fields and their aliases."""
    return (*fields, *(alias for alias, field in ALIASES.items() if field in fields))


_LEXER = re.compile(
    rf"""(?P<minus>(?:-|NOT\s+)(?=[^\s)]))(?<![^\s(]-)    # only where a word could begin
      | (?P<open>\() | (?P<close>\))
      | (?:(?P<field>(?i:{"|".join(_names(FIELDS))})):
          |(?P<label>(?i:{"|".join(_names((*TEXT_FIELDS, *DATE_FIELDS)))})):\s+)?
        (?:"(?P<phrase>[^"]*)(?:"|\Z)|(?P<word>[^\s()"]+))""",
    re.VERBOSE,
)
_MONTH = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})|(?P<name>[A-Za-z]+)\.? (?P<of>[0-9]{4})")
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
        if name := token["field"] or token["label"]:
            if token["phrase"] is not None:
                return _field(name, token["phrase"])
            is_date = _named(name) in DATE_FIELDS
            return _field(name, self._date(token["word"]) if is_date else token["word"])
        if token["phrase"] is not None:
            forms = analyse_text(token["phrase"]).forms
            return Phrase(forms) if forms else None
        return _together(_bare([token["word"]]))

    def _negated(self) -> Node | None:
        node = self._item() if self._peek() is not None else None
        return Not(node) if node is not None else None

    def _date(self, first: str) -> str:
        """A date that begins with this word: without quotes, too, it may be several words."""
        after = [token["word"] for token in takewhile(self._is_bare, self._tokens[self._at : self._at + 2])]
        for more in range(len(after), 0, -1):
            if _span(value := " ".join((first, *after[:more]))):
                self._at += more
                return value
        return first

    def _run(self) -> list[str]:
        """The plain words that follow each other: a date may be several of them."""
        words = []
        while (token := self._peek()) is not None and self._is_bare(token) and not self._is_word(_OR):
            _check_colon(token["word"])
            if token["word"] not in _AND:
                words.append(token["word"])
            self._at += 1
        return words

    def _is_bare(self, token: re.Match[str]) -> bool:
        return token["word"] is not None and not token["field"] and not token["label"]

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
        placed = zip(analysis.stems, analysis.first_words, strict=True)
        stems = tuple(its_stem for its_stem, place in placed if at <= place <= last)
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


def _check_colon(word: str) -> None:
    """A colon may stand in any word, but after the name of a field, or nearly that, something is wrong."""
    name, colon, value = word.partition(":")
    if colon and not value and _named(name) is not None:
        raise _bad(_("nothing follows “{field}”").format(field=f"{name}:"))
    if value and name.isalpha() and get_close_matches(fold(name), _names(FIELDS), 1, ALIKE):
        names = _("type, year, date, batch, unit, box, shelf, path, nomor, hal, document, page")
        raise _bad(
            _("there is no field “{field}”; the fields are: {names}").format(field=name[:20], names=names)
        )


def _field(name: str, value: str) -> Node:
    field = _named(name)
    if field is None:
        raise ValueError(f"{name} is no field")
    if not value.strip():
        raise _bad(_("nothing follows “{field}”").format(field=f"{name[:20]}:"))
    if field in EXACT_FIELDS:
        return Key(field_key(field, value))
    if field in DATE_FIELDS:
        return _days(value.strip())
    analysis = analyse_text(value)
    stems = analysis.stems
    if not stems:
        raise _bad(_("nothing follows “{field}”").format(field=f"{name[:20]}:"))
    return Text(field, stems, tuple(code.form for code in analysis.codes) if field == "nomor" else ())


def _days(value: str) -> Days:
    """A day, month, year, or a range of them."""
    first, dots, last = value.partition("..")
    if not dots:
        return Days(*_checked_span(value))
    if not first and not last:
        raise _bad(_("“{value}” is not a date").format(value=value[:20]))
    days = Days(_checked_span(first)[0] if first else 1, _checked_span(last)[1] if last else 99991231)
    if days.first > days.last:
        raise _bad(_("“{value}” ends before it begins").format(value=value[:30]))
    return days


def _checked_span(value: str) -> tuple[int, int]:
    if span := _span(value.strip()):
        return span
    raise _bad(_("“{value}” is not a date").format(value=value[:20]))


def _span(value: str) -> tuple[int, int] | None:
    """The first and last day (YYYYMMDD) of a year, a month or a day; ``None`` where it is none of these."""
    if re.fullmatch(r"[0-9]{4}", value):
        year = int(value)
        return (year * 10000 + 101, year * 10000 + 1231) if year else None
    if match := _MONTH.fullmatch(value):
        year = int(match["y"] or match["of"])
        month = int(match["m"] or MONTHS.get(match["name"].lower(), 0))
        if not (year and 1 <= month <= 12):
            return None
        start = year * 10000 + month * 100
        return start + 1, start + calendar.monthrange(year, month)[1]
    if day := day_of(value):
        number = day.year * 10000 + day.month * 100 + day.day
        return number, number
    return None


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

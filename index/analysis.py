"""From the words of a page to the tokens that are searched, once and for both engines.

A token's form is folded (case, accents, ligatures, full width), its stem is the form without inflection;
forms and stems stand at the same dense positions. One word can give several tokens ("KTP-el"), none
("–"), or half of one (a word divided at a line end), so every token knows its first and last word.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from archive.types import Value, Word
from index.numbers import Code, codes
from index.stem import stem

LONGEST_FORM = 64
"""Characters of a form; engines refuse or silently cut very long ones, and no word is that long."""

_APOSTROPHE = re.compile(r"(?<=\w)['`\u00b4\u02bc\u2018\u2019](?=\w)")
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | {"\u00ad": None})
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
_DOUBLED = re.compile(r"(?P<word>[a-z]{3,30})(?:-(?P=word)|2)(?P<rest>(?:nya|ku|mu)?(?:lah|kah|pun)?)")
_PIECE = re.compile(r"rp(?=[0-9])|[^\W_]+")
_EDGES = string.punctuation + "«»“”„‘’•·"
_DIVIDES = "-\u00ad\u00ac\u2010"
_ENDS_DIVIDED = re.compile(rf"[^\W\d_][{_DIVIDES}]$")


class Token(Value, frozen=True, gc=False):
    """One searchable word: its folded form and stem, its position, and the words (from 0) it stands in."""

    form: str
    stem: str
    position: int
    first_word: int
    last_word: int


class Analysis(Value, frozen=True):
    """The tokens of a text at positions 0, 1, 2 …, and its letter numbers and dates."""

    tokens: tuple[Token, ...]
    codes: tuple[Code, ...]


def analyse(words: Sequence[Word]) -> Analysis:
    """Analyse the words of a page, in reading order."""
    return Analysis(tokens_of(words), tuple(codes([word.text for word in words])))


def analyse_text(text: str) -> Analysis:
    """Analyse a text as if it stood on one line of a page; its words are what white space divides."""
    texts = text.split()
    return Analysis(_numbered((part, at, at) for at, part in enumerate(texts)), tuple(codes(texts)))


def tokens_of(words: Sequence[Word]) -> tuple[Token, ...]:
    """The tokens of a page alone, which are found sooner than its numbers and dates."""
    return _numbered(_joined([word.text for word in words], [word.line for word in words]))


def _pieces(text: str) -> tuple[tuple[str, str], ...]:
    """The (form, stem) of each token in one word."""
    folded = fold(text)
    doubled = _DOUBLED.fullmatch(folded.strip(_EDGES))
    if doubled and re.search(r"[aeiou]", doubled["word"]):
        forms = [f"{doubled['word']}-{doubled['word']}{doubled['rest']}"]
    else:
        forms = _PIECE.findall(folded)
    return tuple((form[:LONGEST_FORM], stem(form[:LONGEST_FORM])) for form in forms)


_known_pieces = lru_cache(maxsize=1 << 16)(_pieces)


def fold(text: str) -> str:
    """Lower case, without accents, ligatures, full width and apostrophes between letters."""
    text = _APOSTROPHE.sub("", text)
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.translate(_HYPHENS)).casefold().translate(_LETTERS)
    return "".join(character for character in folded if not unicodedata.combining(character))


def _numbered(parts: Iterable[tuple[str, int, int]]) -> tuple[Token, ...]:
    """The tokens of words with their first and last place."""
    tokens: list[Token] = []
    for text, first, last in parts:
        for form, its_stem in _known_pieces(text) if len(text) <= LONGEST_FORM else _pieces(text):
            tokens.append(Token(form, its_stem, len(tokens), first, last))
    return tuple(tokens)


def _joined(texts: Sequence[str], lines: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """Each word with its span; a word divided at a line end and its rest are one."""
    at, end = 0, len(texts) - 1
    while at <= end:
        text, first = texts[at], at
        while text[-1:] in _DIVIDES and at < end and _divided(text, texts[at + 1], lines[at], lines[at + 1]):
            at += 1
            text = _rejoin(text, texts[at])
        yield text, first, at
        at += 1


def _divided(text: str, rest: str, line: int, next_line: int) -> bool:
    """Does this word go on in the next line? ``KTP-`` keeps its hyphen: capitals are no first half."""
    return (
        line != next_line
        and len(text) < LONGEST_FORM
        and _ENDS_DIVIDED.search(text) is not None
        and rest[:1].islower()
        and not (len(text) > 2 and text[:-1].isupper())
    )


def _rejoin(text: str, rest: str) -> str:
    """The whole word; a doubled word that was divided at its own hyphen keeps it (``undang-/undang``)."""
    whole = text[:-1] + rest
    kept = f"{text[:-1]}-{rest}"
    return kept if _DOUBLED.fullmatch(fold(kept).strip(_EDGES)) else whole

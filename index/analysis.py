"""From the words of a page to the tokens that are searched, once and for both engines.

A token's form is folded (case, accents, ligatures, full width), its stem is the form without inflection;
forms and stems stand at the same dense positions. One word can give several tokens ("KTP-el"), none
("–"), or half of one (a word divided at a line end), so every token knows its first and last word.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, repeat
from operator import itemgetter

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
    """The tokens of a text, and its letter numbers and dates.

    Tokens are kept as columns, which are built and searched several times sooner than objects: what stands
    at place 0, 1, 2 … of the first four is the token at that position.
    """

    forms: tuple[str, ...]
    stems: tuple[str, ...]
    first_words: tuple[int, ...]
    last_words: tuple[int, ...]
    codes: tuple[Code, ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The same tokens one by one."""
        places = range(len(self.forms))
        return tuple(map(Token, self.forms, self.stems, places, self.first_words, self.last_words))


def analyse(words: Sequence[Word], *, with_codes: bool = True) -> Analysis:
    """Analyse the words of a page, in reading order; without codes in a fraction of the time."""
    texts = [word.text for word in words]
    joined, firsts, lasts = _joined(texts, [word.line for word in words])
    return _analysis(joined, firsts, lasts, texts if with_codes else ())


def analyse_text(text: str) -> Analysis:
    """Analyse a text as if it stood on one line of a page; its words are what white space divides."""
    texts = text.split()
    places = range(len(texts))
    return _analysis(texts, places, places, texts)


def terms(words: Sequence[Word]) -> tuple[Iterator[str], Iterator[str]]:
    """The forms and the stems of ``analyse`` alone, for whoever does not ask where they stand."""
    return _columns(_pieces_of(_joined([word.text for word in words], [word.line for word in words])[0]))


def stems_of(text: str) -> Iterator[str]:
    """The stems of ``analyse_text`` alone."""
    return _columns(_pieces_of(text.split()))[1]


def _analysis(
    joined: Sequence[str], firsts: Sequence[int], lasts: Sequence[int], texts: Sequence[str]
) -> Analysis:
    """From words with the first and last place of each, and the texts in which codes are sought."""
    pieces = _pieces_of(joined)
    times = [len(forms) for forms, _stems in pieces]
    forms, stems = _columns(pieces)
    first_words = tuple(chain.from_iterable(map(repeat, firsts, times)))
    return Analysis(
        forms=tuple(forms),
        stems=tuple(stems),
        first_words=first_words,
        last_words=first_words if lasts is firsts else tuple(chain.from_iterable(map(repeat, lasts, times))),
        codes=tuple(codes(texts)),
    )


_Pieces = tuple[tuple[str, ...], tuple[str, ...]]


def _columns(pieces: Sequence[_Pieces]) -> tuple[Iterator[str], Iterator[str]]:
    """All forms, and all stems."""
    forms, stems = (chain.from_iterable(map(itemgetter(column), pieces)) for column in (0, 1))
    return forms, stems


def _pieces_of(joined: Sequence[str]) -> list[_Pieces]:
    """The pieces of each word; what is no longer than a word may be is remembered."""
    known = _known_pieces if max(map(len, joined), default=0) <= LONGEST_FORM else _pieces
    return list(map(known, joined))


def _pieces(text: str) -> _Pieces:
    """The forms and the stems of the tokens in one word."""
    folded = fold(text)
    doubled = _DOUBLED.fullmatch(folded.strip(_EDGES))
    if doubled and re.search(r"[aeiou]", doubled["word"]):
        forms = [f"{doubled['word']}-{doubled['word']}{doubled['rest']}"]
    else:
        forms = _PIECE.findall(folded)
    forms = [form[:LONGEST_FORM] for form in forms]
    return tuple(forms), tuple(map(stem, forms))


_known_pieces = lru_cache(maxsize=1 << 16)(_pieces)


def fold(text: str) -> str:
    """Lower case, without accents, ligatures, full width and apostrophes between letters."""
    text = _APOSTROPHE.sub("", text)
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.translate(_HYPHENS)).casefold().translate(_LETTERS)
    return "".join(character for character in folded if not unicodedata.combining(character))


def _joined(texts: Sequence[str], lines: Sequence[int]) -> tuple[Sequence[str], Sequence[int], Sequence[int]]:
    """The words, and the first and last place of each; a word divided at a line end and its rest are one."""
    at, end = 0, len(texts) - 1
    text = " ".join((*texts, ""))
    if not any(f"{mark} " in text for mark in _DIVIDES):
        return texts, (places := range(len(texts))), places
    joined: list[str] = []
    firsts: list[int] = []
    lasts: list[int] = []
    while at <= end:
        text, first = texts[at], at
        while text[-1:] in _DIVIDES and at < end and _divided(text, texts[at + 1], lines[at], lines[at + 1]):
            at += 1
            text = _rejoin(text, texts[at])
        joined.append(text)
        firsts.append(first)
        lasts.append(at)
        at += 1
    return joined, firsts, lasts


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

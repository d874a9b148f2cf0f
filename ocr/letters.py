"""From the characters of a PDF page to its words: twice printed once, moved codes put back, words by gaps."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from archive.types import Box
from ocr.trust import CID, common, pronounceable

OVERPRINT = 0.1
"""The same character again within this share of its size is one letter printed twice, to look bold."""
GAP, LEAST_GAP, CLOSE = 0.15, 0.06, 0.03
"""A gap of the first share of the font size parts two words, the narrowest space of common fonts being 0.2;
one of the second where a page has many gaps between both (such a share of all) and hardly any below: letters
that are kerned or set apart leave gaps of all sizes up to theirs."""
APART = 0.7
"""Letters are set apart by less than this share of their size; what is wider are cells of a table, but
for letters of different breadth with the same room between them (within ``ALIKE``): cells keep a pitch."""
ALIKE, BREADTHS = 0.05, 0.2
CELL = 3.0
"""A gap of so many type sizes parts columns and cells."""
PROOF = (5, 0.12)
"""So many of the commonest words, and such a share of all, must appear where codes are moved back: in running
text they make 20 to 45 %, by chance less than 1 %."""
_SYMBOLS = 0xF000
"""Where fonts of symbols have their codes (Microsoft's OpenType specification, table cmap)."""
_LEADERS = re.compile(r"\.{4,}|…{2,}")
_NUMBER = re.compile(r"(?:[0-9]{1,4}|[ivxl]{1,6}|[IVXL]{1,6})$")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_WRITTEN = re.compile(r"[(\"']*(?:[A-Z]+|[A-Z]?[a-z]+|[0-9]+(?:[.,][0-9]+)*)[.,:;)\"']*$")
"""Words and numbers as they are written: in one case, perhaps with a capital, signs before and after."""


class Char(NamedTuple):
    """A character as the PDF has it: its box in fractions of the clean page, ``size`` in those of its width.

    ``spaced``: a space was written before it; ``slanted``: it does not stand upright, as in a watermark.
    """

    text: str
    font: str
    box: Box
    size: float
    spaced: bool = False
    slanted: bool = False

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.box.x + self.box.w


Line = list[Char]


def is_space(text: str) -> bool:
    """Whether a character is white space; Python's ``isspace`` takes glyph numbers 28 to 31 for it, too."""
    return not text.strip(" \t\r\n\N{NO-BREAK SPACE}")


def once(chars: Iterable[Char]) -> list[Char]:
    """The characters without those that are printed again over themselves."""
    kept: list[Char] = []
    seen: dict[tuple[str, int, int], tuple[float, float]] = {}
    for char in chars:
        near = OVERPRINT * char.size
        x, y = char.box.x, char.box.y
        column, row = (int(at / near) if near else 0 for at in (x, y))
        cells = [(char.text, column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        places = (seen[cell] for cell in cells if cell in seen)
        if not any(abs(x - left) < near and abs(y - top) < near for left, top in places):
            seen[(char.text, column, row)] = (x, y)
            kept.append(char)
    return kept


def lines(chars: Iterable[Char]) -> list[Line]:
    """The characters by line, in the page's own order: a line ends where they move down, up or back."""
    found: list[Line] = []
    for char in chars:
        if found and _follows(found[-1][-1], char):
            found[-1].append(char)
        else:
            found.append([char])
    return found


def _leaders(line: Line) -> set[int]:
    """Where in a line stand dots that lead to a page number; the one of ``1.`` before them is not of them."""
    text = "".join(char.text if len(char.text) == 1 else "-" for char in line)
    if not _LEADERS.search(text):
        return set()
    starts = [0, *(at for at, gap in enumerate(_gaps(line), 1) if gap > GAP or line[at].spaced), len(line)]
    runs = (_LEADERS.finditer(text, start, end) for start, end in pairwise(starts))
    return {at for found in runs for run in found for at in range(*run.span())}


def _follows(last: Char, char: Char) -> bool:
    if last.slanted or char.slanted:
        return last.slanted and char.slanted and last.font == char.font
    common_height = min(last.box.y + last.box.h, char.box.y + char.box.h) - max(last.box.y, char.box.y)
    lower = min(last.box.h, char.box.h)
    return common_height > 0.5 * lower and char.box.x >= last.right - min(last.size, char.size)


def words(found: Sequence[Line]) -> tuple[list[list[Line]], bool]:
    """Each line's words, and whether letters set apart were joined to make them."""
    limit = _limit([gap for line in found for gap in _gaps(line)])
    plainly = [_parted(line, limit, spaces=True) for line in found]
    apart = _single([part for parts in plainly for part in parts])
    parted: list[list[Line]] = []
    for line, parts in zip(found, plainly, strict=True):
        together = _together(line, apart) if apart or _single(parts) else None
        parted.append(together or parts)
    return parted, parted != plainly


def _gaps(line: Line) -> list[float]:
    """The room between neighbours, in shares of the type size; none where a line runs across the page."""
    if line[0].slanted:
        return [0.0] * (len(line) - 1)
    return [
        (char.box.x - last.right) / max(last.size, 1e-6)
        for last, char in pairwise(line)
    ]  # fmt: skip


def _limit(gaps: Sequence[float]) -> float:
    """The gap that parts words on this page: ``GAP``, or less where gaps show that words stand closer."""
    slack = sum(1 for gap in gaps if LEAST_GAP / 3 < gap <= LEAST_GAP)
    close = sum(1 for gap in gaps if LEAST_GAP < gap <= GAP)
    return LEAST_GAP if close > CLOSE * len(gaps) and slack < close / 10 else GAP


def _parted(line: Line, limit: float, *, spaces: bool) -> list[Line]:
    parts, dots = [[line[0]]], _leaders(line)
    for at, (char, gap) in enumerate(zip(line[1:], _gaps(line), strict=True), start=1):
        if gap > limit or (spaces and char.spaced) or (at in dots) != (at - 1 in dots):
            parts.append([char])
        else:
            parts[-1].append(char)
    return parts


def _single(parts: Sequence[Line]) -> bool:
    """Whether most of a line's words are single letters."""
    letters = sum(1 for part in parts if len(part) == 1 and part[0].text.isalpha())
    return letters >= 4 and letters > 0.6 * len(parts)


def _together(line: Line, all_apart: bool) -> list[Line] | None:
    """The words of letters set apart, where gaps prove them: of two widths, or all alike around one word.

    ``all_apart``: it is so on the whole page.
    """
    gaps = sorted(_gaps(line))
    if not gaps:
        return None
    middle = gaps[len(gaps) // 2]
    if middle > APART:
        return [line] if _evenly(line, gaps) else None
    above = [gap for gap in gaps if gap >= middle]
    wide = next((high for low, high in pairwise(above) if high > 1.4 * low), None)
    if wide is not None:
        below = max(gap for gap in gaps if gap < wide)
        return _parted(line, (below + wide) / 2, spaces=False)
    return [line] if all_apart or pronounceable(["".join(char.text for char in line)]) else None


def _evenly(line: Line, gaps: Sequence[float]) -> bool:
    """Whether letters of different breadth stand apart by the same room, as nobody sets cells of a table."""
    breadths = [char.box.w / max(char.size, 1e-6) for char in line if char.text.isalpha()]
    if len(breadths) < 6 or max(breadths) - min(breadths) < BREADTHS:
        return False
    return gaps[-1] - gaps[0] < ALIKE * gaps[0] and pronounceable(["".join(char.text for char in line)])


def decoded(found: Sequence[Line], parted: Sequence[Sequence[Line]]) -> tuple[list[Line], int]:
    """The lines with the codes of each font moved back where common words prove it, and of how many fonts.

    ``parted`` has the words of each line as they are.
    A font without a map to characters gives the numbers of its glyphs, most often 29 less than ASCII; one
    with a broken map gives codes that are all off by the same number.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for word in (word for parts in parted for word in parts):
        texts[word[0].font].append("".join(_code(char.text) for char in word if char.font == word[0].font))
    proved = {font: ways for font, said in texts.items() if (ways := _moves(said))}
    if not proved:
        return list(found), 0
    # One program writes all fonts of a page: where a font could be moved in two ways, as the others are.
    votes: Counter[int] = Counter()
    for font, ways in proved.items():
        votes.update({by: len(texts[font]) for by in ways})
    most = max(votes, key=lambda by: (votes[by], -abs(by)))
    chosen = {font: most if most in ways else ways[0] for font, ways in proved.items()}
    moves = {font: chosen.get(font) or _likewise(said, most) for font, said in texts.items()}
    kept = [list(_put_back(line, moves)) for line in found]
    return [line for line in kept if line], sum(map(bool, moves.values()))


def _put_back(line: Line, moves: dict[str, int]) -> Iterator[Char]:
    """The characters of a line with their codes moved; what becomes a space is told by the next one."""
    spaced = False
    for char in line:
        by = moves.get(char.font, 0)
        text = _moved(_code(char.text), by) if by else char.text
        if not is_space(text):
            yield char._replace(text=text, spaced=spaced or char.spaced)
        spaced = is_space(text)


def _code(text: str) -> str:
    """The character whose code a glyph's number would be; else the text itself."""
    number = CID.fullmatch(text)
    return chr(int(text[5:-1])) if number and int(text[5:-1]) < _SYMBOLS else text


def _moved(text: str, by: int) -> str:
    return "".join(chr(ord(c) + by) if 0 < ord(c) + by < 0x10FFFF else c for c in text)


def _moves(said: Sequence[str]) -> list[int]:
    """By how much the codes of these words may be moved, the shortest way first; none without proof.

    Moves that are 32 apart make the same words in the other case; what tells them apart is what they make of
    signs and figures: a full stop becomes ``N``, and ``I.`` the word "in" but for its case.
    """
    least, share = PROOF
    if len(said) < least or common(said) > 0.02 * len(said):
        return []
    steps = sorted((*range(-96, 97), -_SYMBOLS), key=abs)
    made = {
        step: [word for word in (_moved(word, step) for word in said) if _WRITTEN.match(word)]
        for step in steps
    }
    proof = {step: (common(made[step]), len(made[step])) for step in steps}
    best = max(proof.values())
    return [step for step in steps if proof[step] == best] if best[0] >= max(least, share * len(said)) else []


def _likewise(said: Sequence[str], by: int) -> int:
    """The move that is proved for another font of the page, where this one says too little for a proof."""
    moved = common([_moved(word, by) for word in said])
    return by if moved > common(said) or not pronounceable(said) else 0


def is_leader(word: Line) -> bool:
    """Whether a word is nothing but dots: they lead to a page number, or leave room for a pen."""
    return not text_of(word).strip(".…")


def leads(line: Sequence[Line], at: int) -> bool:
    """Whether a word of a line is the dots between an entry and its number, as in a table of contents."""
    return is_leader(line[at]) and 0 < at < len(line) - 1 and bool(_NUMBER.match(text_of(line[at + 1])))


def segments(words_of_line: Sequence[Line], length: int) -> Iterator[list[Line]]:
    """The words of a line that stand together, as in one cell of a table, in pieces of some ``length``."""
    part: list[Line] = []
    for word in words_of_line:
        if is_leader(word):
            continue
        wide = part and word[0].box.x - part[-1][-1].right > CELL * word[0].size
        if part and (wide or sum(map(len, part)) + len(word) > length):
            yield part
            part = []
        part.append(word)
    if part:
        yield part


def text_of(word: Iterable[Char]) -> str:
    """A word's text: ligatures as letters, no glyph numbers, a soft hyphen at its end as a hyphen."""
    text = CID.sub("", "".join(char.text for char in word))
    text = _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return text[:-1] + "-" if text.endswith("\N{SOFT HYPHEN}") else text


def bounds(word: Sequence[Char]) -> Box:
    """The box around a word's characters."""
    left, top = min(char.box.x for char in word), min(char.box.y for char in word)
    right = max(char.right for char in word)
    return Box(left, top, right - left, max(char.box.y + char.box.h for char in word) - top)

"""Invented pages and queries for the tests of the index, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

from archive.types import Box, PageRecord, Word

SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "ka", "lem", "mi", "nor", "pa", "re", "sun", "ta", "wi")
MONTH_NAMES = ("Januari", "Pebruari", "Maret", "April", "Mei", "Juni")
TYPES = ("undangan", "nota_dinas", "keputusan", "")
UNITS = ("Bagian Umum", "Dinas Contoh", "Sekretariat")


def vocabulary(size: int = 400) -> list[str]:
    """Words that mean nothing, the same for ever."""
    chance = random.Random(7)
    words = {"".join(chance.choices(SYLLABLES, k=chance.randint(2, 3))) for _ in range(size * 3)}
    return sorted(words)[:size]


def words_of(text: str, confidence: float = 0.9) -> tuple[Word, ...]:
    """A text as words: one line of the page for each line of it, boxes side by side."""
    return tuple(
        Word(part, Box(at * 0.05, line * 0.05, 0.04, 0.04), confidence, line)
        for line, row in enumerate(text.split("\n"))
        for at, part in enumerate(row.split())
    )


def record(page: str, text: str = "", revision: int = 1, **fields: object) -> PageRecord:
    """A page record with what a test does not care about filled in."""
    values: dict[str, object] = {
        "page": page,
        "document": f"d-{page}",
        "revision": revision,
        "number": 1,
        "pages": 1,
        "batch": "kotak-1",
        "folder": "pindaian",
        "path": "scan/a.tif",
        "unit": "Bagian Umum",
        "security": "B",
        "box": "1",
        "shelf": "A2",
        "type": "",
        "date": "",
        "nomor": "",
        "hal": "",
        "confidence": 0.9,
        "withdrawn": False,
        "words": words_of(text),
    }
    return PageRecord(**(values | fields))  # type: ignore[arg-type]


def records(count: int, seed: int = 1) -> list[PageRecord]:
    """Pages of documents of one to four pages, numbers, dates, divided and doubled words among them."""
    chance = random.Random(seed)
    known = vocabulary()
    pages: list[PageRecord] = []
    while len(pages) < count:
        document = f"d{len(pages):06d}"
        size = chance.randint(1, 4)
        day = f"{chance.randint(2018, 2022)}-{chance.randint(1, 6):02d}-{chance.randint(1, 28):02d}"
        of_document = {
            "document": document,
            "pages": size,
            "batch": f"kotak-{chance.randint(1, 5)}",
            "path": f"{day[:4]}/{chance.choice(known)}/{chance.choice(known)}_{document}.tif",
            "unit": chance.choice(UNITS),
            "security": chance.choice("BBBTR"),
            "type": chance.choice(TYPES),
            "date": chance.choice((day, day, "")),
            "nomor": number(chance),
            "hal": " ".join(chance.choices(known, k=3)),
            "withdrawn": chance.random() < 0.05,
        }
        for at in range(size):
            text = "\n".join(line(chance, known) for _ in range(6))
            pages.append(
                record(
                    f"{chance.getrandbits(64):016x}",
                    text,
                    chance.randint(1, 9),
                    number=at + 1,
                    confidence=chance.randint(50, 100) / 100,
                    **of_document,
                )
            )
    return pages[:count]


def line(chance: random.Random, known: list[str]) -> str:
    """A line of a page; rare words are rare."""
    words = [known[min(int(chance.expovariate(1 / 60)), len(known) - 1)] for _ in range(8)]
    extra = chance.random()
    if extra < 0.1:
        words[3] = number(chance)
    elif extra < 0.2:
        words[3] = date(chance)
    elif extra < 0.3:
        words[3] = f"{words[3]}-{words[3]}nya"
    elif extra < 0.4:
        words[3] = f"{words[3]}-{words[4].upper()}"
    elif extra < 0.5:
        words[-1] = words[-1][:3] + "-"
    return " ".join(words)


def number(chance: random.Random) -> str:
    """One of a few letter numbers, so that queries meet them."""
    return (
        f"{chance.randint(1, 30):03d}/{chance.choice(('UM', 'KP', 'HK'))}/{chance.choice(('IV', '2'))}/2021"
    )


def date(chance: random.Random) -> str:
    """One of a few dates, in one of its spellings."""
    day, month = chance.randint(1, 9), chance.randint(1, 6)
    spellings = (f"{day} {MONTH_NAMES[month - 1]} 2021", f"{day:02d}-{month:02d}-2021", f"{day}/{month}/2021")
    return chance.choice(spellings)


def queries(count: int, pages: list[PageRecord], seed: int = 2) -> Iterator[str]:
    """Queries of every kind, most of them made of what some page holds."""
    chance = random.Random(seed)
    for _ in range(count):
        yield _query(chance, pages, 2)


def _query(chance: random.Random, pages: list[PageRecord], depth: int) -> str:
    parts = [_item(chance, pages, depth) for _ in range(chance.randint(1, 2))]
    if chance.random() < 0.25:
        parts.append("-" + _item(chance, pages, depth - 1))
    chance.shuffle(parts)
    text = " ".join(parts)
    return f"{text} OR {_query(chance, pages, depth - 1)}" if depth and chance.random() < 0.25 else text


def _item(chance: random.Random, pages: list[PageRecord], depth: int) -> str:
    page = chance.choice(pages)
    at = chance.randrange(len(page.words) - 3)
    texts = [word.text for word in page.words[at : at + 3]]
    kinds = ["word", "word", "word", "phrase", "phrase", "number", "date", "field"] + ["group"] * (depth > 0)
    kind = chance.choice(kinds)
    if kind == "group":
        return f"({_query(chance, pages, depth - 1)})"
    if kind == "field":
        return _field(chance, page)
    return {
        "word": texts[0].strip("-"),
        "phrase": f'"{" ".join(texts)}"',
        "number": number(chance),
        "date": date(chance),
    }[kind]


def _field(chance: random.Random, page: PageRecord) -> str:
    return chance.choice(
        (
            f"type:{page.type or 'undangan'}",
            f'unit:"{page.unit.upper()}"',
            f"batch:{page.batch}",
            f"document:{page.document}",
            f"year:{page.path[:4]}",
            f"date:{page.date or '2020'}",
            "date:2019-03..2020",
            f"path:{page.path.split('/')[1]}",
            f"hal:{page.hal.split()[0]}",
            f'hal:"{page.hal}"',
            f"nomor:{page.nomor}",
            f"nomor:{page.nomor[:3]}",
        )
    )

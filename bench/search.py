"""How fast pages are indexed and found: synthetic pages, one engine, the questions a clerk asks.

    python -m bench.search [--pages 10000] [--index elasticsearch --url URL] [--json]

A search is measured whole: query, engine, numbers and facets, the pages' rows from a real catalog, marks and
snippets of 20 hits. Cold is a new ``arsip search`` process on a warm file cache (embedded index only). Ends
with 1 where the 95th percentile is above 20 ms or a cold search above 1 s.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import Table

from archive.catalog import codec, schema
from archive.types import (
    Box,
    Filter,
    Homography,
    PageRecord,
    PageText,
    Prepared,
    Quality,
    Viewer,
    Word,
)
from index.contract import Index
from index.elastic import ElasticIndex
from search import search
from settings import load
from worker.parts import Parts, Views

ROOT = Path(__file__).resolve().parent.parent
WORDS_A_PAGE = 300
BATCHES = (1, 10, 200)
ROUNDS = 7
P95_MS = 20.0
COLD_SECONDS = 1.0
EVERYBODY = Viewer("bench", Filter())


@dataclass(frozen=True, slots=True)
class Measured:
    """Pages a second by pages to a write; milliseconds a search; seconds of a new process."""

    engine: str
    pages: int
    documents: int
    megabytes: float | None
    pages_a_second: dict[int, float]
    p50_ms: float
    p95_ms: float
    worst_ms: float
    worst_query: str
    cold_seconds: float | None


def fill(parts: Parts, records: Sequence[PageRecord]) -> None:
    """Keep the pages in a real catalog, as if they had been imported and read."""
    of_batch = {record.batch: f"b{number:016}" for number, record in enumerate(records)}
    of_document = {record.document: record for record in records}
    now, indexed = time.time(), Prepared(2480, 3508, 300, 0, Homography(), "frame", QUALITY, ())
    rows: dict[Table, list[dict[str, object]]] = {
        schema.batch: [
            {"id": key, "name": name, "priority": 100, "created_at": now} for name, key in of_batch.items()
        ],
        schema.blob: [{"sha256": BLOB, "size": 1, "media_type": "image/tiff", "frames": 1}],
        schema.document: [
            _shared(record, schema.document)
            | {"id": document, "batch": of_batch[record.batch], "root": "/in", "fingerprint": document}
            | {"languages": "ind"}
            for document, record in of_document.items()
        ],
        schema.page: [
            _shared(record, schema.page)
            | {"id": record.page, "batch": of_batch[record.batch], "blob": BLOB, "frame": 0}
            | {"indexed_revision": record.revision, "open": False, "blank": False, "words": len(record.words)}
            | {"prepared_key": BLOB, "text_key": record.page}
            for record in records
        ],
        schema.result: [
            {"key": BLOB, "stage": "preprocess", "made_at": now, "payload": codec.pack(indexed)},
            *(
                {"key": record.page, "stage": "ocr", "made_at": now, "payload": codec.pack(_text(record))}
                for record in records
            ),
        ],
    }
    with parts.catalog.write() as connection:
        for table, values in rows.items():
            connection.execute(table.insert(), values)


QUALITY = Quality(sharpness=1, contrast=1, skew_degrees=0, ink=0.1, blank=False)
BLOB = "0" * 64


def _shared(record: PageRecord, table: Table) -> dict[str, object]:
    """The columns of a table that are called as the record calls them."""
    names = set(PageRecord.__struct_fields__) & set(table.c.keys())
    return {name: getattr(record, name) for name in names}


def _text(record: PageRecord) -> PageText:
    return PageText(record.words, "ocr", "", "", "", confidence=record.confidence)


def synthetic(count: int, seed: int = 1) -> list[PageRecord]:
    """Pages of documents of one to four pages; words as frequent as words are (Zipf), with numbers, dates."""
    chance = random.Random(seed)
    known = vocabulary(chance)
    weights = list(accumulate(1 / rank for rank in range(1, len(known) + 1)))
    pages: list[PageRecord] = []
    while len(pages) < count:
        document, size = f"d{len(pages):08d}", chance.choice((1, 1, 2, 3, 4))
        day = f"{chance.randint(2012, 2022)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        number = f"{chance.randint(1, 999):03d}/{chance.randint(1, 99)}/UM/{day[:4]}"
        unit = chance.choice(("Bagian Umum", "Dinas Contoh", "Sekretariat"))
        kind = chance.choice(("surat_dinas", "undangan", "nota_dinas", "keputusan"))
        box = len(pages) // 500
        for at in range(1, size + 1):
            texts = chance.choices(known, cum_weights=weights, k=WORDS_A_PAGE)
            texts[3:5] = [number, "/".join(reversed(day.split("-")))]
            pages.append(
                PageRecord(
                    page=f"{chance.getrandbits(128):032x}",
                    document=document,
                    revision=1,
                    number=at,
                    pages=size,
                    batch=f"kotak-{box}",
                    folder="arsip",
                    path=f"{day[:4]}/kotak {box}/{document}.tif",
                    unit=unit,
                    security="B",
                    box=str(box),
                    shelf="A",
                    type=kind,
                    date=day,
                    nomor=number,
                    hal=" ".join(texts[10:14]),
                    confidence=0.9,
                    withdrawn=False,
                    words=tuple(
                        Word(text, Box(place % 10 / 10, place // 10 / 30, 0.08, 0.02), 0.9, place // 10)
                        for place, text in enumerate(texts)
                    ),
                )
            )
    return pages[:count]


def vocabulary(chance: random.Random, size: int = 20_000) -> list[str]:
    """Words that mean nothing."""
    syllables = [a + b for a in "bcdfghjklmnprstwy" for b in "aeiou"]
    words = {"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(size * 2)}
    return chance.sample(sorted(words), size)


def questions(records: Sequence[PageRecord], seed: int = 2) -> list[str]:
    """What a clerk asks: of ten pages each kind of question, common and rare words alike."""
    chance = random.Random(seed)
    asked = []
    for record in chance.sample(records, 10):
        one, two, three = (word.text for word in record.words[20:23])
        day = "-".join(reversed(record.date.split("-")))
        asked += [one, f"{one} {two}", f"{one} {two} {three}", f'"{one} {two}"', f"{one} OR {two} -{three}"]
        asked += [
            record.nomor,
            day,
            f"type:{record.type} {one}",
            f"year:{record.date[:4]}",
            f"hal:{record.hal.split()[0]}",
        ]
    return asked


def measure(pages: int, engine: str, url: str, *, cold: bool) -> Measured:
    """Index the pages and ask the questions."""
    records = synthetic(pages)
    with opened(engine, url) as (index, parts):
        rates = {size: rate(index, records, size) for size in BATCHES}
        for start in range(0, len(records), 200):
            index.write(records[start : start + 200])
        fill(parts, records)
        asked, documents = questions(records), len({record.document for record in records})
        del records  # millions of words in memory would slow every search by their garbage collection
        times = {query: 1000 * best(lambda q=query: ask(index, parts.views, q)) for query in asked}  # type: ignore[misc]
        worst = max(times, key=lambda query: times[query])
        return Measured(
            engine=engine,
            pages=pages,
            documents=documents,
            megabytes=_megabytes(parts) if engine == "embedded" else None,
            pages_a_second=rates,
            p50_ms=round(median(times.values()), 2),
            p95_ms=round(quantiles(times.values(), n=20)[-1], 2),
            worst_ms=round(times[worst], 2),
            worst_query=worst,
            cold_seconds=cold_search(parts, asked[0]) if cold and engine == "embedded" else None,
        )


@contextmanager
def opened(engine: str, url: str) -> Iterator[tuple[Index, Parts]]:
    """A new index, and the archive that it belongs to; both are gone afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        parts = Parts(load({"ARSIP_HOME": scratch}))
        if engine == "embedded":
            yield parts.index, parts
            return
        from elasticsearch import Elasticsearch

        name = f"arsip-bench-{uuid.uuid4().hex}"
        try:
            yield ElasticIndex(url, name), parts
        finally:
            with Elasticsearch(url) as client:
                client.indices.delete(index=f"{name}-1", ignore_unavailable=True)
                client.options(ignore_status=404).indices.delete_index_template(name=name)


def rate(index: Index, records: Sequence[PageRecord], size: int) -> float:
    """Pages a second, ``size`` pages to a write, over 40 writes or fewer."""
    some = records[: size * 40]
    began = time.perf_counter()
    for start in range(0, len(some), size):
        index.write(some[start : start + size])
    return round(len(some) / (time.perf_counter() - began), 1)


def ask(index: Index, catalog: Views, query: str) -> None:
    """One search, of whose hits there has to be one."""
    if not search(query, EVERYBODY, index=index, catalog=catalog).hits:
        raise RuntimeError(f"nothing was found for {query}")


def best(call: Callable[[], None]) -> float:
    """Seconds of the middle one of a few calls."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return median(times)


def cold_search(parts: Parts, query: str) -> float:
    """Seconds from the start to the end of a new process that searches, the middle one of a few."""
    command = [sys.executable, "-m", "cli", "search", "--json", query]
    # Whoever runs Arsip has its bytecode kept.
    around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**around, "ARSIP_HOME": parts.settings.home, "ARSIP_LANGUAGE": "en"}

    def run() -> None:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
        if not json.loads(done.stdout)["total"]["pages"]:
            raise RuntimeError(f"nothing was found for {query}")

    return round(best(run), 3)


def _megabytes(parts: Parts) -> float:
    return round(sum(each.stat().st_size for each in parts.settings.index_path.iterdir()) / 1e6, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--index", choices=["embedded", "elasticsearch"], default="embedded")
    parser.add_argument("--url", default="http://127.0.0.1:9200", help="of a running Elasticsearch")
    parser.add_argument("--no-cold", action="store_true", help="start no processes")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    measured = measure(chosen.pages, chosen.index, chosen.url, cold=not chosen.no_cold)
    if chosen.json:
        print(json.dumps(asdict(measured)))
    else:
        for name, value in asdict(measured).items():
            print(f"{name:>16}  {value}")
    slow = measured.engine == "embedded" and measured.p95_ms > P95_MS
    return 1 if slow or (measured.cold_seconds or 0) > COLD_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())

"""How fast the index is built anew from the catalog: synthetic pages of 300 words, analysis included.

    python -m bench.rebuild [--pages 10000] [--index elasticsearch --url URL] [--json]

The embedded index is measured in pages a second. Elasticsearch is measured against a bare bulk client that
sends the same records ready-made in the same run, into the same kind of index; the two take turns. Ends with
1 where the embedded index takes less than 800 pages a second, or Elasticsearch less than 0.8 of the bare
client's.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk
from msgspec import structs

from bench.search import fill, synthetic
from index.contract import Index
from index.elastic import ElasticIndex
from index.entry import entry_of
from settings import load
from worker.makers import TOGETHER, Makers
from worker.parts import Parts
from worker.rebuild import Rebuild

LEAST_PAGES_A_SECOND = 800.0
LEAST_SHARE = 0.8
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """Pages a second of each round, and of the bare client where there is one; CPU of all our processes."""

    engine: str
    pages: int
    rebuild: list[float]
    bare: list[float]
    cpu_ms_a_page: float

    @property
    def share(self) -> float | None:
        """Of the bare client's speed: the middle one of the rounds, each against its neighbour."""
        shares = [ours / theirs for ours, theirs in zip(self.rebuild, self.bare, strict=False)]
        return round(median(shares), 2) if shares else None

    @property
    def fast_enough(self) -> bool:
        """Whether the promise is kept."""
        if self.share is not None:
            return self.share >= LEAST_SHARE
        return median(self.rebuild) >= LEAST_PAGES_A_SECOND


def measure(pages: int, engine: str, url: str, rounds: int) -> Measured:
    """Rebuild the index of a new archive a few times."""
    records = synthetic(pages)
    with tempfile.TemporaryDirectory() as scratch:
        parts = Parts(load({"ARSIP_HOME": scratch}))
        fill(parts, records)
        if engine == "embedded":
            del records
            runs = [rebuilt(parts, parts.index, pages) for _ in range(rounds)]
            theirs = []
        else:
            ready: list[dict[str, object]] = [
                {"_id": each.page, "_source": structs.asdict(entry_of(each))} for each in records
            ]
            del records
            name = f"arsip-bench-{uuid.uuid4().hex}"
            index = ElasticIndex(url, name)
            try:
                turns = [(rebuilt(parts, index, pages), bare(url, name, ready)) for _ in range(rounds)]
            finally:
                clear(url, name)
            runs, theirs = [ours for ours, _bare in turns], [bare for _ours, bare in turns]
    return Measured(
        engine=engine,
        pages=pages,
        rebuild=[round(pages / seconds, 1) for seconds, _cpu in runs],
        bare=[round(pages / seconds, 1) for seconds in theirs],
        cpu_ms_a_page=round(1000 * median(cpu for _seconds, cpu in runs) / pages, 2),
    )


def rebuilt(parts: Parts, index: Index, pages: int) -> tuple[float, float]:
    """Seconds of one rebuild, from its start until it is in use and compared, and of CPU."""
    began, cpu = time.perf_counter(), cpu_seconds()
    with Makers(parts.catalog) as makers:
        done = Rebuild(parts.catalog, index, makers, lambda _done, _all: None).run()
    seconds = time.perf_counter() - began
    if done.written != pages or done.failed or index.count() != pages:
        raise RuntimeError(f"{done.written} of {pages} pages were written, {len(done.failed)} failed")
    return seconds, cpu_seconds() - cpu


def cpu_seconds() -> float:
    """Of this process and of all that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def bare(url: str, name: str, ready: Sequence[dict[str, object]]) -> float:
    """Seconds of a client that only sends, into an index with our mapping that is set for filling."""
    with Elasticsearch(url) as client:
        (made,) = client.indices.get(index=name).values()
        target = f"{name}-bare"
        settings = {"number_of_replicas": 0, "refresh_interval": -1, "translog": {"durability": "async"}}
        client.indices.create(index=target, mappings=made["mappings"], settings=settings)
        began = time.perf_counter()
        for _done, _answer in streaming_bulk(client, ready, index=target, chunk_size=TOGETHER):
            pass
        client.indices.refresh(index=target)
        seconds = time.perf_counter() - began
        client.indices.delete(index=target)
    return seconds


def clear(url: str, name: str) -> None:
    """Delete all that was made on the server."""
    with Elasticsearch(url) as client:
        client.indices.delete(index=list(client.indices.get(index=f"{name}-*")))
        client.options(ignore_status=404).indices.delete_index_template(name=name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--index", choices=["embedded", "elasticsearch"], default="embedded")
    parser.add_argument("--url", default="http://127.0.0.1:9200", help="of a running Elasticsearch")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    measured = measure(chosen.pages, chosen.index, chosen.url, chosen.rounds)
    told = asdict(measured) | {"share": measured.share, "fast_enough": measured.fast_enough}
    if chosen.json:
        print(json.dumps(told))
    else:
        for name, value in told.items():
            print(f"{name:>16}  {value}")
    return 0 if measured.fast_enough else 1


if __name__ == "__main__":
    sys.exit(main())

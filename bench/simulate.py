"""Many workers on many pages, played through: where catalog, broker or index becomes the limit.

    python -m bench.simulate [--pages 10000000] [--workers 1 10 25 50 100 200] [--threads 2] [--cores 4]
        [--page-seconds S] [--catalog-ms MS] [--commit-ms MS] [--broker-ms MS] [--index-ms MS] [--json]

A closed network of queues (Lavenberg 1983): each thread of each worker reads a page, which takes its own
CPU and nobody else's, and waits its turn at the servers, which are first come, first served, with so many
cores each. What a page costs at each of them is measured: catalog and broker by ``bench.catalog``, the index
by ``bench.search`` (two writes, ten pages at a time), a page by ``bench.speed``; the defaults are what these
gave on two cores. Some ten thousand pages are played, the rest is at the same pace. It knows nothing of
networks, of disks that fill, or of servers that grow slower with what they hold.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

PLAYED = 60_000
"""Pages that are played; after that the pace does not change any more."""
SETTLED = 0.2
"""The share of them that is not counted: the queues have to fill first."""
COMMITS = 5
"""Transactions of a one-page document (``tests/test_archive_ledger.py`` counts them)."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What a page costs, in seconds: reading it, and at each server; ``commit`` is waiting, not work."""

    page: float
    catalog: float
    commit: float
    broker: float
    index: float


@dataclass(frozen=True, slots=True)
class Played:
    """The pace of so many workers, how busy each server was (0 to 1), and the hours for all pages."""

    workers: int
    pages_an_hour: int
    hours: float
    of_the_ideal: float
    busy: dict[str, float]
    limit: str


class Server:
    """Cores that serve whoever comes, one after the other."""

    def __init__(self, cores: int) -> None:
        self._free_at = [0.0] * cores
        self.worked = 0.0

    def serve(self, now: float, seconds: float) -> float:
        """When somebody who comes now, and needs so long, is done."""
        begins = max(now, heapq.heappop(self._free_at))
        heapq.heappush(self._free_at, begins + seconds)
        self.worked += seconds
        return begins + seconds


def play(costs: Costs, workers: int, threads: int, cores: int, pages: int, seed: int = 1) -> Played:
    """Let so many workers read until the pace is known."""
    chance = random.Random(seed)
    servers = {name: Server(cores) for name in ("catalog", "broker", "index")}
    steps = [
        ("broker", costs.broker, 0.0),
        *[("catalog", costs.catalog / COMMITS, costs.commit)] * 2,
        ("", costs.page, 0.0),
        *[("catalog", costs.catalog / COMMITS, costs.commit)] * (COMMITS - 2),
        ("index", costs.index, 0.0),
    ]
    # The steps of each thread in the order of time; all begin within the time of one page.
    waiting = [(chance.random() * costs.page, thread, 0) for thread in range(workers * threads)]
    heapq.heapify(waiting)
    done, played, began, worked = 0, min(pages, PLAYED), 0.0, dict.fromkeys(servers, 0.0)
    while done < played:
        now, thread, step = heapq.heappop(waiting)
        where, seconds, then = steps[step]
        took = chance.expovariate(1 / seconds) if seconds else 0.0
        now = servers[where].serve(now, took) if where else now + took
        step += 1
        if step == len(steps):
            step, done = 0, done + 1
            if done == int(played * SETTLED):
                began, worked = now, {name: each.worked for name, each in servers.items()}
        heapq.heappush(waiting, (now + then, thread, step))
    elapsed = now - began
    pace = played * (1 - SETTLED) / elapsed
    busy = {name: (each.worked - worked[name]) / (elapsed * cores) for name, each in servers.items()}
    alone = (
        workers * threads / (costs.page + costs.catalog + COMMITS * costs.commit + costs.broker + costs.index)
    )
    most = max(busy, key=lambda name: busy[name])
    return Played(
        workers=workers,
        pages_an_hour=round(pace * 3600),
        hours=round(pages / pace / 3600, 1),
        of_the_ideal=round(pace / alone, 3),
        busy={name: round(share, 3) for name, share in busy.items()},
        limit=most if busy[most] > 0.9 else "the workers",
    )


def table(rows: Sequence[Played]) -> str:
    """The figures, a line for each number of workers."""
    lines = [f"{'workers':>8}{'pages/hour':>14}{'hours':>10}{'of ideal':>10}  busy (limit)"]
    for row in rows:
        busy = ", ".join(f"{name} {share:.0%}" for name, share in row.busy.items())
        lines.append(
            f"{row.workers:>8}{row.pages_an_hour:>14,}{row.hours:>10,.1f}{row.of_the_ideal:>10.2f}"
            f"  {busy} ({row.limit})"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=10_000_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 10, 25, 50, 100, 200])
    parser.add_argument("--threads", type=int, default=2, help="of each worker, one for each of its cores")
    parser.add_argument("--page-seconds", type=float, default=1.15, help="of one thread, without the servers")
    parser.add_argument(
        "--catalog-ms", type=float, default=5.5, help="CPU of the catalog's server for a page"
    )
    parser.add_argument("--commit-ms", type=float, default=0.4, help="waiting for the disk, each commit")
    parser.add_argument("--broker-ms", type=float, default=0.9, help="CPU of the broker for a page")
    parser.add_argument(
        "--index-ms", type=float, default=6.2, help="time of the index for a page, both writes"
    )
    parser.add_argument("--cores", type=int, default=4, help="of each server")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    costs = Costs(
        page=chosen.page_seconds,
        catalog=chosen.catalog_ms / 1000,
        commit=chosen.commit_ms / 1000,
        broker=chosen.broker_ms / 1000,
        index=chosen.index_ms / 1000,
    )
    rows = [play(costs, each, chosen.threads, chosen.cores, chosen.pages) for each in chosen.workers]
    if chosen.json:
        print(json.dumps({"costs": asdict(costs), "rows": [asdict(row) for row in rows]}))
    else:
        print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

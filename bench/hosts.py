"""Two hosts against one: the same batch, read by workers in network namespaces of their own.

    python -m bench.hosts [--pages 240] [--seconds 1] [--threads 4] [--runs 3] [--json]

Readers sleep in place of reading (two cores stand in for all hosts). Catalog, broker and index are real:
PostgreSQL, RabbitMQ and Elasticsearch, as ``tests.servers`` starts them or the environment names them. Needs
root. Ends with 1 where two hosts are less than 1.9 times as fast as one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median

import settings
from archive.catalog.accounts import account
from archive.catalog.intake import open_batch
from archive.ledger.hold import pause
from archive.ledger.workers import all_workers
from tests import servers
from tests.hosts import SleepingParts, forwarded, network, possible, take_in
from tests.servers import settings_of
from tests.waiting import until

LEAST_GAIN = 1.9
BATCH = "bersama"
READY_SECONDS = 4.0
"""After which the readers of all hosts have started: two cores do that for all of them."""
PATIENCE_SECONDS = 3600.0


def took(hosts: int, pages: int, seconds: float, threads: int, urls: Mapping[str, str]) -> float:
    """Seconds from the moment that all hosts are at work until all pages are searchable."""
    name = f"bench-{uuid.uuid4().hex[:12]}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(servers.new_database(urls[servers.POSTGRES]))
        here = settings_of(database, urls[servers.RABBITMQ], urls[servers.ELASTICSEARCH], name)
        here |= {
            "ARSIP_HOME": str(folder / "here"),
            "ARSIP_STORE_PATH": str(folder / "originals"),
            "ARSIP_WORKER_THREADS": str(threads),
        }
        made = stack.enter_context(network([f"host{number}" for number in range(hosts)], folder))
        parts = stack.enter_context(closing(SleepingParts(settings.load(here))))
        there = stack.enter_context(forwarded(here))
        # Paused until all is taken in and all hosts are there: what is measured is the work alone.
        open_batch(parts.catalog, BATCH)
        pause(parts.catalog, BATCH)
        take_in(parts, folder / "in", BATCH, pages, seconds)
        for host in made:
            host.work(there, 60.0)
        until(lambda: len(all_workers(parts.catalog)) == hosts, "all hosts are at work")
        time.sleep(READY_SECONDS)
        began = time.monotonic()
        pause(parts.catalog, BATCH, paused=False)
        until(lambda: account(parts.catalog, BATCH).pages.words == pages, "all is read", PATIENCE_SECONDS)
        return time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=240)
    parser.add_argument("--seconds", type=float, default=1.0, help="that a page takes")
    parser.add_argument("--threads", type=int, default=4, help="of each host")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if not possible():
        sys.stderr.write("network namespaces cannot be made here: it needs root and iproute2\n")
        return 5
    runs: dict[int, list[float]] = {1: [], 2: []}
    with servers.beside(servers.SERVED) as urls:
        for _ in range(chosen.runs):
            for hosts, times in runs.items():
                times.append(took(hosts, chosen.pages, chosen.seconds, chosen.threads, urls))
    gain = median(runs[1]) / median(runs[2])
    figures = {"one": runs[1], "two": runs[2], "gain": round(gain, 3)}
    print(
        json.dumps(figures) if chosen.json else "\n".join(f"{key}: {value}" for key, value in figures.items())
    )
    return 1 if gain < LEAST_GAIN else 0


if __name__ == "__main__":
    sys.exit(main())

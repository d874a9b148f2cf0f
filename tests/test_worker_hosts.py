"""Many machines: workers on hosts of their own, of which one is cut off, one killed, one comes back late."""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

import settings
from access import LOCAL
from archive.catalog.accounts import account
from archive.catalog.schema import message, page, stage_run
from archive.ledger.messages import refill
from archive.ledger.workers import all_workers
from index.query import parse
from tests.hosts import Host, SleepingParts, forwarded, network, possible, take_in, word_of
from tests.servers import settings_of
from tests.waiting import until
from worker.parts import Parts

LEASE = 4.0
PAGES = 60
SECONDS_A_PAGE = 0.4
BATCH = "bersama"


@pytest.fixture
def around(
    database_url: str, rabbitmq_url: str, elasticsearch_url: str, tmp_path: Path
) -> Iterator[tuple[list[Host], dict[str, str], dict[str, str]]]:
    """Four hosts, and what to tell a worker on them and one on this machine."""
    if not possible():
        pytest.skip("not run: network namespaces cannot be made here (needs root and iproute2)")
    name = f"test-{uuid.uuid4().hex[:12]}"
    here = settings_of(database_url, rabbitmq_url, elasticsearch_url, name)
    here |= {"ARSIP_STORE_PATH": str(tmp_path / "originals"), "ARSIP_WORKER_THREADS": "2"}
    with ExitStack() as stack:
        hosts = stack.enter_context(network(["terputus", "mati", "terlambat", "tetap"], tmp_path))
        yield hosts, stack.enter_context(forwarded(here)), here


def test_a_batch_ends_whatever_happens_to_the_hosts(
    around: tuple[list[Host], dict[str, str], dict[str, str]], tmp_path: Path
) -> None:
    hosts, there, here = around
    with closing(SleepingParts(settings.load({**here, "ARSIP_HOME": str(tmp_path / "here")}))) as parts:
        play(parts, hosts, there, tmp_path / "masuk")


def play(parts: Parts, hosts: list[Host], there: dict[str, str], folder: Path) -> None:
    """Let all hosts begin, and then the worst happen to three of them."""
    cut, killed, late, _steady = hosts
    take_in(parts, folder, BATCH, PAGES, SECONDS_A_PAGE)
    for host in hosts:
        host.work(there, LEASE)

    def all_work() -> bool:
        for host in hosts:
            host.keep_at_work(there, LEASE)
        return len(at_work(parts)) == len(hosts)

    until(all_work, "all hosts are at work", told=lambda: "".join(host.told() for host in hosts))
    until(lambda: past_ocr(parts) >= 8, "some pages are read")
    assert at_work(parts) == {host.name for host in hosts}
    for host, harm in (
        (cut, cut.cut_off),
        (killed, killed.workers[-1].kill),
        (late, lambda: late.workers[-1].send_signal(signal.SIGSTOP)),
    ):
        until(lambda host=host: host.name in holding(parts), "it has something in hand")  # type: ignore[misc]
        harm()
    # One may have ended its page in the moment between, and what it had said be on its way.
    time.sleep(LEASE / 4)
    held = len(holding(parts) & {cut.name, killed.name, late.name})
    assert held
    until(lambda: lost(parts) >= held, "what the three had in hand was taken from them")
    late.workers[-1].send_signal(signal.SIGCONT)
    cut.join()
    until(lambda: account(parts.catalog, BATCH).pages.words == PAGES, "all pages are searchable")
    until(lambda: left(parts) == 0, "nothing is left to do")
    wrong(parts)
    assert refill(parts.catalog) == 0


def wrong(parts: Parts) -> None:
    """Each page is there once, in the catalog and in the index, as it is now."""
    with parts.catalog.read() as connection:
        revisions = {row.id: row.revision for row in connection.execute(select(page.c.id, page.c.revision))}
    assert len(revisions) == PAGES
    assert dict(parts.index.revisions()) == revisions
    for number in range(PAGES):
        assert parts.index.find(parse(word_of(number)), LOCAL.filter).pages == 1


def at_work(parts: Parts) -> set[str]:
    """The hosts that have a worker."""
    return {each.owner.split(":")[0] for each in all_workers(parts.catalog)}


def holding(parts: Parts) -> set[str]:
    """The hosts whose workers have something in hand."""
    return {each.owner.split(":")[0] for each in all_workers(parts.catalog) if each.in_hand}


def past_ocr(parts: Parts) -> int:
    with parts.catalog.read() as connection:
        return connection.execute(select(func.count(page.c.text_key))).scalar_one()


def lost(parts: Parts) -> int:
    """How many workers went away with something in hand."""
    with parts.catalog.read() as connection:
        gone = select(func.count(stage_run.c.owner.distinct())).where(stage_run.c.outcome == "lost")
        return connection.execute(gone).scalar_one()


def left(parts: Parts) -> int:
    with parts.catalog.read() as connection:
        return connection.execute(select(func.count()).select_from(message)).scalar_one()

"""The checks of ``arsip doctor`` that look at what keeps the archive: catalog, broker, store, clocks."""

from __future__ import annotations

import time
from collections.abc import Iterator

from archive.catalog import health, history
from archive.catalog.connect import CLOCK_SECONDS
from archive.catalog.schema import HEAD
from archive.catalog.sqlite import NETWORK_FILESYSTEMS, SAFE_WAL, filesystem_of, sqlite_version
from archive.ledger import workers
from archive.ledger.owner import host_and_pid, in_sight
from archive.messages import N_, _, ngettext
from commands.check_machine import try_to_write
from commands.checks import Check, numbers, too_old
from settings import Settings
from worker.parts import Parts, check_broker_name
from worker.together import check_machines, check_store

BUILT_AFTER = 1_735_689_600.0
"""2025-01-01: a clock that says less was never set."""

SQLITE = N_("SQLite")
CATALOG = N_("Catalog")
BROKER = N_("Broker")
STORE = N_("Store")
MACHINES = N_("Machines")
CLOCK = N_("Clock")


def sqlite() -> Iterator[Check]:
    """The SQLite in use is one that lets searches go on while something is written."""
    version, safe = (".".join(map(str, each)) for each in (sqlite_version(), SAFE_WAL))
    if sqlite_version() >= SAFE_WAL:
        yield Check(SQLITE, "ok", version)
    else:
        says = _("{version}: works, but searches wait for imports (journal without WAL)")
        advice = _("install pysqlite3 with SQLite {version} or newer").format(version=safe)
        yield Check(SQLITE, "warning", says.format(version=version), advice)


def catalog(parts: Parts) -> Iterator[Check]:
    """The catalog is whole; what it is kept in."""
    health.quick_check(parts.catalog)
    says = _("{version}, sound, schema {revision}").format(
        version=health.describe(parts.catalog), revision=HEAD
    )
    count = history.waiting(parts.catalog)
    waiting = ngettext("{count} page is not searchable yet", "{count} pages are not searchable yet", count)
    yield Check(CATALOG, "ok", "; ".join((says, waiting.format(count=count))))


def no_catalog(parts: Parts) -> Iterator[Check]:
    """There is no catalog yet; a server that could take one has answered."""
    yield Check(CATALOG, "ok", _("{where}, to be made").format(where=parts.database.where))


def broker(settings: Settings) -> Iterator[Check]:
    """The message broker answers, lets us in, and is of a version that is tested."""
    from worker.probe import OLDEST, version

    check_broker_name(settings.broker.name)
    name, found = version(settings.broker.url, settings.broker.password)
    yield Check(BROKER, "ok", _("{name} {version} answers").format(name=name, version=found))
    if name in OLDEST and numbers(found) < OLDEST[name]:
        yield Check(BROKER, "warning", *too_old(name, f"{name} {found}", OLDEST[name]))


def store(parts: Parts, there: bool) -> Iterator[Check]:
    """The folder of originals can be written, and where several machines work, all of them see it."""
    folder = parts.settings.originals_path
    try_to_write(folder)
    if there:
        check_store(parts)
    kind = filesystem_of(folder)
    says = str(folder) if folder.is_dir() else _("{folder}, to be made").format(folder=folder)
    yield Check(STORE, "ok", f"{says} ({kind})" if kind else says)
    if not there or kind in NETWORK_FILESYSTEMS:
        return
    others = {
        host_and_pid(each.owner)[0] for each in workers.all_workers(parts.catalog) if not in_sight(each.owner)
    }
    if others:
        says = _("it lies on a disk of this machine, but others work as well: {hosts}").format(
            hosts=", ".join(sorted(others))
        )
        yield Check(STORE, "warning", says, _("set store.path to a folder that all machines share"))


def machines(parts: Parts) -> Iterator[Check]:
    """No other machine works with what only one can work with; else there is nothing to say."""
    check_machines(parts)
    yield from ()


def clock(parts: Parts | None) -> Iterator[Check]:
    """The clock of this machine is set, and agrees with that of the catalog."""
    catalog = parts.catalog if parts is not None else None
    ahead = catalog.ahead if catalog is not None else 0.0
    now = time.strftime("%Y-%m-%d %H:%M:%S %z")
    advice = _("set the clock, best by a time server: what waits is ordered by it")
    if abs(ahead) > CLOCK_SECONDS:
        says = (
            _("{now}, which is {seconds} seconds behind the clock of the catalog")
            if ahead > 0
            else _("{now}, which is {seconds} seconds ahead of the clock of the catalog")
        )
        yield Check(CLOCK, "warning", says.format(now=now, seconds=round(abs(ahead))), advice)
        return
    latest = (health.latest_attempt(catalog) or 0.0) if catalog is not None else 0.0
    if time.time() + ahead >= max(BUILT_AFTER, latest - CLOCK_SECONDS):
        yield Check(CLOCK, "ok", now)
    else:
        says = _("{now}, which is before what is in the archive").format(now=now)
        yield Check(CLOCK, "warning", says, advice)

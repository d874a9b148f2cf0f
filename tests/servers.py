"""The real servers of the tests: those that run already, or our own for as long as they are needed.

    python -m tests.servers fetch [8] [9] [verapdf]  bring Elasticsearch, or veraPDF, into the cache
    python -m tests.servers run NAME… -- COMMAND …   run a command beside servers, which ARSIP_TEST_… tell it

NAME is postgres, rabbitmq, redis or elasticsearch (the default); ``--profile served`` stands for what the
served profile needs. A server that the environment names already is used as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import tool_verapdf
from tests.server_elasticsearch import (
    CACHE,
    RELEASES,
    VERSION,
    Elasticsearch,
    Release,
    cache,
    chosen,
    elasticsearch,
    fetch,
    home,
    java,
    version,
)
from tests.server_postgres import Postgres, new_database, postgres
from tests.server_process import STOP_SECONDS, Missing, Server, descendants, new_room, running, runs
from tests.server_rabbitmq import RabbitMQ, rabbitmq
from tests.server_redis import Redis, redis

__all__ = [
    "CACHE",
    "RELEASES",
    "STOP_SECONDS",
    "VERSION",
    "Missing",
    "Release",
    "Server",
    "cache",
    "chosen",
    "descendants",
    "elasticsearch",
    "home",
    "java",
    "new_database",
    "postgres",
    "rabbitmq",
    "redis",
    "running",
    "runs",
    "settings_of",
    "version",
]

POSTGRES = "ARSIP_TEST_POSTGRES"
RABBITMQ = "ARSIP_TEST_RABBITMQ"
REDIS = "ARSIP_TEST_REDIS"
ELASTICSEARCH = "ARSIP_TEST_ELASTICSEARCH"

SERVED = ("postgres", "rabbitmq", "elasticsearch")


def settings_of(database: str, rabbitmq: str, elasticsearch: str, name: str) -> dict[str, str]:
    """What the environment says of an archive on servers: its database, and its name on the others."""
    return {
        "ARSIP_CATALOG_URL": database,
        "ARSIP_BROKER_URL": rabbitmq,
        "ARSIP_BROKER_NAME": name,
        "ARSIP_INDEX_ENGINE": "elasticsearch",
        "ARSIP_INDEX_URL": elasticsearch,
        "ARSIP_INDEX_NAME": name,
    }


_MAKE: dict[str, tuple[str, Callable[[Path], Server]]] = {
    "postgres": (POSTGRES, Postgres),
    "rabbitmq": (RABBITMQ, RabbitMQ),
    "redis": (REDIS, Redis),
    "elasticsearch": (ELASTICSEARCH, lambda room: Elasticsearch(room, chosen())),
}


@contextmanager
def beside(names: Sequence[str]) -> Iterator[dict[str, str]]:
    """URLs by the variable that tells them: of running servers, else of our own, started side by side."""
    with ExitStack() as stack:
        urls, started = {}, []
        for name in names:
            variable, make = _MAKE[name]
            url = os.environ.get(variable)
            if not url:
                server = make(stack.enter_context(new_room(name)))
                stack.callback(server.stop)
                server.launch()
                started.append(server)
                url = server.url
            urls[variable] = url
        for server in started:
            server.await_answer()
        yield urls


def main(arguments: Sequence[str]) -> int:
    """The commands of this file; 2 for wrong usage, 5 when a server cannot be had."""
    words, _dashes, command = _parted(arguments)
    try:
        match words:
            case ["fetch", *wanted] if not command and {*wanted} <= {*RELEASES, "verapdf"}:
                if "verapdf" in wanted:
                    tool_verapdf.fetch()
                releases = [RELEASES[each] for each in wanted if each in RELEASES]
                for release in releases if wanted else [chosen()]:
                    fetch(release)
                return 0
            case ["run", *names] if command and (known := _known(names)):
                sys.stderr.write(f"Starting {', '.join(known)} …\n")
                with beside(known) as urls:
                    return subprocess.run(command, env=os.environ | urls, check=False).returncode
    except Missing as error:
        sys.stderr.write(f"{error}\n")
        return 5
    sys.stderr.write(f"{__doc__}\n")
    return 2


def _parted(arguments: Sequence[str]) -> tuple[list[str], bool, list[str]]:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return list(arguments[:at]), at < len(arguments), list(arguments[at + 1 :])


def _known(names: Sequence[str]) -> Sequence[str]:
    """The servers that are meant, or none where a name is wrong."""
    if names == ["--profile", "served"]:
        return SERVED
    names = names or ["elasticsearch"]
    return names if all(name in _MAKE for name in names) else ()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The profiles that the tests of the whole pipeline run in: an archive's own names on the engines of each."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from archive.types import Stage
from tests.index_servers import delete_index
from tests.server_postgres import at_database, create_database, drop_database
from tests.server_rabbitmq import delete_queues
from tests.servers import settings_of

VARIABLE = "ARSIP_TEST_PROFILE"
EMBEDDED, SERVED = "embedded", "served"


def chosen() -> list[str]:
    """The profiles that the environment asks for: one, or ``both``; else the embedded one."""
    asked = os.environ.get(VARIABLE, EMBEDDED)
    return [EMBEDDED, SERVED] if asked == "both" else [asked]


@dataclass(slots=True)
class Servers:
    """The servers of the served profile, and what is each archive's own on them."""

    postgres: str
    rabbitmq: str
    elasticsearch: str
    names: dict[Path, str] = field(default_factory=dict)
    """What the archive in a folder is called on all of them."""

    def surroundings(self, home: Path) -> dict[str, str]:
        """The settings of the archive in this folder; its database is made when they are first asked for."""
        name = self.names.get(home)
        if name is None:
            name = self.names[home] = f"arsip_{secrets.token_hex(8)}"
            create_database(self.postgres, name)
        return settings_of(at_database(self.postgres, name), self.rabbitmq, self.elasticsearch, name)

    def drop(self, but: int) -> None:
        """Drop the archives that were made after the first ``but``."""
        while len(self.names) > but:
            _home, name = self.names.popitem()
            delete_queues(self.rabbitmq, [f"{name}.{stage}" for stage in Stage])
            delete_index(self.elasticsearch, name)
            drop_database(self.postgres, name)


servers: Servers | None = None
"""Those of the served profile while tests run in it."""


def surroundings(home: Path) -> dict[str, str]:
    """What the environment says to whoever works on the archive in this folder, beside where it is."""
    return servers.surroundings(home) if servers else {}

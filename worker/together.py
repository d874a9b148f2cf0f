"""What machines that work together must share, looked at before a crew takes anything."""

from __future__ import annotations

from collections.abc import Collection

from archive.catalog import health
from archive.errors import NOT_SHARED, STORE_ELSEWHERE, ArsipError
from archive.ledger import workers
from archive.messages import _
from archive.types import Stage
from worker.parts import Parts

SAMPLE = 20
"""How many originals are looked for: of an archive's own folder it has at least one."""


def check_store(parts: Parts) -> None:
    """See that the folder of originals is that of the archive, which others may fill from elsewhere.

    Where it is a folder of this machine that was not mounted, every page would fail. Raises STORE_ELSEWHERE.
    """
    if not (parts.settings.catalog.url or parts.settings.store.path):
        return  # it lies beside its catalog
    some = health.originals(parts.catalog, SAMPLE)
    if some and not any(parts.store.path(sha256).is_file() for sha256, _size in some):
        raise ArsipError(STORE_ELSEWHERE, path=str(parts.settings.originals_path))


def check_machines(parts: Parts, stages: Collection[Stage] = tuple(Stage)) -> None:
    """See that no other machine works with what only one can work with. Raises NOT_SHARED.

    A catalog in a file is for the workers of one machine, a search index in a folder for those that index.
    """
    if not parts.settings.catalog.url:
        _alone(parts, tuple(Stage), _("catalog"), "catalog.url")
    elif parts.settings.index.engine == "embedded" and Stage.INDEX in stages:
        _alone(parts, (Stage.INDEX,), _("search index"), "index.engine")


def may_index(parts: Parts) -> bool:
    """Whether this machine may write to the index now."""
    try:
        check_machines(parts, [Stage.INDEX])
    except ArsipError as error:
        if error.failure.cause != NOT_SHARED.code:
            raise
        return False
    return True


def _alone(parts: Parts, stages: Collection[Stage], what: str, setting: str) -> None:
    if others := workers.on_other_machines(parts.catalog, stages):
        raise ArsipError(NOT_SHARED, what=what, hosts=", ".join(others), setting=setting)

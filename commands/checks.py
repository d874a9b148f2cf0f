"""What a check of ``arsip doctor`` says, and how one is carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from archive.errors import WORKERS_DIED, failure_of
from archive.messages import _

State = Literal["ok", "mended", "warning", "differs", "error"]
"""``differs``: two of files, catalog, messages and index do not agree, and nobody has mended it yet."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found; ``advice`` says what to do where something is not as it should be.

    ``kind``, ``count``, ``mended`` and ``examples`` tell of a difference what it is, how often it was met and
    mended, and where.
    """

    name: str
    state: State
    says: str
    advice: str = ""
    kind: str = ""
    count: int = 0
    mended: int = 0
    examples: tuple[str, ...] = ()


Look = tuple[str, Callable[[], Iterable[Check]]]
"""The name of what is looked at, and the look."""


def carried_out(looks: Iterable[Look]) -> Iterator[Check]:
    """Look at one thing after the other; a look that fails is an error of its name."""
    for name, look in looks:
        try:
            yield from look()
        except Exception as error:
            yield failed(name, error)


def failed(name: str, error: Exception) -> Check:
    """What stands in the way of a look, in its words."""
    failure = failure_of(error)
    again = failure.cause == WORKERS_DIED.code  # whose advice is to run this
    advice = _("run make in Arsip's folder again; if it stays, please report it")
    return Check(name, "error", failure.message(), advice if again else failure.advice())


def numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version."""
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def too_old(name: str, found: str, oldest: tuple[int, ...]) -> tuple[str, str]:
    """What to say of a server of a version that is not tested any more, and what to do."""
    says = _("{found} is older than what Arsip is tested with").format(found=found)
    advice = _("install {name} {version} or newer")
    return says, advice.format(name=name, version=".".join(map(str, oldest)))

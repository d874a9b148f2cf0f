"""A look at pages that are not in the archive: what the scanner's desk can say before anything is read."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive.errors import ArsipError, Failure
from archive.types import Prepared, Source
from ingest.desk.kinds import Finding, by_page
from worker.parts import Parts
from worker.reader import Reader

if TYPE_CHECKING:
    from ingest.desk.facts import Facts

AHEAD = 4
"""Pages for each reader that are asked for before the first of them is done."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a file: the document it would be in, its number there, and what people call the file."""

    document: str
    number: int
    path: str
    source: Source


@dataclass(slots=True)
class Looked:
    """What was seen: pages with what is wrong with each, the worst first, and those that cannot be drawn."""

    listed: list[tuple[Sheet, list[Finding]]] = field(default_factory=list)
    stopped: list[tuple[Sheet, Failure]] = field(default_factory=list)


def look(parts: Parts, sheets: Sequence[Sheet], step: Callable[[int], None]) -> Looked:
    """Prepare each page, on all cores, and judge it; ``step`` is told of each page that was looked at.

    What only words can tell is left out. Raises what is no page's own fault, such as WORKERS_DIED.
    """
    from ingest.desk.facts import facts  # NumPy, which an import does not need to begin
    from ingest.desk.findings import findings

    made = Looked()
    seen: list[Facts] = []
    for at, outcome in enumerate(_prepared(parts, sheets)):
        step(1)
        if isinstance(outcome, Failure):
            made.stopped.append((sheets[at], outcome))
        else:
            seen.append(facts(str(at), sheets[at].document, sheets[at].number, outcome, None))
    grouped = by_page(findings(seen, lambda _pages: {}))
    made.listed = [(sheets[int(page)], found) for page, found in grouped.items()]
    return made


def _prepared(parts: Parts, sheets: Sequence[Sheet]) -> Iterator[Prepared | Failure]:
    """How each page came out, in their order; as many readers as cores work at it."""
    readers = [parts.reader() for _ in range(min(len(sheets), len(os.sched_getaffinity(0))) or 1)]
    idle = list(readers)
    options = parts.settings.preprocess

    def prepare(source: Source) -> Prepared | Failure:
        reader: Reader = idle.pop()
        try:
            return reader.prepare(source, options)
        except ArsipError as error:
            return error.failure
        finally:
            idle.append(reader)

    threads = ThreadPoolExecutor(len(readers), "look")
    ahead: deque[Future[Prepared | Failure]] = deque()
    try:
        for sheet in sheets:
            ahead.append(threads.submit(prepare, sheet.source))
            if len(ahead) > AHEAD * len(readers):
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for reader in readers:
            reader.close()
        threads.shutdown()

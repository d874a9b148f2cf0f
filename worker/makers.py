"""Processes that make index entries, so that analysing keeps all cores busy while one writes."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from types import TracebackType

from archive.catalog import indexed
from archive.catalog.connect import Catalog
from worker.entries import Made
from worker.reader import Reader

TOGETHER = 500
"""Pages made into entries in one call, and written in one go."""
AHEAD = 2
"""Calls begun or done for each process that wait for whoever writes."""


class Makers:
    """As many processes as cores, each with a thread of ours that fetches its pages from the catalog."""

    def __init__(self, catalog: Catalog, how_many: int = 0) -> None:
        self._catalog = catalog
        self._idle = [Reader(tasks="worker.entries") for _ in range(how_many or len(os.sched_getaffinity(0)))]
        self._readers = tuple(self._idle)
        self._threads = ThreadPoolExecutor(len(self._readers), "makers")

    def __enter__(self) -> Makers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for reader in self._readers:
            reader.close()
        self._threads.shutdown()

    def made(self, pages: Iterable[str]) -> Iterator[Made]:
        """The entries of these pages as the catalog has them now, in the order asked for."""
        rest = iter(pages)
        ahead: deque[Future[Made]] = deque()
        while some := list(islice(rest, TOGETHER)):
            ahead.append(self._threads.submit(self._make, some))
            if len(ahead) > AHEAD * len(self._readers):
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()

    def _make(self, pages: list[str]) -> Made:
        reader = self._idle.pop()
        try:
            return reader.call(Made, "make", tuple(indexed.records_of(self._catalog, pages)))
        finally:
            self._idle.append(reader)

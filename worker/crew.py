"""The workers of one process: Dramatiq's threads, a reader for each, a heartbeat, and the reconciler."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import TypeVar

import dramatiq

import pipeline
from archive.catalog.connect import CLOCK_SECONDS
from archive.errors import ArsipError, Failure, failure_of
from archive.ledger import hold, messages, workers
from archive.ledger.ledger import Ledger
from archive.ledger.work import Indexed
from archive.messages import _
from archive.types import PageText, Prepared, PrepareOptions, Reading, ReadOptions, Source, Stage
from worker.actors import declare
from worker.parts import Parts
from worker.reader import Reader
from worker.together import check_machines, check_store, may_index

_T = TypeVar("_T")

BEAT_SECONDS = 2.0
"""How often work of owners that are gone is looked for."""
SEEN_SECONDS = 30.0
"""How often this worker says that it is there."""
REFILL_SECONDS = 60.0
"""How often one of all crews looks for messages that are missing or misplaced."""
GATHER_SECONDS = 2.0
"""How long pages that were read may wait for others, to go into the index in one commit: one of tantivy's
costs 20 ms of CPU however few pages are in it, and a page is found soon enough."""
PATIENCE_SECONDS = 5.0
"""How long a stopping crew lets pages in hand come to an end."""


class _Stopped(BaseException):
    """The crew stops: what is in hand is given back, and nothing is said about it."""


class _Patient:
    """A reader that is not blamed on the page when it ends because the crew stops."""

    def __init__(self, reader: Reader, stopping: threading.Event, read_at: deque[float]) -> None:
        self._reader = reader
        self._stopping = stopping
        self._read_at = read_at

    def prepare(self, source: Source, options: PrepareOptions) -> Prepared:
        return self._call(lambda: self._reader.prepare(source, options))

    def read(
        self,
        source: Source,
        options: PrepareOptions,
        prepared: Prepared,
        read_options: ReadOptions,
        before: Reading | None,
    ) -> PageText:
        text = self._call(lambda: self._reader.read(source, options, prepared, read_options, before))
        self._read_at.append(time.monotonic())
        return text

    def _call(self, task: Callable[[], _T]) -> _T:
        if self._stopping.is_set():
            raise _Stopped
        try:
            return task()
        except ArsipError:
            if self._stopping.is_set():
                raise _Stopped from None
            raise


class Crew:
    """Worker threads that take messages until they are stopped.

    What goes wrong with a page is settled as a value; what goes wrong with the catalog itself (a full
    disk, a lock that does not open) ends up in ``trouble``, and the crew takes nothing more.
    """

    def __init__(
        self,
        parts: Parts,
        stages: Collection[Stage] = tuple(Stage),
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._trouble: Failure | None = None
        self._parts = parts
        self._tell = tell or _note
        self._told_of_clock = False
        self._ledger = Ledger(parts.catalog, parts.inputs(), stages, GATHER_SECONDS)
        self._serves = tuple(stages)
        self._read_at: deque[float] = deque()
        """When each page of the last hour was read."""
        self._stages = pipeline.stages(
            self._reader, _describe(), parts.index, parts.settings.preprocess, parts.read_options
        )
        self._local = threading.local()
        self._readers = [parts.reader() for _ in range(parts.settings.threads if reads(stages) else 0)]
        self._idle = list(self._readers)
        self._stopping = threading.Event()
        self._awake = False
        self._broker = parts.broker(stages, self._tell_of)
        declare(self._broker, self._run, stages)
        threads = parts.settings.threads
        self._worker = dramatiq.Worker(self._broker, worker_timeout=200, worker_threads=threads)
        # More would only make the messages handed out older than they need to be.
        self._worker.queue_prefetch = threads
        self._beat = threading.Thread(target=self._reconcile, name="reconciler", daemon=True)
        self._mender = threading.Thread(target=self._mend, name="mender", daemon=True)

    @property
    def trouble(self) -> Failure | None:
        """What ends this crew's work, ``None`` as long as all is well."""
        return self._trouble or self._broker.trouble

    @property
    def is_cut_off(self) -> bool:
        """Whether the broker's server does not answer now; it is waited for."""
        return self._broker.is_cut_off

    @property
    def is_awake(self) -> bool:
        """Whether the reconciler has looked around since this was asked for the last time."""
        awake, self._awake = self._awake, False
        return awake

    def start(self) -> None:
        """Free what earlier owners left, put back what is missing, and begin to work.

        The readers load their libraries meanwhile. Raises STORE_ELSEWHERE, NOT_SHARED, BROKER_REFUSED.
        """
        if reads(self._serves):
            check_store(self._parts)
        for reader in self._idle:
            reader.start()
        self._say_seen()  # before the look: of two that begin at once, at least one sees the other
        try:
            check_machines(self._parts, self._serves)
        except ArsipError:
            workers.let_go(self._parts.catalog, self._ledger.owner)
            raise
        workers.free(self._parts.catalog)
        hold.keep_hours(self._parts.catalog)
        hold.mend(self._parts.catalog)
        messages.refill(self._parts.catalog)
        self._broker.start()
        self._worker.start()
        self._beat.start()
        self._mender.start()
        self._awake = True

    def stop(self) -> None:
        """Let pages in hand come to an end, or give them back; nothing is lost and nobody is blamed."""
        self._stopping.set()
        self._broker.stop()
        until = time.monotonic() + PATIENCE_SECONDS
        stopper = threading.Thread(target=self._worker.stop, daemon=True)
        stopper.start()
        stopper.join(max(0.0, until - time.monotonic()))
        for reader in self._readers:
            reader.close()
        stopper.join(PATIENCE_SECONDS)
        self._broker.close()
        for thread in (self._beat, self._mender):
            if thread.is_alive():
                thread.join(PATIENCE_SECONDS)
        with contextlib.suppress(ArsipError):  # whoever comes next sees that this process is gone
            workers.let_go(self._parts.catalog, self._ledger.owner)

    def _run(self, stage: Stage, subject: str) -> None:
        if self._stopping.is_set() or self.trouble is not None:
            return
        try:
            pipeline.run(self._ledger, self._stages, stage, subject)
        except _Stopped:
            return
        except Exception as error:
            self._trouble = failure_of(error)
        finally:
            self._broker.news()

    def _reader(self) -> _Patient:
        patient: _Patient | None = getattr(self._local, "patient", None)
        if patient is None:
            patient = self._local.patient = _Patient(self._idle.pop(), self._stopping, self._read_at)
        return patient

    def _reconcile(self) -> None:
        catalog = self._parts.catalog
        said = looked = judges_at = time.monotonic()
        while not self._stopping.wait(BEAT_SECONDS):
            now = time.monotonic()
            if now - looked > BEAT_SECONDS + SEEN_SECONDS and looked >= judges_at:
                # We stood still for a while, and perhaps all others too: let them say that they are there.
                # Once: whoever is always slow would else never judge.
                judges_at = now + SEEN_SECONDS
            looked, self._awake = now, True
            try:
                if now - said >= SEEN_SECONDS:
                    self._say_seen()
                    said = now
                if now >= judges_at:
                    workers.free(catalog)
                hold.keep_hours(catalog)
            except Exception as error:
                self._trouble = failure_of(error)

    def _mend(self) -> None:
        """Look through all pages for what has no message: in one crew, and beside the signs of life."""
        catalog = self._parts.catalog
        while not self._stopping.wait(REFILL_SECONDS):
            try:
                if workers.is_first(catalog, self._ledger.owner):
                    hold.mend(catalog)
                    messages.refill(catalog)
            except Exception as error:
                self._trouble = failure_of(error)

    def _tell_of(self, failure: Failure) -> None:
        self._tell(f"{failure.message()}\n  → {failure.advice()}")

    def _look_at_clock(self) -> None:
        """Tell once of a clock that is wrong. Nothing else follows: all machines go by the catalog's."""
        off = round(self._parts.catalog.ahead)
        if abs(off) > CLOCK_SECONDS and not self._told_of_clock:
            self._told_of_clock = True
            says = _(
                "The clock of this machine is off by {seconds} seconds; set it right, for example by NTP."
            )
            self._tell(says.format(seconds=abs(off)))

    def _say_seen(self) -> None:
        """Say that this worker is there, and how many pages it read in the last hour."""
        hour_ago = time.monotonic() - 3600
        while self._read_at and self._read_at[0] < hour_ago:
            self._read_at.popleft()
        threads, pages = self._parts.settings.threads, len(self._read_at)
        workers.seen(self._parts.catalog, self._ledger.owner, self._serves, threads, pages)
        self._look_at_clock()


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _describe() -> pipeline.Describe:
    from classify.describe import describe

    return describe


def reads(stages: Collection[Stage]) -> bool:
    """Whether any of these stages needs a reader."""
    return Stage.PREPROCESS in stages or Stage.OCR in stages


def catch_up(parts: Parts) -> None:
    """Write to the index whatever waits for it, in this thread; what cannot be written stays waiting."""
    if not may_index(parts):
        return
    ledger = Ledger(parts.catalog, parts.inputs(), [Stage.INDEX])
    stages: pipeline.Stages = {Stage.INDEX: lambda work: Indexed(parts.index.write(work.records))}
    while due := messages.waiting(parts.catalog, [Stage.INDEX], 1):
        pipeline.run(ledger, stages, *due[0])

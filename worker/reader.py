"""A reader: decodes and reads pages in a process of its own, with limits, and is replaced when it dies."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TypeVar

from archive.errors import READER_DIED, WORKERS_DIED, ArsipError, Failure
from archive.types import (
    Extent,
    Inspection,
    PageText,
    PageView,
    Prepared,
    PrepareOptions,
    Reading,
    ReadOptions,
    Source,
    Turn,
)
from worker import wire
from worker.child import Child
from worker.wire import Limits, Mark, Thumbnail

__all__ = ["Limits", "Mark", "Reader"]

T = TypeVar("T")

USUAL = Limits()


class Reader:
    """Calls tasks in a child process, which is started when it is needed and replaced after it ended.

    For one thread; only ``close`` may be called from another. All calls raise ArsipError: what the task
    failed with, PAGE_TIMEOUT, PAGE_MEMORY, READER_DIED (with ``how``: a signal or an exit status), or
    WORKERS_DIED if no child can be started.
    """

    def __init__(self, limits: Limits = USUAL, tasks: str = "worker.tasks") -> None:
        self._limits = limits
        self._tasks = tasks
        self._child: Child | None = None
        self._busy = threading.Lock()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The child's process id, if there is one."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """See that there is a child; do not wait until it has loaded its libraries."""
        try:
            self._child = self._child or Child(self._tasks, self._limits)
        except OSError as error:
            raise ArsipError(WORKERS_DIED, problem=os.strerror(error.errno or 0)) from None

    def close(self) -> None:
        """End the child, whatever it does: a call of another thread raises READER_DIED.

        The next call starts another child.
        """
        while not self._busy.acquire(timeout=0.05):
            if child := self._child:
                child.kill()
        try:
            self._end()
        finally:
            self._busy.release()

    def inspect(self, path: str, name: str, options: PrepareOptions) -> Inspection:
        """What the file at this path is, and how many pages it has; ``name`` is what people call it."""
        return self.call(Inspection, "inspect", os.fsencode(path), name, options)

    def prepare(self, source: Source, options: PrepareOptions) -> Prepared:
        """Make the clean image of a page; the child keeps it for the ``read`` that follows."""
        return self.call(Prepared, "prepare", source, options)

    def read(
        self,
        source: Source,
        prepare_options: PrepareOptions,
        prepared: Prepared | None,
        read_options: ReadOptions,
        before: Reading | None = None,
    ) -> PageText:
        """The words of a page, compared with those it had ``before``, if any.

        A child that does not have its clean image makes it again.
        """
        arguments = source, prepare_options, prepared, read_options, before
        return self.call(PageText, "read", *arguments, continues=True)

    def picture(
        self, source: Source, turn: Turn, max_side: int, marks: tuple[Mark, ...], options: PrepareOptions
    ) -> bytes:
        """The page as a person sees it, turned upright, with boxes drawn on it: a PNG."""
        return self.call(bytes, "picture", source, turn, max_side, marks, options)

    def extent(self, view: PageView, options: PrepareOptions) -> Extent:
        """The pixels of the original of a page."""
        return self.call(Extent, "extent", view.source, view.prepared, options)

    def thumbnail(self, source: Source, turn: Turn, max_side: int, options: PrepareOptions) -> Thumbnail:
        """The page as a person sees it, turned upright and small: a JPEG."""
        return self.call(Thumbnail, "thumbnail", source, turn, max_side, options)

    def pdf(
        self,
        batches: Iterable[tuple[PageView, ...]],
        pages: int,
        target: str,
        options: PrepareOptions,
        title: str | None = None,
    ) -> None:
        """Write a searchable PDF of these pages, of which there are ``pages``, some at a time.

        With a ``title`` it is PDF/A-2b. Raises INKS_UNKNOWN and CONTENTS_UNCHECKED where it cannot be.
        """
        begun = False
        for views in batches:
            if not begun:
                self.call(type(None), "pdf_begin", views[0].source, pages, title, options)
                begun = True
            self.call(type(None), "pdf_add", views, continues=True)
        self.call(type(None), "pdf_save", os.fsencode(target), continues=True)

    def call(self, returns: type[T], task: str, *arguments: object, continues: bool = False) -> T:
        """Call a task by name; what it returns is believed only if it is of the type ``returns``.

        ``continues`` says that this goes on with what the call before left in the child.
        """
        request = wire.encode(wire.Request(task, wire.raw(arguments)))
        with self._busy:
            reply = self._ask(request, returns, continues)
        if isinstance(reply, Failure):
            raise ArsipError.of(reply)
        return reply

    def _ask(self, request: bytes, returns: type[T], continues: bool) -> T | Failure:
        how = ""
        self._drop_unfit(continues)
        self.start()
        assert self._child is not None
        try:
            reply = wire.decode(self._child.ask(request), wire.Reply)
            return wire.decode(reply.value, returns) if reply.failure is None else reply.failure
        except wire.Garbled:
            how = "garbled"
            self._end()
        except (EOFError, ConnectionError):
            how = self._end()
        except BaseException:  # a reply that came later would be taken for that of the next call
            self._end()
            raise
        raise ArsipError(READER_DIED, how=how)

    def _drop_unfit(self, continues: bool) -> None:
        """End a child that died meanwhile; also one that is spent, unless it has the page in hand."""
        child = self._child
        if child and (not child.silent() or (not continues and child.spent())):
            self._end()

    def _end(self) -> str:
        child, self._child = self._child, None
        return child.end() if child else ""

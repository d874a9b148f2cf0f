"""The index of the embedded profile: tantivy, in a folder of its own, nothing to start.

Tantivy has no fence, so a batch is written under a lock between processes: the revisions kept are read,
the records that are not older written, in one commit. Each batch opens the folder anew and leaves no
writer behind: two long-lived writers forget each other's files, and the folder grows for ever. A reader
opens once and looks before each question which generation is in use (``generations``), and at its
``meta.json`` to see whether a commit has come.
"""

from __future__ import annotations

import errno
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from hashlib import blake2b
from importlib import metadata
from operator import itemgetter
from pathlib import Path
from shutil import disk_usage
from typing import TypeAlias

import tantivy

from archive.errors import DISK_FULL, INDEX_BROKEN, NOT_WRITABLE, ArsipError, Failure
from archive.messages import _
from archive.types import Filter, PageRecord
from index import generations
from index.contract import FACETS, MOST_FACET_VALUES, Facet, Found, Hit, Sort, checked_window
from index.embedded_query import engine_query
from index.entry import SCHEMA, Entry, newest_entries
from index.query import Query

_Match: TypeAlias = tuple[float, tantivy.DocAddress]

_HEAP_BYTES = 15_000_000
"""Tantivy's smallest writer; a batch of pages is far smaller."""
_FILLING_HEAP_BYTES = 200_000_000
_LEAST_FREE_BYTES = 200_000
"""With less than this free a commit cannot succeed."""
_COUNTED = ("document", *FACETS)


class EmbeddedIndex:
    """The index in one folder, which is made when first needed. See ``contract.Index``.

    With a ``generation`` it is that one, whichever is in use.
    """

    def __init__(self, path: Path, generation: int | None = None) -> None:
        self._path = path
        self._generation = generation
        self._guard = threading.Lock()
        self._reader: tantivy.Index | None = None
        self._seen: tuple[Path, int, int] | None = None

    @property
    def where(self) -> str:
        """See ``contract.Index.where``."""
        return str(self._path)

    def write(self, records: Sequence[PageRecord]) -> dict[str, Failure]:
        """See ``contract.Index.write``."""
        entries, failures = newest_entries(records)
        return failures | self.put(entries)

    def put(self, entries: Sequence[Entry]) -> dict[str, Failure]:
        """See ``contract.Index.put``: all of them or none."""
        if entries:
            heap = _HEAP_BYTES if self._generation is None else _FILLING_HEAP_BYTES
            with self._translated(), self._locked() as folder:
                _commit(self._opened(folder), entries, heap)
        return {}

    def find(
        self,
        query: Query,
        viewer: Filter,
        *,
        min_confidence: float = 0.0,
        sort: Sort = "relevance",
        limit: int = 20,
        offset: int = 0,
    ) -> Found:
        """See ``contract.Index.find``. Numbers are exact at any size; all matches are walked for them."""
        checked_window(limit, offset)
        with self._translated():
            searcher = self._searcher()
            engine = engine_query(_SCHEMA, query, viewer, min_confidence)
            matches = searcher.search(engine, max(1, searcher.num_docs), count=False).hits
            window = _window(searcher, engine, matches, sort, offset, limit) if limit else []
            documents, facets = _counts(searcher, [address for _score, address in matches])
            hits = tuple(_hit(searcher, score, address) for score, address in window)
        return Found(hits=hits, documents=documents, pages=len(matches), facets=facets)

    def revisions(
        self, after: str | None = None, limit: int = 1000, *, only_withdrawn: bool = False
    ) -> list[tuple[str, int]]:
        """See ``contract.Index.revisions``."""
        with self._translated():
            searcher = self._searcher()
            query = tantivy.Query.all_query()
            if after is not None:
                query = tantivy.Query.range_query(
                    _SCHEMA, "page_rank", tantivy.FieldType.Integer, _ranks(after)[0], None
                )
            if only_withdrawn:
                hidden = tantivy.Query.term_query(_SCHEMA, "withdrawn", True)
                query = tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in (query, hidden)])
            ask = limit + 1
            while True:
                hits = searcher.search(
                    query, ask, count=False, order_by_field="page", order=tantivy.Order.Asc
                ).hits
                rest = [(page, at) for page, at in hits if after is None or page > after][:limit]
                if len(rest) == limit or len(hits) < ask:
                    break
                ask *= 2  # many ids share the beginning that ranks know
            revisions = searcher.fast_field_values("revision", [address for _page, address in rest])
            return [(page, int(revision or 0)) for (page, _at), revision in zip(rest, revisions, strict=True)]

    def count(self) -> int:
        """See ``contract.Index.count``."""
        with self._translated():
            return int(self._searcher().num_docs)

    def remove(self, pages: Sequence[str]) -> None:
        """See ``contract.Index.remove``."""
        with self._translated(), self._locked() as folder, _writer(self._opened(folder)) as writer:
            for page in pages:
                writer.delete_documents_by_term("page", page)
            writer.commit()

    def next(self) -> EmbeddedIndex:
        """See ``contract.Index.next``."""
        with self._translated():
            if self._path.is_dir() and generations.is_foreign(self._path):
                raise self._foreign()
            self._path.mkdir(parents=True, exist_ok=True)
            now = generations.mended(self._path)
            generations.forget(self._path, now, now + 1)
            beside = EmbeddedIndex(self._path, now + 1)
            try:
                beside.check()
            except ArsipError as error:
                if error.failure.cause != INDEX_BROKEN.code:
                    raise
                generations.forget(self._path, now)
            return beside

    def adopt(self) -> None:
        """See ``contract.Index.adopt``."""
        if self._generation is not None:
            with self._translated():
                generations.use(self._path, self._generation)

    def check(self) -> None:
        """See ``contract.Index.check``: reads a page of every segment."""
        with self._translated():
            searcher = self._searcher()
            searcher.search(tantivy.Query.all_query(), 1, order_by_field="page")
            for _score, address in searcher.search(tantivy.Query.all_query(), 1).hits:
                searcher.doc(address)

    def about(self) -> str:
        """See ``contract.Index.about``."""
        return f"tantivy {metadata.version('tantivy')}"

    def close(self) -> None:
        """See ``contract.Index.close``."""
        with self._guard:
            self._reader, self._seen = None, None

    def _searcher(self) -> tantivy.Searcher:
        """A searcher on the last commit."""
        with self._guard:
            number = self._generation or generations.current(self._path)
            meta = generations.folder(self._path, number) / "meta.json"
            if not meta.exists():
                with self._locked() as folder:
                    self._reader, self._seen = self._opened(folder), None
                    meta = folder / "meta.json"
            elif self._reader is None or (self._seen and self._seen[0] != meta):
                self._reader, self._seen = self._opened(meta.parent), None
            found = meta.stat()
            if self._seen != (meta, found.st_mtime_ns, found.st_ino):
                self._reader.reload()
                self._seen = (meta, found.st_mtime_ns, found.st_ino)
            return self._reader.searcher()

    def _locked(self) -> AbstractContextManager[Path]:
        """Alone among all processes and threads, in the folder of the generation."""
        return generations.locked(self._path, self._generation)

    def _opened(self, folder: Path) -> tantivy.Index:
        """The index in this folder. Where there is none it is made, to be called under the lock."""
        if folder == self._path and generations.is_foreign(folder):
            raise self._foreign()
        index = tantivy.Index(_SCHEMA, str(folder))
        index.config_reader("manual")
        spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("spaces", spaces)
        return index

    def _foreign(self) -> ArsipError:
        return ArsipError(INDEX_BROKEN, where=str(self._path), problem=_("the folder holds something else"))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Tantivy raises ValueError for all that goes wrong, and its panics are bare BaseExceptions."""
        try:
            yield
        except BaseException as error:
            if not isinstance(error, OSError | ValueError) and type(error).__name__ != "PanicException":
                raise
            raise self._failure(error) from None  # what tantivy says may quote a page

    def _failure(self, error: BaseException) -> ArsipError:
        if self._full(error):
            return ArsipError(DISK_FULL, path=str(self._path))
        unmade = isinstance(error, OSError) and (error.errno == errno.EROFS or not self._path.exists())
        if unmade or isinstance(error, PermissionError) or "Permission denied" in str(error):
            return ArsipError(NOT_WRITABLE, path=str(self._path))
        if "schema does not match" in str(error):
            problem = _("it was made by another version; rebuild it")
        else:
            problem = _("its files are damaged or belong to another program")
        return ArsipError(INDEX_BROKEN, where=str(self._path), problem=problem)

    def _full(self, error: BaseException) -> bool:
        """Is the disk full? A failure in one of tantivy's threads does not say so, but the disk does."""
        told = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        told = told or any(word in str(error) for word in ("StorageFull", "QuotaExceeded"))
        return told or (self._path.is_dir() and disk_usage(self._path).free < _LEAST_FREE_BYTES)


def _schema() -> tantivy.Schema:
    """Raw strings are matched, shown or sorted as a whole; the texts are split at single spaces."""
    builder = tantivy.SchemaBuilder()
    for name in ("page", "document", *FACETS, "security", "keys", "by_date", "by_path"):
        stored = name in ("page", "document", *FACETS)
        fast = name in ("page", "by_date", "by_path")
        builder.add_text_field(name, stored=stored, fast=fast, tokenizer_name="raw", index_option="basic")
    for name in ("forms", "stems", "path", "hal", "nomor"):
        builder.add_text_field(name, tokenizer_name="spaces", index_option="position")
    for name in (
        "revision",
        "day",
        "page_rank",
        "page_rank_2",
        "row_key",
        *(f"{counted}_key" for counted in _COUNTED),
    ):
        builder.add_integer_field(name, fast=True)
    builder.add_float_field("confidence", fast=True)
    builder.add_boolean_field("withdrawn", indexed=True)
    builder.add_boolean_field(f"version_{SCHEMA}")  # never filled; an index of another version is refused
    return builder.build()


_SCHEMA = _schema()


def _commit(index: tantivy.Index, entries: Sequence[Entry], heap: int) -> None:
    """Write the entries that are not older than what is kept, all or none. To be called under the lock."""
    searcher = index.searcher()
    same = tantivy.Query.term_set_query(_SCHEMA, "page", [entry.page for entry in entries])
    at = [address for _score, address in searcher.search(same, len(entries), count=False).hits]
    pages = [searcher.doc(address)["page"][0] for address in at]
    kept = dict(zip(pages, searcher.fast_field_values("revision", at), strict=True))
    fresh = [entry for entry in entries if entry.revision >= int(kept.get(entry.page) or 0)]
    if not fresh:
        return
    with _writer(index, heap) as writer:
        for entry in fresh:
            if entry.page in kept:
                writer.delete_documents_by_term("page", entry.page)
            writer.add_document(_document(entry))
        writer.commit()


@contextmanager
def _writer(index: tantivy.Index, heap: int = _HEAP_BYTES) -> Iterator[tantivy.IndexWriter]:
    """The only writer there is, gone at the end. To be called under the lock."""
    writer = index.writer(heap, 1)
    try:
        writer.garbage_collect_files()  # a killed writer's half-made files bear the names of the next ones
        yield writer
    finally:
        writer.wait_merging_threads()


def _document(entry: Entry) -> tantivy.Document:
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__ if name != "text"}
    fields["keys"] = list(entry.keys)
    fields["page_rank"], fields["page_rank_2"] = _ranks(entry.page)
    fields["row_key"] = _key("\n".join(getattr(entry, name) for name in _COUNTED))
    fields.update({f"{name}_key": _key(getattr(entry, name)) for name in _COUNTED})
    return tantivy.Document.from_dict(fields, _SCHEMA)


def _ranks(page: str) -> tuple[int, int]:
    """Two numbers that order as page ids do, as far as their first 16 bytes tell them apart."""
    padded = page.encode()[:16].ljust(16, b"\0")
    return int.from_bytes(padded[:8], "big") - 2**63, int.from_bytes(padded[8:], "big") - 2**63


def _key(value: str) -> int:
    """A number for a value, 0 for none; tantivy hands out columns of numbers, not of strings."""
    return int.from_bytes(blake2b(value.encode(), digest_size=8).digest(), "big") >> 1 if value else 0


def _counts(
    searcher: tantivy.Searcher, matches: list[tantivy.DocAddress]
) -> tuple[int, dict[str, tuple[Facet, ...]]]:
    """How many documents these pages belong to, and how many of them have each value of each facet.

    Pages of one document and the same values share a row, and are looked at once. Only while a document is
    being written again has it several rows, and may count under several values.
    """
    rows = dict(zip(searcher.fast_field_values("row_key", matches), matches, strict=True))
    at = list(rows.values())
    documents, *columns = [searcher.fast_field_values(f"{name}_key", at) for name in _COUNTED]
    different = len(set(documents))
    facets = {}
    for name, keys in zip(FACETS, columns, strict=True):
        one_each = different == len(at)
        counts = Counter(keys if one_each else map(itemgetter(0), set(zip(keys, documents, strict=True))))
        counts.pop(0, None)
        example = dict(zip(keys, at, strict=True))
        values = [Facet(searcher.doc(example[key])[name][0], count) for key, count in counts.items()]
        values.sort(key=lambda facet: (-facet.documents, facet.value))
        facets[name] = tuple(values[:MOST_FACET_VALUES])
    return different, facets


def _window(
    searcher: tantivy.Searcher,
    query: tantivy.Query,
    matches: list[_Match],
    sort: Sort,
    offset: int,
    limit: int,
) -> list[_Match]:
    """The hits asked for, in their order; pages of one score stand in the order of their ids."""
    start, stop = offset, min(offset + limit, len(matches))
    if start >= stop:
        return []
    if sort == "relevance" and matches[0][0] != matches[-1][0]:
        first, last = start, stop
        while first > 0 and matches[first - 1][0] == matches[start][0]:
            first -= 1
        while last < len(matches) and matches[last][0] == matches[stop - 1][0]:
            last += 1
        return _by_score(searcher, matches[first:last])[start - first : stop - first]
    field, order = {
        "relevance": ("page", tantivy.Order.Asc),
        "date": ("by_date", tantivy.Order.Desc),
        "path": ("by_path", tantivy.Order.Asc),
    }[sort]
    ordered = searcher.search(query, limit, count=False, order_by_field=field, order=order, offset=offset)
    score = matches[0][0] if sort == "relevance" else 0.0
    return [(score, address) for _key, address in ordered.hits]


def _by_score(searcher: tantivy.Searcher, matches: list[_Match]) -> list[_Match]:
    """Best first, equals by page id; ids are only looked up where scores and ranks leave a doubt."""
    at = [address for _score, address in matches]
    ranks = [searcher.fast_field_values(name, at) for name in ("page_rank", "page_rank_2")]
    keys = list(zip([-score for score, _address in matches], *ranks, strict=True))
    times = Counter(keys)
    pages = [
        searcher.doc(address)["page"][0] if times[key] > 1 else ""
        for key, address in zip(keys, at, strict=True)
    ]
    order = sorted(range(len(matches)), key=lambda place: (keys[place], pages[place]))
    return [matches[place] for place in order]


def _hit(searcher: tantivy.Searcher, score: float, address: tantivy.DocAddress) -> Hit:
    kept = searcher.doc(address)
    revision = searcher.fast_field_values("revision", [address])[0]
    return Hit(page=kept["page"][0], document=kept["document"][0], revision=int(revision or 0), score=score)

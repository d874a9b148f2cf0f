"""Where the parts are put together from the settings: the only place that knows which profile it is in."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archive.catalog.connect import Catalog, Database, database_at, open_catalog
from archive.catalog.views import views
from archive.errors import BAD_SETTING, NO_ARCHIVE, ArsipError, Failure
from archive.messages import _
from archive.store import Store
from archive.types import PageView, ReadOptions, Stage
from settings import Settings

if TYPE_CHECKING:
    from archive.ledger.inputs import Inputs
    from index.contract import Index
    from ocr.read import EngineName
    from worker.broker import Broker
    from worker.reader import Reader

_QUEUE = re.compile(r"[a-zA-Z_][a-zA-Z0-9._-]*")
"""What the name of a queue may begin with: Dramatiq takes no other."""
_INDEX = re.compile(r"[^-_+.\s,#:*?\"<>|/\\][^\s,#:*?\"<>|/\\]*")
"""What an index may be called, in small letters and up to 255 bytes: Elasticsearch takes no other."""
_INDEX_BYTES = 240


@dataclass(frozen=True)
class Views:
    """The catalog as a search and a display see it: pages by id."""

    catalog: Catalog
    store: Store

    def views(self, pages: Sequence[str]) -> dict[str, PageView]:
        """All that is known of these pages, by id."""
        return views(self.catalog, self.store.where, pages)


class Parts:
    """The parts of one archive, each made when it is first asked for."""

    def __init__(self, settings: Settings, *, create: bool = True) -> None:
        self.settings = settings
        self._create = create

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog, made where there is none and that was not forbidden. Raises as ``open_catalog``."""
        return open_catalog(self.database, create=self._create)

    @cached_property
    def database(self) -> Database:
        """Where the catalog is; nothing is opened yet."""
        chosen = self.settings.catalog
        return database_at(chosen.url or self.settings.catalog_path, chosen.password)

    @cached_property
    def store(self) -> Store:
        """The store of originals."""
        return Store(self.settings.originals_path)

    @cached_property
    def index(self) -> Index:
        """The search index. Raises BAD_SETTING."""
        chosen = self.settings.index
        if chosen.engine == "elasticsearch":
            check_index_name(chosen.name)
            from index.elastic import ElasticIndex

            return ElasticIndex(
                chosen.url,
                chosen.name,
                user=chosen.user,
                password=chosen.password,
                api_key=chosen.api_key,
                ca=chosen.ca,
            )
        from index.embedded import EmbeddedIndex

        return EmbeddedIndex(self.settings.index_path)

    def broker(self, stages: Collection[Stage], tell: Callable[[Failure], None]) -> Broker:
        """A new broker for a crew that serves these stages; ``tell`` hears when its server is gone.

        Raises BAD_SETTING. See ``broker.Broker``.
        """
        chosen = self.settings.broker
        if not chosen.url:
            from worker.embedded import EmbeddedBroker

            return EmbeddedBroker(self.catalog, stages)
        check_broker_name(chosen.name)
        of = chosen.url, chosen.password, chosen.name, self.catalog, stages, tell
        try:
            if chosen.url.startswith(("amqp://", "amqps://")):
                from worker.rabbitmq import Rabbit

                return Rabbit(*of)
            if chosen.url.startswith(("redis://", "rediss://")):
                from worker.redis import Redis

                return Redis(*of)
        except ValueError:  # a port that is no number
            pass
        problem = _("it must look like amqp://user@server or redis://server")
        raise ArsipError(BAD_SETTING, name="broker.url", problem=problem)

    @cached_property
    def views(self) -> Views:
        """Pages by id, for whoever shows them."""
        return Views(self.catalog, self.store)

    def reader(self) -> Reader:
        """A new reader process, for one thread."""
        from worker.reader import Limits, Reader

        chosen = self.settings.reader
        return Reader(Limits(seconds=chosen.seconds, megabytes=chosen.megabytes))

    @property
    def engine(self) -> EngineName:
        """What pages are read by."""
        from ocr.read import default_engine

        chosen = self.settings.ocr.engine
        return default_engine() if chosen == "auto" else chosen

    def read_options(self, languages: str) -> ReadOptions:
        """How a page in these languages is read. Raises BAD_SETTING, LARGER_MISSING."""
        from ocr.tessdata import larger

        chosen, engine = self.settings.ocr, self.engine
        careful = chosen.careful_models if chosen.careful else ""
        if chosen.careful:
            if engine != "onnx":
                problem = _("only the engine onnx reads doubtful lines again")
                raise ArsipError(BAD_SETTING, name="ocr.careful", problem=problem)
            if not careful:
                problem = _("to read with care, name the folder of the larger models (docs/settings.md)")
                raise ArsipError(BAD_SETTING, name="ocr.careful_models", problem=problem)
            larger(languages, careful)
        return ReadOptions(engine, languages, chosen.text_layer, careful)

    def inputs(self) -> Inputs:
        """How the ledger finds what a stage needs, and what its result depends on."""
        from archive.ledger.inputs import Inputs

        return Inputs(locate=self.store.where, fingerprint=self._fingerprint)

    def _fingerprint(self, stage: Stage, languages: str, killed: int) -> str:
        if stage is Stage.PREPROCESS:
            import ingest

            return f"{ingest.VERSION}:{self.settings.preprocess}"
        if stage is Stage.OCR:
            from ocr.read import fingerprint

            return fingerprint(replace(self.read_options(languages), killed=killed))
        from classify.describe import VERSION

        return VERSION

    def close(self) -> None:
        """Close what was opened."""
        for part in (self.__dict__.get("index"), self.__dict__.get("catalog")):
            if part is not None:
                part.close()


def check_broker_name(name: str) -> None:
    """Raises BAD_SETTING unless queues may be called so."""
    if not _QUEUE.fullmatch(name):
        problem = _("it begins with a letter, and has letters, digits, dots, - and _ only")
        raise ArsipError(BAD_SETTING, name="broker.name", problem=problem)


def check_index_name(name: str) -> None:
    """Raises BAD_SETTING unless an index may be called so."""
    fits = _INDEX.fullmatch(name) and name == name.lower() and len(name.encode()) <= _INDEX_BYTES
    if not fits:
        problem = _("it begins with a letter or digit, and has small letters, digits, dots, - and _ only")
        raise ArsipError(BAD_SETTING, name="index.name", problem=problem)


def existing(settings: Settings) -> Parts:
    """The parts of an archive that is there. Raises NO_ARCHIVE."""
    parts = Parts(settings, create=False)
    # A server is asked by the connection that is needed anyway; a file would be made by being opened.
    if not (settings.catalog.url or parts.database.there()):
        raise ArsipError(NO_ARCHIVE, path=settings.home)
    _ = parts.catalog
    return parts

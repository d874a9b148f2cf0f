"""The server behind the served index: connection, versions and rights, generations behind an alias.

The name given is an alias. Behind it stands one index, ``NAME-1``, ``NAME-2`` …, with a strict mapping
that is marked as ours in ``_meta``; a template gives the same mapping to one that others make.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from elastic_transport import SerializationError, TlsError, TransportError
from elasticsearch import (
    ApiError,
    AuthorizationException,
    BadRequestError,
    Elasticsearch,
    NotFoundError,
    UnsupportedProductError,
)

from archive.errors import INDEX_BROKEN, INDEX_UNREACHABLE, ArsipError
from archive.messages import _
from archive.urls import shown
from index.contract import FACETS
from index.elastic_query import Body
from index.entry import SCHEMA

VERSIONS = (8, 9)
"""Major versions that the client speaks to."""
BUSY = (429, 502, 503, 504)

_KEYWORDS = ("page", "document", *FACETS, "security", "keys", "by_date", "by_path")
_MAPPING: Body = {
    "dynamic": "strict",
    "_meta": {"arsip": SCHEMA},
    "properties": {
        **{name: {"type": "keyword"} for name in _KEYWORDS},
        **{
            name: {"type": "text", "analyzer": "whitespace"}
            for name in ("forms", "stems", "path", "hal", "nomor")
        },
        "text": {"type": "text"},
        "revision": {"type": "long"},
        "day": {"type": "integer"},
        "confidence": {"type": "double"},
        "withdrawn": {"type": "boolean"},
    },
}
_SETTINGS: Body = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
_FILLING: Body = {
    "auto_expand_replicas": False,
    "number_of_replicas": 0,
    "refresh_interval": -1,
    "translog": {"durability": "async"},
}
_IN_USE: Body = {
    "auto_expand_replicas": "0-1",
    "refresh_interval": None,
    "translog": {"durability": None},
}


class ElasticServer:
    """A connection to one server, and the generations of one index there. Its methods raise ArsipError."""

    def __init__(self, url: str, name: str, who: dict[str, Any], ca: str, timeout_seconds: float) -> None:
        self.name = name
        self.where = shown(url)
        self.client = self._connected(url, who, ca, timeout_seconds)

    def ensure(self) -> None:
        """Make the index if there is none; refuse one that is not ours, and a server we do not know."""
        with self.translated():
            self._check_version()
            found = self._in_use()
            if found is None:
                self._make(1, _SETTINGS, {self.name: {"is_write_index": True}})
                found = self._in_use()
            if found is None:
                raise self.broken(
                    _("the name “{name}” stands for no index; rebuild it").format(name=self.name)
                )
            if found[1] != SCHEMA:
                raise self.broken(_("it was made by another version; rebuild it"))

    def next(self) -> str:
        """The name of the index beside the one in use, ready to be filled; older ones are removed."""
        with self.translated():
            self._check_version()
            if self._in_use() is None and not self._generations():
                self.ensure()  # who writes meanwhile needs one
            kept, in_use = self._generations(), self._in_use()
            number = next(
                (at for at in kept if in_use and self._index(at) == in_use[0]), max(kept, default=0)
            )
            for at in kept:
                if at not in (number, number + 1) and kept[at] is not None:
                    self.client.indices.delete(index=self._index(at))
            beside = self._index(number + 1)
            if number + 1 in kept and kept[number + 1] is None:
                raise self._taken(beside)
            if kept.get(number + 1, SCHEMA) != SCHEMA:
                self.client.indices.delete(index=beside)
            self._make(number + 1, _SETTINGS | _FILLING, {})
            self.client.indices.put_settings(index=beside, settings=_FILLING)
            return beside

    def adopt(self, index: str) -> None:
        """Let the name stand for this index."""
        with self.translated():
            if self._marked(index) != {index: SCHEMA}:
                raise self._taken(index)
            self.client.indices.put_settings(index=index, settings=_IN_USE)
            self.client.indices.flush(index=index)
            self.client.indices.refresh(index=index)
            in_use = self._in_use()
            actions: list[Body] = [{"add": {"index": index, "alias": self.name, "is_write_index": True}}]
            if in_use and in_use[0] != index:
                actions.insert(0, {"remove": {"index": in_use[0], "alias": self.name}})
            self.client.indices.update_aliases(actions=actions)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """What goes wrong on the way to the server, or there, as an ArsipError."""
        try:
            yield
        except (ApiError, TransportError, UnsupportedProductError) as error:
            raise self._failure(error) from None  # what the server says may quote a page

    def refusal(self, status: int) -> ArsipError:
        """The server refuses something for a reason that nobody expects."""
        problem = _("the server refuses what is asked of it (status {status})")
        return self.broken(problem.format(status=status))

    def broken(self, problem: str) -> ArsipError:
        """The index cannot be used."""
        return ArsipError(INDEX_BROKEN, where=self.where, problem=problem)

    def unreachable(self) -> ArsipError:
        """The server does not answer, or not all of it."""
        return ArsipError(INDEX_UNREACHABLE, where=self.where)

    def _connected(self, url: str, who: dict[str, Any], ca: str, timeout_seconds: float) -> Elasticsearch:
        """A client; nothing is asked of the server yet."""
        if ca:
            self._check_certificates(ca)
        try:
            scheme = urlsplit(url).scheme
            if scheme not in ("http", "https"):
                raise ValueError("neither http nor https")
            trusted: dict[str, Any] = {"ca_certs": ca} if ca and scheme == "https" else {}
            return Elasticsearch(
                url,
                **who,
                **trusted,
                request_timeout=timeout_seconds,
                max_retries=2,
                retry_on_timeout=True,
            )
        except ValueError:
            raise self.broken(_("its address must look like http://server:9200")) from None

    def _check_certificates(self, ca: str) -> None:
        try:
            ssl.create_default_context(cafile=ca)
        except FileNotFoundError:
            problem = _("there is no file {file} with certificates (index.ca)")
        except OSError:
            problem = _("the file {file} holds no certificates (index.ca)")
        else:
            return
        raise self.broken(problem.format(file=ca))

    def _check_version(self) -> None:
        with suppress(AuthorizationException):  # who may not ask may still search and write
            version = str(self.client.info()["version"]["number"])
            if int(version.partition(".")[0]) not in VERSIONS:
                problem = _("its version is {version}, but only 8 and 9 will do")
                raise self.broken(problem.format(version=version))

    def _in_use(self) -> tuple[str, int] | None:
        """The index that the name stands for, and its version; ``None`` where the name is free."""
        found = self._marked(self.name)
        if not found:
            return None
        (index, version), *others = found.items()
        if others or index == self.name or version is None:
            raise self._taken(self.name)
        return index, version

    def _generations(self) -> dict[int, int | None]:
        """The versions of all indexes called like generations, by number; ``None`` where one is not ours."""
        called = re.compile(re.escape(self.name) + r"-([1-9][0-9]*)")
        numbers = (
            (called.fullmatch(index), version) for index, version in self._marked(f"{self.name}-*").items()
        )
        return {int(match[1]): version for match, version in numbers if match}

    def _marked(self, name: str) -> dict[str, int | None]:
        """The indexes behind a name or pattern, each with the version that it is marked with."""
        try:
            found = self.client.indices.get_mapping(index=name)
        except NotFoundError:
            return {}
        return {index: _version(of["mappings"]) for index, of in found.items()}

    def _make(self, number: int, settings: Body, aliases: Body) -> None:
        """Make a generation unless it is there, and the template for those that others make."""
        with suppress(AuthorizationException, BadRequestError):  # a help for others, no need of ours
            self.client.indices.put_index_template(
                name=self.name,
                # A digit follows: what only begins with the same name is none of ours.
                index_patterns=[f"{self.name}-{digit}*" for digit in range(1, 10)],
                template={"mappings": _MAPPING, "settings": _SETTINGS},
                priority=100 + len(self.name),  # a longer name that begins the same goes before
                allow_auto_create=False,
            )
        try:
            self.client.indices.create(
                index=self._index(number), mappings=_MAPPING, settings=settings, aliases=aliases
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":  # made by another process, or long ago
                raise

    def _index(self, number: int) -> str:
        return f"{self.name}-{number}"

    def _taken(self, name: str) -> ArsipError:
        return self.broken(_("the name “{name}” is taken by something else").format(name=name))

    def _failure(self, error: Exception) -> ArsipError:
        status = error.meta.status if isinstance(error, ApiError) else 0
        if isinstance(error, UnsupportedProductError | SerializationError):
            return self.broken(_("what answers there is not Elasticsearch"))
        if isinstance(error, TlsError):
            return self.broken(_("its certificate is not trusted; name the one to trust in index.ca"))
        if status == 401:
            return self.broken(_("it refuses the user, the password or the API key"))
        if status == 403:
            return self.broken(
                _("the user lacks rights; he needs all rights on the indexes “{name}*”").format(
                    name=self.name
                )
            )
        if isinstance(error, TransportError) or status in BUSY:
            return self.unreachable()
        return self.refusal(status)


def _version(mapping: Body) -> int | None:
    """The version that a mapping is marked with; ``None`` where it is not ours, whatever its mark says."""
    version: int | None = mapping.get("_meta", {}).get("arsip")
    return None if version == SCHEMA and mapping.get("properties") != _MAPPING["properties"] else version

"""One frozen Settings, read once from ``arsip.toml`` and the environment, made of the stages' own options."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from archive.errors import BAD_SETTING, ArsipError
from archive.messages import _
from archive.types import PrepareOptions, Value
from archive.urls import has_password, shown

FILE = "arsip.toml"


class Secret(str):
    """A password or key, never shown: it comes from the environment, or from a file only its owner reads.

    Next to each secret ``key`` there is ``key_file``, which names such a file.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'" if self else "''"


class Address(str):
    """The address of a server; what is secret in it is never shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(shown(self))


class CatalogSettings(Value, frozen=True):
    """Where the catalog is: "" is SQLite in the archive's folder, else ``postgresql://user@host/database``."""

    url: Address = Address()
    password: Secret = Secret()


class BrokerSettings(Value, frozen=True):
    """Who tells workers what waits: "" is the catalog itself, else ``amqp://user@host`` or ``redis://host``.

    ``name`` is what the names of all its queues begin with.
    """

    url: Address = Address()
    name: str = "arsip"
    password: Secret = Secret()


class StoreSettings(Value, frozen=True):
    """Where originals are kept: "" is the archive's folder, else one that all machines share."""

    path: str = ""


class OcrSettings(Value, frozen=True):
    """How pages are read. ``engine`` auto is the fastest that is installed: onnx, tesserocr, pytesseract.

    ``careful`` has doubtful lines read again with the larger models of the folder ``careful_models``.
    """

    engine: Literal["auto", "tesserocr", "pytesseract", "onnx"] = "auto"
    languages: str = "ind+eng"
    text_layer: bool = True
    careful: bool = False
    careful_models: str = ""


class IndexSettings(Value, frozen=True):
    """Which search engine, and where. ``url``, ``name`` and the others are Elasticsearch's.

    ``ca`` is a file with the certificates that the server's is checked against.
    """

    engine: Literal["embedded", "elasticsearch"] = "embedded"
    url: Address = Address("http://127.0.0.1:9200")
    name: str = "arsip"
    user: str = ""
    password: Secret = Secret()
    api_key: Secret = Secret()
    ca: str = ""


class ReaderSettings(Value, frozen=True):
    """The limits of a reader process: wall time of one call, resident memory of all its processes."""

    seconds: float = 60.0
    megabytes: int = 900


class WorkerSettings(Value, frozen=True):
    """How many pages are worked on at the same time; 0 means one for each core."""

    threads: int = 0


class Settings(Value, frozen=True):
    """All settings. ``home`` is the archive's folder (``ARSIP_HOME``), where ``arsip.toml`` may lie.

    ``language`` is that of the messages: ``id``, ``en``, or "" for what the system says.
    """

    home: str
    language: Literal["", "id", "en"] = ""
    preprocess: PrepareOptions = PrepareOptions()
    ocr: OcrSettings = OcrSettings()
    index: IndexSettings = IndexSettings()
    catalog: CatalogSettings = CatalogSettings()
    broker: BrokerSettings = BrokerSettings()
    store: StoreSettings = StoreSettings()
    reader: ReaderSettings = ReaderSettings()
    worker: WorkerSettings = WorkerSettings()

    @property
    def catalog_path(self) -> Path:
        """The catalog's file, where it is no server."""
        return Path(self.home) / "catalog.sqlite"

    @property
    def originals_path(self) -> Path:
        """The folder of originals."""
        return Path(self.store.path) if self.store.path else Path(self.home) / "originals"

    @property
    def index_path(self) -> Path:
        """The folder of the embedded index."""
        return Path(self.home) / "index"

    @property
    def threads(self) -> int:
        """How many pages are worked on at the same time."""
        return self.worker.threads or len(os.sched_getaffinity(0))


def load(environment: Mapping[str, str]) -> Settings:
    """Read the settings: the environment wins over ``arsip.toml``, which wins over the defaults.

    A setting ``key`` of a section is ``ARSIP_SECTION_KEY`` in the environment. Raises BAD_SETTING for an
    unknown key or an unfit value.
    """
    home = Path(environment.get("ARSIP_HOME") or Path.home() / "arsip").expanduser().absolute()
    said = _file(home / FILE)
    if _holds_secret(said):
        _check_private(home / FILE)
    said["home"] = str(home)
    for field in msgspec.structs.fields(Settings):
        if field.name == "home":
            continue
        if _is_section(field.type):
            section = said.setdefault(field.name, {})
            if isinstance(section, dict):  # else it is an error, which is told below
                section |= _from(environment, f"ARSIP_{field.name}_", field.type)
                _read_secrets(section, field.type, environment)
        elif value := environment.get(f"ARSIP_{field.name}".upper()):
            said[field.name] = value
    try:
        return msgspec.convert(said, Settings, strict=False, dec_hook=_text)
    except msgspec.ValidationError as error:
        problem, _at, where = str(error).partition(" - at ")
        name = where.strip("`$.")
        raise ArsipError(BAD_SETTING, name=name or FILE, problem=_problem(name, problem)) from None


def _problem(name: str, problem: str) -> str:
    """What is wrong with the setting of this name, in words: what it may be."""
    if unknown := re.search("unknown field `(.*)`", problem):
        return _("there is no such setting: {key}").format(key=unknown[1])
    kind: Any = Settings
    for key in name.split(".") if name else ():
        kind = next(each.type for each in msgspec.structs.fields(kind) if each.name == key)
    if get_origin(kind) is Literal:
        values = ", ".join(each or '""' for each in get_args(kind))
        return _("it must be one of: {values}").format(values=values)
    if _is_section(kind):
        return _("it must be a section, such as [ocr], with settings below it")
    return {
        bool: _("it must be true or false"),
        int: _("it must be a whole number"),
        float: _("it must be a number"),
    }.get(kind, _("it must be a text in quotation marks"))


def _secrets(section: type[msgspec.Struct]) -> list[str]:
    return [field.name for field in msgspec.structs.fields(section) if field.type is Secret]


def _holds_secret(said: Mapping[str, Any]) -> bool:
    """Whether a password or key stands in the file itself, in an address too."""
    return any(
        bool(section.get(name))
        for field in msgspec.structs.fields(Settings)
        if _is_section(field.type) and isinstance(section := said.get(field.name), dict)
        for name in _secrets(field.type)
    ) or any(
        has_password(str(section.get("url", ""))) for section in said.values() if isinstance(section, dict)
    )


def _read_secrets(section: dict[str, Any], of: type[msgspec.Struct], environment: Mapping[str, str]) -> None:
    """Put what stands in the files named ``…_file`` in the place of their names."""
    for name in _secrets(of):
        file = section.pop(f"{name}_file", None)
        if file and not section.get(name):
            section[name] = _secret_in(Path(str(file)).expanduser(), environment)


def _secret_in(path: Path, environment: Mapping[str, str]) -> str:
    """The secret that a file of its own holds, without the end of its line."""
    credentials = environment.get("CREDENTIALS_DIRECTORY")
    # systemd lets nobody else into this folder; it gives the service access by an ACL, whose mask looks like
    # a right of the group (systemd.exec(5), LoadCredential=).
    guarded = bool(credentials) and path.parent == Path(credentials or "")
    _check_private(path, others=0o037 if guarded else 0o077)
    try:
        secret = path.read_text("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        secret = ""
    if not secret or len(secret.splitlines()) > 1:
        raise ArsipError(BAD_SETTING, name=str(path), problem=_("it must hold the secret as its only line"))
    return secret


def _check_private(path: Path, others: int = 0o077) -> None:
    """Raises BAD_SETTING where others than its owner may read a file with a secret, or it cannot be read."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise ArsipError(BAD_SETTING, name=str(path), problem=error.strerror or "") from None
    if mode & others:
        problem = _("it holds a password, and others may read it; run: chmod 600 {file}")
        raise ArsipError(BAD_SETTING, name=str(path), problem=problem.format(file=shlex.quote(str(path))))


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArsipError(BAD_SETTING, name=str(path), problem=str(error)) from None
    except OSError as error:
        raise ArsipError(BAD_SETTING, name=str(path), problem=error.strerror or "") from None


def _from(environment: Mapping[str, str], prefix: str, section: type[msgspec.Struct]) -> dict[str, str]:
    """What the environment says about a section. Raises BAD_SETTING for a name that is none of its keys."""
    names = [field.name for field in msgspec.structs.fields(section)]
    names += [f"{name}_file" for name in _secrets(section)]
    named = {f"{prefix}{name}".upper(): name for name in names}
    for variable in environment:
        if variable.startswith(prefix.upper()) and variable not in named:
            raise ArsipError(BAD_SETTING, name=variable, problem=_("there is no such setting"))
    return {name: environment[variable] for variable, name in named.items() if variable in environment}


def _text(type_: type[str], value: object) -> str:
    """A secret or an address from what a file or the environment says; a password may be a number."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError("Expected `str`")
    return type_(value)


def _is_section(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, msgspec.Struct)

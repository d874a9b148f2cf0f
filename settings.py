"""One frozen Settings, read once from ``arsip.toml`` and the environment, made of the stages' own options."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from archive.errors import BAD_SETTING, ArsipError
from archive.messages import _
from archive.types import PrepareOptions, Value

FILE = "arsip.toml"


class OcrSettings(Value, frozen=True):
    """How pages are read. ``engine`` auto is tesserocr where it is installed, else pytesseract."""

    engine: Literal["auto", "tesserocr", "pytesseract"] = "auto"
    languages: str = "ind+eng"
    text_layer: bool = True


class IndexSettings(Value, frozen=True):
    """Which search engine, and where. ``url``, ``name``, ``user`` and the others are Elasticsearch's."""

    engine: Literal["embedded", "elasticsearch"] = "embedded"
    url: str = "http://127.0.0.1:9200"
    name: str = "arsip"
    user: str = ""
    password: str = ""


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
    reader: ReaderSettings = ReaderSettings()
    worker: WorkerSettings = WorkerSettings()

    @property
    def catalog_path(self) -> Path:
        """The catalog's file."""
        return Path(self.home) / "catalog.sqlite"

    @property
    def originals_path(self) -> Path:
        """The folder of originals."""
        return Path(self.home) / "originals"

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
    said["home"] = str(home)
    for field in msgspec.structs.fields(Settings):
        if field.name == "home":
            continue
        if _is_section(field.type):
            section = said.setdefault(field.name, {})
            if isinstance(section, dict):  # else it is an error, which is told below
                section |= _from(environment, f"ARSIP_{field.name}_", field.type)
        elif value := environment.get(f"ARSIP_{field.name}".upper()):
            said[field.name] = value
    try:
        return msgspec.convert(said, Settings, strict=False)
    except msgspec.ValidationError as error:
        problem, _at, where = str(error).partition(" - at ")
        raise ArsipError(BAD_SETTING, name=where.strip("`$.") or FILE, problem=problem) from None


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
    named = {f"{prefix}{field.name}".upper(): field.name for field in msgspec.structs.fields(section)}
    for variable in environment:
        if variable.startswith(prefix.upper()) and variable not in named:
            raise ArsipError(BAD_SETTING, name=variable, problem=_("there is no such setting"))
    return {name: environment[variable] for variable, name in named.items() if variable in environment}


def _is_section(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, msgspec.Struct)

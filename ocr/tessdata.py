"""Where Tesseract's models lie, which languages they speak, and what tells one set of models from another."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from archive.errors import LANGUAGE_MISSING, LARGER_MISSING, TESSERACT_MISSING, ArsipError

USUAL = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)

_SUFFIX = ".traineddata"
_LANGUAGE = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)?")


def folder() -> Path:
    """The folder with the models: TESSDATA_PREFIX if it is there, as Tesseract itself has it, else what
    ``tesseract --list-langs`` names, else one of the usual places. Raises TESSERACT_MISSING."""
    return _folder(os.environ.get("TESSDATA_PREFIX", ""), os.environ.get("PATH", ""))


@lru_cache(maxsize=8)
def _folder(prefix: str, _path: str) -> Path:
    for place in (prefix, _told(), *USUAL):
        if place and Path(place).is_dir():
            return Path(place)
    raise ArsipError(TESSERACT_MISSING)


def _told() -> str:
    """The folder that the installed program says it uses, or ""."""
    try:
        run = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    # List of available languages in "/usr/share/tesseract-ocr/5/tessdata/" (3):
    found = re.search(r'"(.+)"', (run.stdout or run.stderr).partition("\n")[0])
    return found.group(1) if found else ""


def languages(place: Path) -> frozenset[str]:
    """All languages that have a model in a folder, scripts as ``script/Latin``."""
    return frozenset(
        path.relative_to(place).as_posix().removesuffix(_SUFFIX)
        for pattern in ("*", "script/*")
        for path in place.glob(pattern + _SUFFIX)
    )


def demand(languages: str) -> None:
    """Raises LANGUAGE_MISSING for the first of ``ind+eng`` that has no model."""
    for language in languages.split("+"):
        path(language)


def fingerprint(languages: str) -> str:
    """A hash over the models of these languages: other models, other text.

    Cheap after the first time: a file is read again only when its size or time changed. Raises as
    ``demand`` does.
    """
    return _fingerprint({language: path(language) for language in languages.split("+")})


def larger(languages: str, place: str) -> dict[str, Path]:
    """The models of these languages in a folder of larger ones. Raises LARGER_MISSING for one that is not."""
    found = {language: Path(place).expanduser() / f"{language}{_SUFFIX}" for language in languages.split("+")}
    for language, model in found.items():
        if not _LANGUAGE.fullmatch(language) or not model.is_file():
            raise ArsipError(LARGER_MISSING, path=str(model))
    return found


def larger_fingerprint(languages: str, place: str) -> str:
    """A hash over the larger models. Raises as ``larger`` does."""
    return _fingerprint(larger(languages, place))


def _fingerprint(models: Mapping[str, Path]) -> str:
    whole = hashlib.sha256()
    for language, model in models.items():
        state = model.stat()
        whole.update(f"{language}={_digest(model, state.st_size, state.st_mtime_ns)};".encode())
    return whole.hexdigest()[:16]


def path(language: str) -> Path:
    """The file of a language's model. Raises TESSERACT_MISSING, LANGUAGE_MISSING."""
    model = folder() / f"{language}{_SUFFIX}"
    if not _LANGUAGE.fullmatch(language) or not model.is_file():
        raise ArsipError(LANGUAGE_MISSING, language=language)
    return model


@lru_cache(maxsize=64)
def _digest(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

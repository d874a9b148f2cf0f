"""The one message catalogue: what a person sees, in Indonesian or English, chosen once per process."""

from __future__ import annotations

import gettext as _gettext
import os
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"
LANGUAGES = ("id", "en")

_chosen: _gettext.NullTranslations = _gettext.NullTranslations()


def N_(text: str) -> str:  # noqa: N802 - the name that extractors of gettext look for
    """Mark a text for translation where it is defined; it is translated where it is shown."""
    return text


def language_of(environment: dict[str, str]) -> str:
    """``id`` or ``en``: ARSIP_LANGUAGE if set, else the usual locale variables, else ``en``."""
    for name in ("ARSIP_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "id" if value.lower().startswith("id") else "en"
    return "en"


def choose(language: str | None = None) -> None:
    """Choose the language of this process; without one, what the environment asks for.

    What Click says by itself (``Usage``, ``No such option``) is in the catalogue too. It asks the standard
    library's gettext for it, which goes by the environment.
    """
    global _chosen
    language = language or language_of(dict(os.environ))
    _chosen = _gettext.translation("arsip", LOCALES, languages=[language], fallback=True)
    os.environ["LANGUAGE"] = language
    _gettext.bindtextdomain("arsip", LOCALES)
    _gettext.textdomain("arsip")


def _(text: str) -> str:
    """The text in the chosen language."""
    return _chosen.gettext(text) if text else ""


def decimal(value: float, form: str = ".1f") -> str:
    """A number as people write it in the chosen language: Indonesian has a comma before the decimals."""
    written = format(value, form)
    return written.replace(".", ",") if _chosen.info().get("language") == "id" else written


def ngettext(one: str, many: str, count: int) -> str:
    """The text for this count in the chosen language."""
    return _chosen.ngettext(one, many, count)

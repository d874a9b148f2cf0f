"""Brings the message catalogue up to date with the program, and tells what is not translated yet."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "archive" / "locale" / "id" / "LC_MESSAGES"
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
CLICK = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
"""The modules of Click whose words a person may see."""
OUTSIDE = {"tests", "bench", "tools", "build"}


def sources() -> list[Path]:
    """The Python files of the program itself."""
    found = [path for path in ROOT.rglob("*.py") if not _outside(path.relative_to(ROOT))]
    return sorted(found)


def _outside(path: Path) -> bool:
    return path.parts[0] in OUTSIDE or path.parts[0].startswith(".")


def extracted() -> Catalog:
    """The messages that the program has, and those of Click."""
    catalog = Catalog(project="arsip")
    click_folder = Path(click.__file__).parent
    files = [(path, path.relative_to(ROOT).as_posix()) for path in sources()]
    files += [(click_folder / f"{name}.py", f"click/{name}.py") for name in CLICK]
    for path, name in files:
        for _line, message, comments, context in extract_from_file("python", path, keywords=KEYWORDS):
            catalog.add(message, locations=[(name, 1)], auto_comments=comments, context=context)
    return catalog


def translated() -> Catalog:
    """The messages that are translated, as the file has them."""
    with (FOLDER / "arsip.po").open("rb") as file:
        return read_po(file, locale="id", domain="arsip")


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    target = io.BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def texts(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """The texts of a message or of its translation: one, or several where it has a plural."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def missing(catalog: Catalog) -> list[str]:
    """The messages without a translation."""
    return [texts(found.id)[0] for found in catalog if found.id and not all(texts(found.string) or ("",))]


def main() -> int:
    """Update the .po file, compile it, and list what is missing; 1 when anything is."""
    catalog = translated()
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    written = io.BytesIO()
    write_po(written, catalog, width=100, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    (FOLDER / "arsip.po.new").write_bytes(written.getvalue())
    (FOLDER / "arsip.po.new").replace(FOLDER / "arsip.po")  # whole, or not at all
    (FOLDER / "arsip.mo").write_bytes(compiled(catalog))
    for text in missing(catalog):
        sys.stdout.write(f"not translated: {text}\n")
    return 1 if missing(catalog) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Names for the files of an export: each document under its own path, never twice, never outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, count
from pathlib import PurePosixPath

LONGEST = 255
"""Bytes of a name, on every usual file system."""

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class Names:
    """Gives out names without the suffix of a form. ``letters/letter-01.tif`` becomes ``letters/letter-01``;
    where that is taken, ``letters/letter-01.tif``, then ``letters/letter-01.tif-2`` and so on.

    Two names that differ only in case are the same: the folder may be read on Windows. Every file ends in
    one of ``suffixes`` and no folder does, so that a file and a folder never want the same name.
    """

    def __init__(self, suffixes: Sequence[str]) -> None:
        self._suffixes = tuple(suffixes)
        self._longest = LONGEST - max(map(len, suffixes))
        self._taken: set[str] = set()

    def give(self, path: str, *, is_file: bool, otherwise: str) -> PurePosixPath:
        """The name for the document at ``path``, ``otherwise`` if the path says nothing (the root, ".").

        A document that is one file loses the extension of that file, a folder of images keeps its name.
        """
        parts = [part for part in _clean(path).split("/") if part not in ("", ".", "..")]
        *folders, last = parts or [otherwise]
        folder = PurePosixPath(*map(self._folder, folders))
        short = _EXTENSION.sub("", last) if is_file else last
        endings = chain([(short or last, ""), (last, "")], ((last, f"-{n}") for n in count(2)))
        names = (folder / f"{self._cut(name, ending)}{ending}" for name, ending in endings)
        given = next(name for name in names if str(name).casefold() not in self._taken)
        self._taken.add(str(given).casefold())
        return given

    def _folder(self, name: str) -> str:
        return f"{name}_" if name.casefold().endswith(self._suffixes) else name

    def _cut(self, name: str, ending: str) -> str:
        """Short enough to be a name with its ending and any suffix."""
        return name.encode()[: self._longest - len(ending)].decode(errors="ignore")


def _clean(path: str) -> str:
    """Without characters that no file name may have."""
    return "".join(letter if letter.isprintable() else "_" for letter in path)

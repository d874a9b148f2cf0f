"""``python -m samples TARGET``: writes a folder of sample records, and the truth about it beside it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from archive.errors import ArsipError
from archive.messages import _, choose, ngettext
from samples.folder import beside, write


def main() -> int:
    """Write the folder and say what is in it."""
    choose()
    parser = argparse.ArgumentParser(prog="python -m samples", description=__doc__)
    parser.add_argument("target", type=Path, help=_("folder to write to"))
    parser.add_argument("--pages", type=int, default=60, help=_("about how many pages (default: 60)"))
    parser.add_argument("--seed", type=int, default=1, help=_("another seed writes other records"))
    asked = parser.parse_args()
    try:
        truth = write(asked.target, asked.pages, asked.seed)
    except ArsipError as error:
        sys.stderr.write(f"{error.failure.message()}\n{error.failure.advice()}\n")
        return error.exit
    says = ngettext(
        "{n} page in {where}; the truth is in {truth}",
        "{n} pages in {where}; the truth is in {truth}",
        truth.pages,
    )
    sys.stdout.write(says.format(n=truth.pages, where=asked.target, truth=beside(asked.target)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

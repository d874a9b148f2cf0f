"""``python -m bench [NAME…]``: every measurement in turn, or those named (each is a ``bench.NAME`` too)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def names() -> list[str]:
    """The files of this folder that are commands."""
    found = [path for path in Path(__file__).parent.glob("*.py") if path != Path(__file__)]
    return sorted(path.stem for path in found if "\ndef main(" in path.read_text())


def main(asked: list[str]) -> int:
    """Run them one after the other, none beside another; 0 when all went well."""
    if set(asked) - set(names()):
        sys.stderr.write(f"the measurements are: {', '.join(names())}\n")
        return 2
    codes = {}
    for name in asked or names():
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        codes[name] = subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
    failed = [name for name, code in codes.items() if code]
    sys.stdout.write(f"\nmeasured: {', '.join(codes)}; not as promised: {', '.join(failed) or 'none'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

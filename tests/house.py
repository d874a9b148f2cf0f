"""What the house tests share: the files of the checkout, and what each Python file imports."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent

OUTSIDE = ("tests", "bench", "samples", "tools")
"""Folders that use the program and are no part of it: they may import anything, and nothing imports them."""


@cache
def files() -> tuple[str, ...]:
    """The files of the checkout that are, or are about to be, part of the repository."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(path for path in set(listed.splitlines()) if (ROOT / path).is_file()))


def text_files() -> tuple[str, ...]:
    """Those that hold text."""
    return tuple(path for path in files() if b"\0" not in (ROOT / path).read_bytes())


def python_files() -> tuple[str, ...]:
    """Those that hold Python."""
    return tuple(path for path in files() if path.endswith(".py"))


@dataclass(frozen=True, slots=True)
class Import:
    """One import: by which file, on which line, of what; ``module`` may be a name inside a module."""

    file: str
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


@cache
def imports() -> tuple[Import, ...]:
    """Every import of every Python file, inside functions too; ``from a import b`` counts as ``a.b``."""
    found: list[Import] = []
    for file in python_files():
        for node in ast.walk(ast.parse((ROOT / file).read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
                found += [Import(file, node.lineno, module) for module in _modules(node, file)]
    return tuple(found)


def _modules(node: ast.Import | ast.ImportFrom | ast.Call, file: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        package = file.split("/")[: -node.level] if node.level else []
        base = ".".join([*package, *([node.module] if node.module else [])])
        return [f"{base}.{alias.name}" for alias in node.names]
    if _callee(node) == "import_module" and node.args:
        named = node.args[0]
        return [named.value] if isinstance(named, ast.Constant) and isinstance(named.value, str) else []
    return []


def _callee(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")

"""The files of the house: an opening sentence, a size, nothing of one machine or person, and true locks."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.house import OUTSIDE, ROOT, files, python_files, text_files

# Written in two parts, so that this file holds none of them.
MACHINES = ["/" + "work/", "/" + "tmp/probe", "/" + "root/", "/home" + "/"]
REGISTRIES = ["pypi" + ".org", "python" + "hosted", "maven" + ".org", "npmjs" + ".", "crates" + ".io"]
REGISTRIES += ["golang" + ".org", "debian" + ".org", "index" + "-url =", "extra-index" + "-url"]

SIXTEEN_OR_EIGHTEEN = re.compile(r"(?<![\w.])(?:\d{16}|\d{18})(?!\w)")


def test_every_python_file_opens_with_one_sentence() -> None:
    wrong = []
    for path in python_files():
        told = (ast.get_docstring(ast.parse((ROOT / path).read_text())) or "").split("\n\n")[0]
        if not told.endswith((".", ":")) or re.search(r"[.!?]\s+[A-Z]", told):
            wrong.append(path)
    assert not wrong, "\n".join(map(str, wrong))


def test_every_script_and_data_file_says_what_it_holds() -> None:
    wrong = []
    for path in files():
        if path.endswith((".sh", ".toml")) and path != "pyproject.toml":
            lines = (ROOT / path).read_text().removeprefix("#!/bin/bash\n").splitlines()
            if not lines or not lines[0].startswith("# "):
                wrong.append(path)
    assert not wrong, "\n".join(map(str, wrong))


def test_no_file_is_longer_than_its_idea() -> None:
    limits = {"pipeline.py": 199, "search.py": 199}
    counted = {path: len((ROOT / path).read_text().splitlines()) for path in python_files()}
    assert {path: n for path, n in counted.items() if n > limits.get(path, 400)} == {}


@pytest.mark.parametrize("word", [*MACHINES, *REGISTRIES])
def test_nothing_of_one_machine_is_kept(word: str) -> None:
    assert [path for path in text_files() if word in (ROOT / path).read_text(errors="replace")] == []


def belongs_to_nobody(number: str) -> bool:
    """A NIK or KK number with kecamatan 00 or sequence 0000; a NIP with sequence 000."""
    return number[4:6] == "00" or number.endswith("0000") if len(number) == 16 else number.endswith("000")


def test_no_number_of_a_person_is_kept() -> None:
    wrong = []
    for path in text_files():
        for line, text in enumerate((ROOT / path).read_text(errors="replace").splitlines(), start=1):
            if not all(map(belongs_to_nobody, SIXTEEN_OR_EIGHTEEN.findall(text))):
                wrong.append(f"{path}:{line}")
    assert not wrong, "\n".join(map(str, wrong))


def test_the_rule_about_numbers_knows_a_real_one() -> None:
    invented, real = "33" + "01004107900001", "33" + "01014107900001"
    assert SIXTEEN_OR_EIGHTEEN.findall(f"NIK {invented}, {real}.") == [invented, real]
    assert belongs_to_nobody(invented)
    assert not belongs_to_nobody(real)


def project() -> dict[str, dict[str, object]]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_wheel_holds_every_package_and_module() -> None:
    found = {path.rsplit("/", 1)[0].replace("/", ".") for path in python_files() if path.count("/")}
    found = {package for package in found if package.split(".")[0] not in {*OUTSIDE} - {"samples"}}
    modules = {path.removesuffix(".py") for path in python_files() if "/" not in path}
    listed = project()["tool"]["setuptools"]
    assert isinstance(listed, dict)
    assert set(listed["packages"]) == found
    assert set(listed["py-modules"]) == modules


def locked(name: str) -> dict[str, list[str]]:
    """The pinned versions of each package in a lock; most have one, some one for each Python."""
    pins: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE):
        pins.setdefault(package, []).append(version)
    return pins


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.txt", ["onnx"]), ("requirements-dev.txt", ["onnx", "dev"])]
)
def test_the_locks_hold_what_the_project_asks_for(lock: str, extras: list[str]) -> None:
    asked = project()["project"]["dependencies"]
    optional = project()["project"]["optional-dependencies"]
    assert isinstance(asked, list)
    assert isinstance(optional, dict)
    pins = locked(lock)
    wrong = []
    for line in [*asked, *(line for extra in extras for line in optional[extra])]:
        requirement = Requirement(line)
        versions = pins.get(requirement.name, [])
        if not versions or not all(requirement.specifier.contains(version) for version in versions):
            wrong.append(line)
    assert wrong == [], "run: make lock"


def test_both_locks_agree() -> None:
    development = locked("requirements-dev.txt")
    assert {
        name: pin for name, pin in locked("requirements.txt").items() if development.get(name) != pin
    } == {}


def test_the_program_runs_on_what_is_locked() -> None:
    """What is installed here is what everybody gets; elsewhere than in .venv this tells what differs."""
    installed = {
        name: importlib.metadata.version(name)
        for name in ("msgspec", "sqlalchemy", "dramatiq", "tantivy", "elasticsearch")
    }
    assert {name: pin for name, pin in installed.items() if pin not in locked("requirements.txt")[name]} == {}

"""The documents: every command, setting, exit code and version is told, and nothing that is not there."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import msgspec
import pytest

from archive.errors import Exit
from settings import Settings
from tests.house import ROOT, files


def page(name: str) -> str:
    """A document's text."""
    return (ROOT / name).read_text()


def test_the_reference_of_commands_is_what_the_program_tells() -> None:
    # In a process of its own: the language of its messages is chosen once per process.
    told = subprocess.run(
        [sys.executable, "-c", "import tools.document as d; print(d.render(), end='')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.count("\n## arsip") > 5, "the commands were not found"
    assert page("docs/cli.md") == told, "run: make docs"


def settings_of(kind: type[msgspec.Struct], prefix: str = "") -> dict[str, object]:
    """The dotted name and the default of each setting."""
    found: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            found |= settings_of(field.type, f"{prefix}{field.name}.")
        else:
            found[prefix + field.name] = field.default
    return found


def test_every_setting_is_documented_with_its_variable_and_default() -> None:
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (.*) \|$", page("docs/settings.md"), re.MULTILINE))
    wanted = settings_of(Settings)
    assert set(rows) == set(wanted)
    for name, default in wanted.items():
        variable = f"`ARSIP_{name.replace('.', '_').upper()}`"
        assert rows[name].startswith(variable), name
        if name != "home":
            told = "true" if default is True else "false" if default is False else str(default) or '""'
            assert f" | `{told}` | " in rows[name], f"{name}: its default is {told}"


def test_every_exit_code_is_documented() -> None:
    codes = {code for name, code in vars(Exit).items() if not name.startswith("_")}
    told = {int(code) for code in re.findall(r"^\| (\d+) \| ", page("docs/scripts.md"), re.MULTILINE)}
    assert told == codes


def test_the_changelog_tells_the_current_version() -> None:
    version = tomllib.loads(page("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}( |$)", page("CHANGELOG.md"), re.MULTILINE)


@pytest.mark.parametrize("name", [path for path in files() if path.endswith(".md")])
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page(name))
    lost = [
        target
        for target in targets
        if "://" not in target and not (ROOT / name).parent.joinpath(target).exists()
    ]
    assert lost == []


def test_the_commands_of_the_readme_exist() -> None:
    known = set(re.findall(r"^## (arsip.*)$", page("docs/cli.md"), re.MULTILINE))
    used = set(re.findall(r"(?:^|`|/)(arsip [a-z]+)\b", page("README.md"), re.MULTILINE))
    assert len(used) > 5, "the commands were not found"
    assert used - known == set()
    makefile = page("Makefile")
    for target in re.findall(r"`make ([a-z]+)", page("README.md") + page("CONTRIBUTING.md")):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target

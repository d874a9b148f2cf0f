"""What an office starts Arsip with: the compose file and the units are sound, and say real settings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import settings
from tests.conftest import absent
from tests.house import ROOT

DEPLOY = ROOT / "deploy"
PASSWORDS = {f"ARSIP_{part}_PASSWORD": "not-a-real-one" for part in ("CATALOG", "BROKER", "INDEX")}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_the_compose_file_is_sound() -> None:
    file = str(DEPLOY / "compose.yaml")
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and run(*command, "version").returncode == 0:
            break
    else:
        absent("neither docker compose nor docker-compose is installed")
    told = run(*command, "--file", file, "config", "--quiet", **PASSWORDS)
    assert (told.returncode, told.stderr) == (0, "")
    without = run(*command, "--file", file, "config", "--quiet")
    assert without.returncode != 0, "a password that is missing must be told"


def test_the_units_are_sound(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        absent("systemd-analyze is not installed")
    units = sorted((DEPLOY / "systemd").iterdir())
    assert len(units) == 3
    for unit in units:  # the program need not lie where a unit expects it
        text = unit.read_text().replace("/opt/arsip/.venv/bin/arsip", "/bin/true")
        assert text != unit.read_text() or unit.suffix == ".timer"
        (tmp_path / unit.name).write_text(text)
    told = run("systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in units))
    mine = [line for line in told.stderr.splitlines() if "arsip" in line]
    assert (told.returncode, mine) == (0, [])


@pytest.mark.parametrize("name", ["compose.yaml", "env.example", "systemd/arsip-worker.service"])
def test_every_variable_is_a_setting(name: str, tmp_path: Path) -> None:
    text = (DEPLOY / name).read_text()
    said = dict(re.findall(r"(ARSIP_[A-Z]+(?:_[A-Z]+)+)(?:=|: )([^\s$]*)", text))
    assert said or name.endswith(".service")
    settings.load({**said, "ARSIP_HOME": str(tmp_path)})  # an unknown variable or an unfit value is an error
    assert not [line for line in text.splitlines() if re.search(r"PASSWORD=\S", line)]


def test_what_the_files_name_is_there() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert "tools/install.sh" in dockerfile
    assert (ROOT / "tools" / "install.sh").is_file()
    compose = (DEPLOY / "compose.yaml").read_text()
    assert "dockerfile: deploy/Dockerfile" in compose
    assert "deploy/env.example" in compose
    assert (DEPLOY / "env.example").is_file()

"""The program itself: it starts light, tells every failure in one way, and never quotes a page."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

import cli
from archive.messages import _
from commands import shared
from tests.archives import arsip, fill
from tests.program import ROOT, Program

SECRET = "tersembunyi"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


def test_help_tells_of_every_command(program: Program) -> None:
    ran = program.run("--help")
    assert (ran.code, ran.err) == (0, "")
    for name in cli.COMMANDS:
        assert f"\n  {name} " in ran.out


def examples() -> list[str]:
    """The command lines in the help of all commands, without those that go on for long."""
    shown = re.findall(r"^    (arsip .*)$", (ROOT / "docs/cli.md").read_text(), re.MULTILINE)
    return sorted({line for line in shown if not re.match("arsip (worker$|worker --stage|doctor)", line)})


@pytest.mark.embedded_only
@pytest.mark.parametrize("line", examples())
def test_examples_are_command_lines_that_are_understood(tmp_path: Path, line: str) -> None:
    """Where there is no archive they fail for that reason, and not for being given wrongly."""
    words = shlex.split(line)[1:]
    ran = arsip(tmp_path)(*words, *(() if "--json" in words else ("--json",)))
    assert json.loads(ran.stdout)["error"]["cause"] in ("no-archive", "path-missing")


def test_help_loads_no_command(program: Program) -> None:
    heavy = "sqlalchemy, tantivy, cv2, numpy, rich, dramatiq, elasticsearch, pdfplumber"
    script = (
        "import sys, cli\n"
        "try: cli.main(['--help'])\n"
        f"except SystemExit: print(sorted(set('{heavy}'.split(', ')) & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.endswith("[]\n"), ran.stdout


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_each_command_has_an_example_and_loads(name: str) -> None:
    command = cli.main.get_command(click.Context(cli.main), name)
    assert command is not None
    shown = command.get_help(click.Context(command, info_name=name))
    assert f"arsip {name}" in shown


def test_what_click_says_is_in_the_chosen_language(tmp_path: Path) -> None:
    """In whatever language the system is: an office asks for its own by one setting."""
    program = Program(tmp_path / "home", ARSIP_LANGUAGE="id", LC_ALL="C", LANGUAGE="en")
    ran = program.run("search", "--limt", "3", "rapat")
    assert ran.code == 2
    assert ran.err.startswith("Pemakaian: arsip search ")
    assert "Tidak ada opsi '--limt'. Apakah maksudnya '--limit'" in ran.err
    assert "bukan angka" in program.run("search", "--limit", "x", "rapat").err
    assert "Belum disebut: opsi '--batch'" in program.run("import", ".").err
    help_text = " ".join(program.run("import", "--help").out.split())  # however its lines are broken
    assert "Opsi:" in help_text
    assert "[bawaan: file]" in help_text
    for english in ("Usage", "Options", "Show this", "required", "default"):
        assert english not in help_text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_under_the_answer_is_no_surprise(tmp_path: Path) -> None:
    fill(tmp_path / "home").catalog.close()
    program = Program(tmp_path / "home")
    program.environment.pop("PYTHONUNBUFFERED", None)  # what is left in the buffer is written at the end
    with Path("/dev/full").open("w") as full:
        for words in (("search", "undangan"), ("batch", "status", "batch", "--json")):
            command = [sys.executable, "-P", "-m", "cli", *words]
            ran = subprocess.run(
                command, env=program.environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )
            assert ran.returncode == 5, ran.stderr
            assert "the disk is full" in ran.stderr


def test_streams_that_are_closed_are_nobodys(tmp_path: Path) -> None:
    fill(tmp_path / "home").catalog.close()
    program = Program(tmp_path / "home")
    for words, closed in (("search undangan", ">&-"), ("batch withdraw batch", "<&-")):
        command = f'"$0" -P -m cli {words} {closed}'
        ran = subprocess.run(
            ["sh", "-c", command, sys.executable],
            env=program.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr


def test_version(program: Program) -> None:
    assert program.run("--version").out.startswith("arsip ")


@pytest.mark.parametrize("words", [["serch", "--json"], ["show", "--json"], ["search", "--jsn", "--json"]])
def test_a_wrong_call_as_json(program: Program, words: list[str]) -> None:
    ran = program.run(*words)
    assert (ran.code, ran.answer["error"]["cause"]) == (2, "usage")
    assert "--help" in ran.answer["error"]["advice"]


def test_json_in_the_query_is_no_option(program: Program) -> None:
    assert program.run("search", "--", "--json").out == ""


def test_the_language_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "arsip.toml").write_text('language = "id"\n')
    ran = Program(tmp_path / "home", ARSIP_LANGUAGE="").run("batch", "list")
    assert ran.code == 4
    assert "there is no archive" not in ran.err
    assert "arsip import" in ran.err


def test_broken_settings_do_not_take_the_help_away(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "arsip.toml").write_text("langage = 1\n")
    program = Program(tmp_path / "home")
    assert program.run("--help").code == 0
    ran = program.run("batch", "list", "--json")
    assert (ran.code, ran.answer["error"]["cause"]) == (2, "bad-setting")


def test_what_nobody_expected_is_told_without_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "home", works=0).catalog.close()

    def burst(*_given: object) -> None:
        text_of_a_page = SECRET
        raise ValueError(text_of_a_page)

    monkeypatch.setattr("archive.catalog.accounts._batch", burst)
    ran = arsip(tmp_path / "home")("batch", "status", "batch", "--json")
    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["error"]["cause"] == "unexpected"
    assert "ValueError" in ran.stderr
    assert SECRET not in ran.output


def test_debugging_shows_places_and_no_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARSIP_DEBUG", "1")
    context = click.Context(cli.main)
    context.meta["arsip.json"] = False
    with pytest.raises(ValueError) as caught:
        raise ValueError(SECRET)
    assert shared.told(context, caught.value) == 1
    told = capsys.readouterr().err
    assert "test_cli_program.py" in told
    assert SECRET not in told


def test_ctrl_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "home", works=0).catalog.close()

    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("archive.catalog.accounts._batch", interrupted)
    ran = arsip(tmp_path / "home")("batch", "status", "batch")
    assert ran.exit_code == 130


def test_whoever_has_seen_enough_is_told_nothing(tmp_path: Path) -> None:
    fill(tmp_path / "home").catalog.close()
    process = Program(tmp_path / "home").start("search", "undangan", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    told = process.stderr.read()
    process.wait()
    process.stderr.close()
    assert told == ""


def test_a_share_never_reads_as_whole_when_it_is_not() -> None:
    assert [shared.percent(share) for share in (0.0, 0.934, 0.996, 1.0)] == ["0 %", "93 %", "99 %", "100 %"]


def test_days_and_moments_are_written_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shared.day("2021-05-12") == f"12 {_('May')} 2021"
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "WIB-7")
        time.tzset()
        told = shared.moment(0)
    time.tzset()
    assert told == f"1 {_('January')} 1970 07:00:00"


def test_a_name_that_is_no_utf_8_does_not_stop_an_answer(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    shared.answer({"path": "surat\udcff.tif"})
    assert json.loads(capfdbinary.readouterr().out) == {"path": "surat?.tif"}

"""What a person reads in place of names made for programs, and that a search understands it again."""

from __future__ import annotations

import click
import pytest

from classify import taxonomy
from commands.report import RULES, ignored_rows
from commands.selector import known_type
from commands.shared import type_name
from index.query import Key, parse
from ingest.walk import HIDDEN_FOLDER, UNKNOWN_KIND, rules


def test_every_rule_that_ignores_a_file_has_words() -> None:
    assert set(RULES) == {name for name, _patterns in rules()} | {HIDDEN_FOLDER, UNKNOWN_KIND}


def test_ignored_files_are_told_by_rule_the_commonest_first() -> None:
    assert list(ignored_rows({"system-file": 1, "unknown-kind": 12, "gone-since": 1})) == [
        "    of no known kind                   12",
        "    system files                        1",
        "    gone-since                          1",
    ]


@pytest.mark.parametrize("code", sorted(taxonomy.load().codes))
def test_a_type_is_understood_as_it_is_shown(code: str) -> None:
    shown = type_name(code)
    assert "_" not in shown
    assert parse(f'type:"{shown}"').root == Key(f"type:{code}")
    option = click.Option(["--type"])
    assert known_type(click.Context(click.Command("search")), option, shown) == code

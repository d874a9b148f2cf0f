"""The message catalogue: every message has an Indonesian text, with the same placeholders, compiled."""

from __future__ import annotations

import ast
import gettext
import re
import string

import pytest

from archive import messages
from tests.house import ROOT
from tools import translate


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _before, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def test_every_message_is_translated() -> None:
    catalog = translate.translated()
    known = {translate.texts(message.id) for message in catalog if message.id}
    wanted = {translate.texts(message.id) for message in translate.extracted() if message.id}
    assert len(wanted) > 50, "the messages were not found"
    assert ("No such option {name!r}.",) in wanted, "those of Click were not found"
    assert known == wanted, "run: make messages, and translate what it lists"
    untranslated = translate.missing(catalog)
    assert not untranslated, "\n".join(untranslated)


def test_no_message_hides_in_an_f_string() -> None:
    """Before Python 3.12 an f-string is one token: what is called in it is not extracted."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in translate.sources()
        for text in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in translate.KEYWORDS
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert not hidden, hidden


def test_decimals_are_written_as_the_language_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")  # brought back at the end, as the language is
    monkeypatch.setattr(messages, "_chosen", None)
    for language, said in (("id", ("0,5", "+12,34")), ("en", ("0.5", "+12.34"))):
        messages.choose(language)
        assert (messages.decimal(0.5), messages.decimal(12.344, "+.2f")) == said


def test_no_command_writes_decimals_by_itself() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{part.lineno}"
        for path in (ROOT / "commands").glob("*.py")
        for part in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(part, ast.FormattedValue) and part.format_spec is not None
        if re.search(r"\.[1-9]", ast.unparse(part.format_spec))
    ]
    assert not found, f"use decimal: {found}"


def test_translations_have_the_same_placeholders() -> None:
    wrong = []
    for message in translate.translated():
        if message.id:
            texts = translate.texts(message.id)
            if message.locations[0][0].startswith("click/"):
                texts = texts[-1:]  # one text for all counts has what the plural has; Click fills in either
            asked = set().union(*map(placeholders, texts))
            if any(placeholders(text) != asked for text in translate.texts(message.string)):
                wrong.append(translate.texts(message.id)[0])
    assert not wrong, "\n".join(map(str, wrong))


def test_the_compiled_catalogue_is_up_to_date() -> None:
    compiled = translate.compiled(translate.translated())
    assert (translate.FOLDER / "arsip.mo").read_bytes() == compiled, "run: make messages"


def test_the_program_finds_its_catalogue() -> None:
    assert messages.LOCALES == ROOT / "archive" / "locale"
    indonesian = gettext.translation("arsip", messages.LOCALES, languages=["id"])
    assert indonesian.gettext("the file is empty") == "berkas ini kosong"

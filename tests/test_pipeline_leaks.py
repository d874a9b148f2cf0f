"""Nothing leaks: no word and no number of a page in causes, messages, logs, answers or tracebacks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

import pipeline
from archive.catalog.connect import Catalog
from archive.catalog.schema import document, page, sighting, stage_run
from archive.errors import Failure
from archive.ledger.work import Outcome, Work
from archive.types import PageText, Stage
from tests.ledgers import PREPARED, Archive, text_of
from tests.program import Program, save, sheet

WORD, NIK, NIP = "rahasiapenanda", "3200000101900000", "199001012015010000"


def said(catalog: Catalog) -> str:
    """All that the catalog says about failures, as text."""
    with catalog.read() as connection:
        rows = [
            str(tuple(row))
            for columns in (
                (stage_run.c.cause, stage_run.c.details),
                (page.c.stop_cause, page.c.stop_details),
                (document.c.stop_cause, document.c.stop_details),
                (sighting.c.cause, sighting.c.details),
            )
            for row in connection.execute(select(*columns))
        ]
    return "\n".join(rows)


def quiet(text: str) -> None:
    """None of the words and numbers stands in a text."""
    for secret in (WORD, NIK, NIP):
        assert secret not in text.lower()


def test_a_page_that_takes_too_long_says_nothing_of_itself(tmp_path: Path, home: Path) -> None:
    save(tmp_path / "in" / "satu.png", sheet(WORD, NIK, NIP))
    taken_in = Program(home).run("import", str(tmp_path / "in"), "--batch", "uji", "--no-work")
    assert taken_in.code == 6  # with its usual time: the look at the file itself must not run out of it
    program = Program(home, ARSIP_READER_SECONDS="0.001", ARSIP_DEBUG="1")
    ran = program.run("import", str(tmp_path / "in"), "--batch", "uji")
    assert ran.code == 3
    assert "longer than" in ran.out
    status = program.run("batch", "status", "uji", "--json")
    assert status.answer["stopped"][0]["cause"] == "page-timeout"
    parts = program.parts()
    quiet(ran.out + ran.err + status.out + status.err + said(parts.catalog))
    parts.close()


@pytest.mark.parametrize("stage", list(Stage))
def test_an_exception_that_quotes_the_page_is_kept_without_its_text(
    archive: Archive, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    archive.add("a.tif")

    def fail(_work: object) -> PageText:
        raise ValueError(f"cannot parse {WORD} {NIK} {NIP}")

    stages: dict[Stage, Callable[[Work], Outcome]] = {
        Stage.PREPROCESS: lambda _work: PREPARED,
        Stage.OCR: lambda _work: text_of(WORD, NIK, NIP),
        Stage.CLASSIFY: fail,
        Stage.INDEX: fail,
    }
    stages[stage] = fail
    seen: list[Failure] = []
    while due := archive.waiting():
        work = archive.ledger.begin(*due[0])
        while work is not None:
            outcome = pipeline.attempt(stages, work)
            if isinstance(outcome, Failure):
                seen.append(outcome)
            work = archive.settle(work, outcome)
    assert seen
    assert all(each.cause == "unexpected" for each in seen)
    assert "ValueError" in seen[0].message()
    quiet(said(archive.catalog) + caplog.text + "".join(each.message() + each.advice() for each in seen))


def test_a_catalog_error_does_not_quote_the_statement(archive: Archive) -> None:
    values = ", ".join(f"'{word}'" for word in (WORD, NIK, NIP))
    with pytest.raises(RuntimeError) as caught, archive.catalog.write() as connection:
        connection.exec_driver_sql(f"INSERT INTO result VALUES ({values})")
    quiet(str(caught.value) + str(caught.value.__cause__))
    assert caught.value.__suppress_context__

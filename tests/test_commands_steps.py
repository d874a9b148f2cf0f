"""What a person is told about a PDF's own text: every verdict and repair that there is, in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands import steps
from ocr import trust


def test_every_verdict_has_its_words() -> None:
    doc = (trust.of_text.__doc__ or "") + (trust.of_places.__doc__ or "")
    named = set(re.findall(r"``([a-z]+(?:-[a-z]+)*)``", doc)) - {"dots", "image", "notes"}
    assert {trust.USED, trust.REPAIRED, trust.IN_PART, *named} <= set(steps.VERDICTS)


def test_every_verdict_that_is_given_has_its_words() -> None:
    code = Path("ocr/textlayer.py").read_text("utf-8")
    assert set(re.findall(r'Layer\("([a-z-]+)"', code)) <= set(steps.VERDICTS)


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("text-layer:used", "the PDF's own text was used as it stands"),
        ("hidden-dropped:1", "1 letter that nobody sees was left out"),
        ("hidden-dropped:12", "12 letters that nobody sees were left out"),
        ("overprint-dropped:3", "3 letters printed twice were taken once"),
        ("codes-moved:2", "letters with wrong codes were put right"),
        ("repaired:1", "1 word of a date, number or amount was put right"),
        ("repaired:3", "3 words of dates, numbers or amounts were put right"),
        ("letters-joined", "letters set apart were joined to words"),
    ],
)
def test_steps_are_told_in_words(step: str, line: str) -> None:
    assert steps.told([step]) == ([line], [])


def test_a_spot_check_tells_its_share() -> None:
    (line,), others = steps.told(["spot-check:0.98"])
    assert "98" in line
    assert not others


def test_what_is_not_about_the_text_stays_as_it_is() -> None:
    assert steps.told(["deskew:1.2", "text-layer:strange"]) == ([], ["deskew:1.2", "text-layer:strange"])

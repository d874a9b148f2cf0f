"""The frozen ruler: cases, hashes, and a generator that still writes what it wrote when they were frozen."""

from __future__ import annotations

import hashlib
import random
import re
from pathlib import Path

import msgspec
import pytest

from bench import generated
from samples.cases import LEVELS, Case, cases, encoded
from samples.garble import garble
from samples.letters import KINDS, letter
from samples.sheets import documents, numbered, plan
from samples.textlayers import layers

HELD_OUT = Path(__file__).parent / "held_out"


def frozen() -> dict[str, str]:
    """Names and SHA-256 hashes from ``HASHES``."""
    lines = (HELD_OUT / "HASHES").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("name", ["classify.json", "written.txt"])
def test_frozen_cases_are_as_they_were(name: str) -> None:
    assert sha256((HELD_OUT / name).read_bytes()) == frozen()[name]


def test_the_generator_writes_the_frozen_cases_again() -> None:
    assert encoded(cases()) == (HELD_OUT / "classify.json").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_letters_are_what_they_were(kind: str) -> None:
    made = [letter(kind, random.Random(f"frozen {kind} {n}")) for n in range(20)]
    assert sha256(msgspec.json.encode(made)) == frozen()[f"letters {kind}"]


def test_there_are_cases_of_every_type_and_damage() -> None:
    made = msgspec.json.decode((HELD_OUT / "classify.json").read_bytes(), type=list[Case])
    assert len(made) >= 120
    assert {case.type for case in made} == set(KINDS)
    for kind in KINDS:
        assert {case.damage for case in made if case.type == kind} >= set(LEVELS)
    assert len({case.name for case in made}) == len(made)


def test_forty_cases_were_written_by_hand() -> None:
    text = (HELD_OUT / "written.txt").read_text()
    assert re.findall(r"^== (\d+)$", text, re.MULTILINE) == [f"{n:02}" for n in range(1, 41)]
    assert set(re.findall(r"^type: (\w+)$", text, re.MULTILINE)) == set(KINDS)


def test_damage_never_turns_one_digit_into_another() -> None:
    rng = random.Random(4)
    for _ in range(400):
        digits = f"{rng.randrange(10**9):09}"
        read = garble(digits, rng, 1.0)
        assert len(read) == len(digits)
        for was, now in zip(digits, read, strict=True):
            assert was == now or not now.isdigit()


def test_spared_words_suffer_only_what_folding_undoes() -> None:
    rng = random.Random(4)
    alike = str.maketrans("01ISB5|8(", "Oll5855" + "Bl")
    for _ in range(200):
        read = garble("Hal", rng, 1.0, frozenset(("hal",))).translate(alike)
        assert read == "Hal".translate(alike)


def test_without_damage_nothing_changes() -> None:
    assert garble("NOMOR : 188.4/45/KEP/2019", random.Random(1), 0.0) == "NOMOR : 188.4/45/KEP/2019"


@pytest.mark.parametrize("name", ["tune", "held out", "held out 2", "held out 3"])
def test_sheets_for_the_desk_are_what_they_were(name: str) -> None:
    assert sha256(msgspec.json.encode([*plan(name), *documents(name)])) == frozen()[f"sheets {name}"]


@pytest.mark.parametrize("name", ["tune", "held out 3"])
def test_numbered_sheets_for_the_desk_are_what_they_were(name: str) -> None:
    assert sha256(msgspec.json.encode([*numbered(name)])) == frozen()[f"sheets numbered {name}"]


@pytest.mark.parametrize("seed", [20261124, 20261201])
def test_pages_with_troubled_text_are_what_they_were(seed: int) -> None:
    made = [(one.trouble, one.want, one.words) for one in layers(1, seed)]
    assert sha256(msgspec.json.encode(made)) == frozen()[f"text layers {seed}"]


def test_troubled_pages_are_written_as_they_were() -> None:
    if generated.drawn_with() not in generated.frozen():
        pytest.skip("not run: other fonts, FreeType or processor than when the pages were frozen")
    drawn = hashlib.sha256()
    for one in layers(1, 20261201):
        sheet = one.sheet
        codes = [chr(code) for code in range(32, 127)]
        means = {cut: [meaning(code) for code in codes] for cut, meaning in sheet.meanings.items()}
        drawn.update(sheet.content.encode())
        drawn.update(sheet.image.tobytes() if sheet.image else b"")
        drawn.update(msgspec.json.encode((means, sheet.media, sheet.crop, sheet.rotate)))
    assert drawn.hexdigest() == frozen()["text layers, drawn 20261201"]

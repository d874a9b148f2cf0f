"""kill -9 at random moments in the embedded profile: nothing is lost and nothing is doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.kills import run

SEEDS = range(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_kills_lose_nothing_embedded(seed: int, tmp_path: Path) -> None:
    verdict = run(seed, tmp_path, {})
    assert verdict.killed
    assert not verdict.wrong, verdict

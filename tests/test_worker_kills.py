"""kill -9 at random moments, on both index engines: nothing is lost and nothing is doubled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.kills import run

SEEDS = range(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_kills_lose_nothing_on_the_embedded_index(seed: int, tmp_path: Path) -> None:
    verdict = run(seed, tmp_path, {"ARSIP_INDEX_ENGINE": "embedded"})
    assert verdict.killed
    assert not verdict.wrong, verdict


@pytest.mark.parametrize("seed", SEEDS)
def test_kills_lose_nothing_on_elasticsearch(seed: int, tmp_path: Path, elasticsearch_url: str) -> None:
    around = {
        "ARSIP_INDEX_ENGINE": "elasticsearch",
        "ARSIP_INDEX_URL": elasticsearch_url,
        "ARSIP_INDEX_NAME": f"kills-{os.getpid()}-{seed}",
    }
    verdict = run(seed, tmp_path, around)
    assert verdict.killed
    assert not verdict.wrong, verdict

"""What tests share: the corpus of real scans, and a real Elasticsearch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest

from tests import servers


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real scans with their true text, which cannot be part of the repository."""
    named = os.environ.get("ARSIP_CORPUS")
    if not named:
        pytest.skip("not run: ARSIP_CORPUS is not set")
    return Path(named)


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The URL of a real Elasticsearch: the one that the environment names, else one of our own."""
    with ExitStack() as stack:
        url = os.environ.get(servers.URL)
        if not url:
            try:
                url = stack.enter_context(servers.elasticsearch())
            except servers.Missing as error:
                absent(str(error))
        yield url


def absent(reason: str) -> NoReturn:
    """A server is missing: at home its tests are not run, in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"in CI every server must be there: {reason}")
    pytest.skip(f"not run: {reason}")

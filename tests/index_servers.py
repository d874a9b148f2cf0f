"""Names of indexes on a test server, each used once and deleted afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import Elasticsearch


@contextmanager
def fresh(url: str) -> Iterator[str]:
    """A name under which there is nothing yet; what was made behind it is deleted at the end."""
    name = f"arsip-test-{uuid.uuid4().hex}"
    try:
        yield name
    finally:
        with Elasticsearch(url) as client:
            client.indices.delete(index=f"{name}-1", ignore_unavailable=True)

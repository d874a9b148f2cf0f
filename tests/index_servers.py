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
        delete_index(url, name)


def delete_index(url: str, name: str) -> None:
    """Delete all that was made behind a name: an index for each time it was filled anew, their template."""
    with Elasticsearch(url) as client:
        if found := list(client.indices.get(index=f"{name}-*", allow_no_indices=True)):
            client.indices.delete(index=found)
        client.options(ignore_status=404).indices.delete_index_template(name=name)

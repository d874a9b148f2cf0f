"""The few words of SQL that are spelled per dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

IN_LIMIT = 500
"""How many values one IN clause is given; SQLite's own limit of variables is far above."""


def insert(connection: Connection, table: Table) -> Insert:
    """An INSERT that knows ON CONFLICT (both dialects have it, each in a class of its own)."""
    make: Any
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as make  # takes 0.1 s to load
    else:
        from sqlalchemy.dialects.sqlite import insert as make
    statement: Insert = make(table)
    return statement

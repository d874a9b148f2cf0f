"""Words of SQL that are needed in several places, some of them spelled per dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, Table, select

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

IN_LIMIT = 500
"""How many values one IN clause is given; SQLite's own limit of variables is far above."""


def insert(connection: Connection, table: Table) -> Insert:
    """An INSERT that knows ON CONFLICT (both dialects have it, each in a class of its own)."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> Insert:
    """The same for a dialect by its name, for statements that are built once."""
    make: Any
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as make  # takes 0.1 s to load
    else:
        from sqlalchemy.dialects.sqlite import insert as make
    statement: Insert = make(table)
    return statement


def in_order(table: Table, *which: ColumnElement[bool], skip_locked: bool = False) -> Select[tuple[str]]:
    """The ids of these rows, locked in their order, so that no two wait for each other crosswise.

    Rows are locked in the order batch, blob, document, page, message, stage run. SQLite has one writer at
    a time, and knows no locks on rows.
    """
    rows = select(table.c.id).where(*which).order_by(table.c.id)
    return rows.with_for_update(of=table, skip_locked=skip_locked)

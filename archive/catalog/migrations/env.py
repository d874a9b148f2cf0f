"""Alembic's entry point: runs the chain on the connection it is handed."""

from alembic import context

from archive.catalog.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()

"""The chain of schema migrations (Alembic), run by ``archive.catalog.connect`` and by nothing else."""

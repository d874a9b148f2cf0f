"""The first schema: the eight tables of the ledger."""

import sqlalchemy as sa
from alembic import op

# Text is compared byte by byte on both servers; ids and keys are text.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.String(20).with_variant(sa.String(20, collation="C"), "postgresql")
KEY = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From nothing to the eight tables."""
    op.create_table(
        "batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("withdrawn_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "blob",
        sa.Column("sha256", KEY, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "message",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("batch", ID, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("owner", TEXT, nullable=True),
        sa.Column("lease", sa.Double(), nullable=True),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject", "stage", name="message_once"),
    )
    op.create_index(op.f("ix_message_batch"), "message", ["batch"], unique=False)
    op.create_index(
        "message_held",
        "message",
        ["owner"],
        unique=False,
        sqlite_where=sa.text("owner IS NOT NULL"),
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
    op.create_index(
        "message_waiting",
        "message",
        ["stage", "priority", "number", "id"],
        unique=False,
        sqlite_where=sa.text("owner IS NULL"),
        postgresql_where=sa.text("owner IS NULL"),
    )
    op.create_table(
        "result",
        sa.Column("key", KEY, nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "stage_run",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("cause", TEXT, nullable=True),
        sa.Column("details", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("stage_run_subject", "stage_run", ["subject", "stage"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch", ID, nullable=False),
        sa.Column("root", TEXT, nullable=False),
        sa.Column("path", TEXT, nullable=False),
        sa.Column("fingerprint", KEY, nullable=False),
        sa.Column("languages", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("security", sa.String(length=2), nullable=False),
        sa.Column("box", TEXT, nullable=False),
        sa.Column("shelf", TEXT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("described_revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("description_key", KEY, nullable=True),
        sa.Column("type", TEXT, server_default="", nullable=False),
        sa.Column("date", sa.String(length=10), server_default="", nullable=False),
        sa.Column("nomor", TEXT, server_default="", nullable=False),
        sa.Column("hal", TEXT, server_default="", nullable=False),
        sa.Column("stop_cause", TEXT, nullable=True),
        sa.Column("stop_details", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch"],
            ["batch.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("document_place", "document", ["batch", "path"], unique=False)
    op.create_index(op.f("ix_document_fingerprint"), "document", ["fingerprint"], unique=False)
    op.create_table(
        "page",
        sa.Column("id", ID, nullable=False),
        sa.Column("document", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("batch", ID, nullable=False),
        sa.Column("blob", KEY, nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("path", TEXT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("indexed_revision", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("blank", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("prepared_key", KEY, nullable=True),
        sa.Column("text_key", KEY, nullable=True),
        sa.Column("stop_stage", sa.String(length=10), nullable=True),
        sa.Column("stop_cause", TEXT, nullable=True),
        sa.Column("stop_details", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch"],
            ["batch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["blob"],
            ["blob.sha256"],
        ),
        sa.ForeignKeyConstraint(
            ["document"],
            ["document.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_page_batch"), "page", ["batch"], unique=False)
    op.create_index(op.f("ix_page_blob"), "page", ["blob"], unique=False)
    op.create_index(
        "page_open",
        "page",
        ["document"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_index("page_place", "page", ["document", "number"], unique=False)
    op.create_table(
        "sighting",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("batch", ID, nullable=False),
        sa.Column("root", TEXT, nullable=False),
        sa.Column("path", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("rule", TEXT, nullable=True),
        sa.Column("cause", TEXT, nullable=True),
        sa.Column("details", TEXT, nullable=True),
        sa.Column("document", ID, nullable=True),
        sa.Column("blob", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch"],
            ["batch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["document"],
            ["document.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch", "root", "path", name="sighting_once"),
    )
    op.create_index(op.f("ix_sighting_document"), "sighting", ["document"], unique=False)


def downgrade() -> None:
    """Back to nothing."""
    op.drop_index(op.f("ix_sighting_document"), table_name="sighting")
    op.drop_table("sighting")
    op.drop_index("page_place", table_name="page")
    op.drop_index(
        "page_open", table_name="page", sqlite_where=sa.text("open = 1"), postgresql_where=sa.text("open")
    )
    op.drop_index(op.f("ix_page_blob"), table_name="page")
    op.drop_index(op.f("ix_page_batch"), table_name="page")
    op.drop_table("page")
    op.drop_index(op.f("ix_document_fingerprint"), table_name="document")
    op.drop_index("document_place", table_name="document")
    op.drop_table("document")
    op.drop_index("stage_run_subject", table_name="stage_run")
    op.drop_table("stage_run")
    op.drop_table("result")
    op.drop_index(
        "message_waiting",
        table_name="message",
        sqlite_where=sa.text("owner IS NULL"),
        postgresql_where=sa.text("owner IS NULL"),
    )
    op.drop_index(
        "message_held",
        table_name="message",
        sqlite_where=sa.text("owner IS NOT NULL"),
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
    op.drop_index(op.f("ix_message_batch"), table_name="message")
    op.drop_table("message")
    op.drop_table("blob")
    op.drop_table("batch")

"""Many machines: a row for each worker instead of a lease on each message, hours of work, messages sent."""

import sqlalchemy as sa
from alembic import op

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.String(20).with_variant(sa.String(20, collation="C"), "postgresql")
SENT = sa.text("sent_at IS NOT NULL AND owner IS NULL")

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From leases on messages to workers that are seen."""
    op.create_table(
        "worker",
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("stages", TEXT, nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("pages_an_hour", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.add_column("batch", sa.Column("hours", sa.String(length=9), nullable=True))
    op.drop_column("message", "lease")
    op.add_column("message", sa.Column("sent_at", sa.Double(), nullable=True))
    op.create_index(
        "message_sent",
        "message",
        ["stage", "sent_at"],
        unique=False,
        sqlite_where=SENT,
        postgresql_where=SENT,
    )
    op.add_column("stage_run", sa.Column("batch", ID, server_default="", nullable=False))
    op.execute(
        "UPDATE stage_run SET batch = coalesce("
        "(SELECT batch FROM page WHERE page.id = stage_run.subject), "
        "(SELECT batch FROM document WHERE document.id = stage_run.subject), '')"
    )
    op.create_index("stage_run_batch", "stage_run", ["batch", "ended_at"], unique=False)


def downgrade() -> None:
    """Back to leases; whoever holds a message then is taken for gone when he is."""
    op.drop_index("stage_run_batch", table_name="stage_run")
    op.drop_column("stage_run", "batch")
    op.drop_index("message_sent", table_name="message", sqlite_where=SENT, postgresql_where=SENT)
    op.drop_column("message", "sent_at")
    op.add_column("message", sa.Column("lease", sa.Double(), nullable=True))
    op.drop_column("batch", "hours")
    op.drop_table("worker")

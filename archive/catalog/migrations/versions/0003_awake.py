"""Workers that hang: the last sign of life by their machine's own clock as well."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One that works already has no such sign until his next one."""
    op.add_column("worker", sa.Column("awake_at", sa.Double(), nullable=True))


def downgrade() -> None:
    """Whoever hangs is believed again as long as he is there."""
    op.drop_column("worker", "awake_at")

"""Corrections by readers; the heartbeat that checks of health write."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("key_digest", sa.String(64), nullable=False, unique=True),
        sa.Column("body_digest", sa.String(64), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.Column("model_name", sa.String(64), nullable=False),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("shown", sa.String(32)),
        sa.Column("given", sa.String(32)),
        sa.Column("text", sa.Text()),
    )
    heartbeat = op.create_table(
        "heartbeat", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("at", sa.DateTime(), nullable=False)
    )
    op.bulk_insert(heartbeat, [{"id": 1, "at": datetime(2000, 1, 1)}])
    op.create_index("ix_corrections_expires", "corrections", ["expires"])


def downgrade() -> None:
    op.drop_table("heartbeat")
    op.drop_table("corrections")

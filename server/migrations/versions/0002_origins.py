"""A keyed hash of the caller, so that what one caller files can be limited when it is used for training."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("corrections", sa.Column("origin", sa.String(32)))


def downgrade() -> None:
    op.drop_column("corrections", "origin")

"""Whose a job is, by an id: a key may be called like somebody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("owner", sa.String()))


def downgrade() -> None:
    op.drop_column("jobs", "owner")

"""What every look at drift came to, of all columns: what did not drift, and what could not be tested, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

TABLE = "drift_looks"
TIME = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("current_end", TIME, nullable=False),
        sa.Column("current_start", TIME, nullable=False),
        sa.Column("baseline_rows", sa.BigInteger(), nullable=False),
        sa.Column("current_rows", sa.BigInteger(), nullable=False),
        sa.Column("worst", sa.Float(), nullable=False),
        sa.Column("scores", DOCUMENT, nullable=False),
        sa.Column("looked_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("dataset", "current_end", name=f"pk_{TABLE}"),
        sa.CheckConstraint("worst BETWEEN 0 AND 1", name=op.f(f"ck_{TABLE}_worst")),
    )
    op.create_index(f"ix_{TABLE}_dataset_current_end_worst", TABLE, ["dataset", "current_end", "worst"])
    op.create_index(f"ix_{TABLE}_looked_at", TABLE, ["looked_at"])


def downgrade() -> None:
    op.drop_table(TABLE)

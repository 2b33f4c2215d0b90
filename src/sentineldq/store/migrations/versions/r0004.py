"""Who may do what, what people upload and have checked, and work that is waiting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _users()
    _sessions()
    _api_keys()
    _audit_log()
    _idempotency_keys()
    _data_sources()
    _data_quality_checks()
    _jobs()


def downgrade() -> None:
    for table in (
        "jobs",
        "data_quality_checks",
        "data_sources",
        "idempotency_keys",
        "audit_log",
        "api_keys",
        "sessions",
        "users",
    ):
        op.drop_table(table)


def _users() -> None:
    table = "users"
    op.create_table(
        table,
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("display_name", sa.String()),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password", sa.String()),
        sa.Column("issuer", sa.String()),
        sa.Column("subject", sa.String()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=f"pk_{table}"),
        sa.CheckConstraint(
            "role IN ('viewer', 'analyst', 'steward', 'admin')", name=op.f(f"ck_{table}_role")
        ),
        sa.UniqueConstraint("name", name=f"uq_{table}_name"),
    )
    op.create_index("uq_users_issuer_subject", table, ["issuer", "subject"], unique=True)


def _sessions() -> None:
    table = "sessions"
    op.create_table(
        table,
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=f"fk_{table}_user_id_users"),
    )
    op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])
    op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def _api_keys() -> None:
    table = "api_keys"
    op.create_table(
        table,
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("user_id", sa.String()),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("scopes", DOCUMENT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.Column("used_at", TIME),
        sa.Column("revoked_at", TIME),
        sa.PrimaryKeyConstraint("key_id", name=f"pk_{table}"),
        sa.CheckConstraint(
            "role IN ('viewer', 'analyst', 'steward', 'admin')", name=op.f(f"ck_{table}_role")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=f"fk_{table}_user_id_users"),
        sa.UniqueConstraint("digest", name=f"uq_{table}_digest"),
    )
    op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def _audit_log() -> None:
    table = "audit_log"
    op.create_table(
        table,
        sa.Column("entry_id", SERIAL, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String()),
        sa.Column("role", sa.String()),
        sa.Column("address", sa.String()),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target", sa.String()),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_actor_at", table, ["actor", "at"])
    op.create_index(f"ix_{table}_at", table, ["at"])


def _idempotency_keys() -> None:
    table = "idempotency_keys"
    op.create_table(
        table,
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("answer", DOCUMENT),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])


def _data_sources() -> None:
    table = "data_sources"
    op.create_table(
        table,
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String()),
        sa.Column("owner", sa.String()),
        sa.Column("thresholds", DOCUMENT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=f"pk_{table}"),
        sa.UniqueConstraint("name", name=f"uq_{table}_name"),
    )


def _data_quality_checks() -> None:
    table = "data_quality_checks"
    op.create_table(
        table,
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("job_id", sa.String()),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("format", sa.String()),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger()),
        sa.Column("columns", sa.Integer()),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("score", sa.Float()),
        sa.Column("parts", DOCUMENT, nullable=False),
        sa.Column("report", DOCUMENT),
        sa.Column("error", sa.String()),
        sa.Column("uploaded_by", sa.String()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.PrimaryKeyConstraint("check_id", name=f"pk_{table}"),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f(f"ck_{table}_score")),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'failed')", name=op.f(f"ck_{table}_status")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["data_sources.source_id"], name=f"fk_{table}_source_id_data_sources"
        ),
    )
    op.create_index(f"ix_{table}_created_at", table, ["created_at"])
    op.create_index(f"ix_{table}_source_id_created_at", table, ["source_id", "created_at"])


def _jobs() -> None:
    table = "jobs"
    op.create_table(
        table,
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("progress", DOCUMENT),
        sa.Column("result", DOCUMENT),
        sa.Column("error", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("claimed_until", TIME),
        sa.Column("claimed_by", sa.String()),
        sa.Column("made_by", sa.String()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.PrimaryKeyConstraint("job_id", name=f"pk_{table}"),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f(f"ck_{table}_state")
        ),
    )
    op.create_index(f"ix_{table}_kind_created_at", table, ["kind", "created_at"])
    op.create_index(f"ix_{table}_state_due_at", table, ["state", "due_at"])

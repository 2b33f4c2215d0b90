"""What Alembic runs: the migrations, on the connection and in the transaction that `migrate` began."""

from __future__ import annotations

from alembic import context

from sentineldq.store.migrate import TABLE
from sentineldq.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=TABLE,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

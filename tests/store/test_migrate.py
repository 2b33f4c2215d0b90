"""Tables go up and down with what is in them, by one process at a time."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from sentineldq.errors import StoreError
from sentineldq.store import audit, findings, jobs, logins, migrate, profiles, runs, tries
from sentineldq.store.connect import connect
from sentineldq.store.database import Store
from sentineldq.store.open import open_store
from sentineldq.store.tables import AUDIT_LOG, NAMES, metadata
from tests.store.workers import begin, run

NOW = datetime.now(UTC)
NEXT = '''
"""A revision to come: a table is rebuilt, so that what cannot be altered in place is tried too."""

import sqlalchemy as sa
from alembic import op

revision = "9002"
down_revision = "HEAD"


def upgrade():
    with op.batch_alter_table("findings") as table:
        table.add_column(sa.Column("owner", sa.String(), nullable=False, server_default="nobody"))
        table.alter_column("count", new_column_name="times")
        table.create_check_constraint("counted", "times > 0")
    FAULT


def downgrade():
    with op.batch_alter_table("findings") as table:
        table.drop_constraint("counted", type_="check")
        table.alter_column("times", new_column_name="count")
        table.drop_column("owner")
'''


@pytest.fixture
def versions(tmp_path: Path) -> Callable[[str], tuple[Path, ...]]:
    """Our revisions and one to come, which fails as told."""

    def make(fault: str = "pass") -> tuple[Path, ...]:
        folder = tmp_path / "versions"
        folder.mkdir(exist_ok=True)
        (folder / f"r9002_{len(fault)}.py").write_text(
            NEXT.replace("FAULT", fault).replace("HEAD", migrate.HEAD)
        )
        return (*migrate.VERSIONS, folder)

    return make


def fill(store: Store) -> findings.Finding:
    runs.start(store, project="github", pipeline="events", run_id="r")
    return findings.report(store, key="k", kind="freshness", severity="INFO", title="t", details={"a": [1]})


def test_migrations_make_the_tables_of_the_code(store: Store) -> None:
    with store.read() as connection:
        options = {"compare_type": True, "version_table": migrate.TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_code_knows_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.HERE))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_every_constraint_has_a_name(store: Store) -> None:
    assert set(NAMES) == {"pk", "uq", "ix", "fk", "ck"}
    looked = inspect(store.engine)
    for table in metadata.tables:
        assert looked.get_pk_constraint(table)["name"] == f"pk_{table}"


def test_what_is_there_survives_up_and_down(store: Store, versions: Callable[[], tuple[Path, ...]]) -> None:
    found = fill(store)
    migrate.upgrade(store, target="9002", versions=versions())
    with store.read() as connection:
        row = connection.execute(text("SELECT title, times, owner FROM findings")).one()
        assert tuple(row) == ("t", 1, "nobody")
    migrate.downgrade(store, target=migrate.HEAD, versions=versions())
    assert findings.query(store) == [found]
    assert findings.report(store, key="k", kind="freshness", severity="INFO", title="t").count == 2


def test_the_tables_of_profiles_come_and_go_beside_what_is_there(store: Store) -> None:
    """From the first revision to the second with data in both, and back."""
    found = fill(store)
    migrate.downgrade(store, target="0001")
    assert not {"profiles", "drift_results", "measurements"} & set(inspect(store.engine).get_table_names())
    assert findings.query(store) == [found]
    migrate.upgrade(store, target="0002")
    moment = found.first_seen_at
    assert profiles.add(
        store,
        dataset="events",
        partition="p",
        batch=1,
        hours={moment: bytes(range(256))},
        join=lambda a, b: a + b,
    )
    assert profiles.window(store, dataset="events") == [(moment, bytes(range(256)))]
    migrate.downgrade(store, target="0001")
    assert findings.query(store) == [found]
    migrate.bring_up(store)
    assert profiles.marks(store, "events") == {}
    assert findings.query(store) == [found]


def test_intents_and_tries_come_and_go_beside_what_is_there(store: Store) -> None:
    """From the fifth revision to the sixth with entries in the log, and back: the chain is whole all the way."""
    migrate.downgrade(store, target="0005")
    old: dict[str, Any] = {"at": NOW, "actor": "a", "role": None, "address": None, "action": "POST /x"}
    old |= {"target": None, "status": 200, "details": {}}
    with store.write() as connection:
        connection.execute(AUDIT_LOG.insert().values(**old, chain=audit.link(audit.FIRST, old)))
    migrate.upgrade(store, target="0006")
    intent = audit.add(store, **{**old, "status": audit.UNKNOWN})
    audit.add(store, **{**old, "status": 201}, intent=intent)
    assert not tries.take(store, ["a"], burst=1, every=timedelta(hours=1))
    logins.begin(store, "d", now=NOW, until=NOW + timedelta(hours=1))
    assert (audit.broken(store), len(audit.query(store))) == (None, 2)
    migrate.downgrade(store, target="0005")
    with store.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit_log")) == 3
    assert not {"tries", "logins"} & set(inspect(store.engine).get_table_names())
    migrate.bring_up(store)
    assert logins.finish(store, "d", now=NOW) is False
    assert audit.query(store)[-1].action == "POST /x"
    assert audit.broken(store) is not None  # what was known of the intent went with the column


def test_owners_of_jobs_come_and_go_beside_what_is_there(store: Store) -> None:
    """From the ninth revision to the eighth with a job, and back: nobody owns it then."""
    with store.write() as connection:
        jobs.add(connection, job_id="j", kind="upload", payload={"a": 1}, made_by="ada", owner="u1")
    made = jobs.get(store, "j")
    assert made is not None
    migrate.downgrade(store, target="0008")
    assert "owner" not in {column["name"] for column in inspect(store.engine).get_columns("jobs")}
    migrate.bring_up(store)
    assert jobs.get(store, "j") == replace(made, owner=None)


def test_down_to_nothing_and_up_again(store: Store) -> None:
    fill(store)
    migrate.downgrade(store, target="base")
    assert set(inspect(store.engine).get_table_names()) == {migrate.TABLE}
    migrate.bring_up(store)
    assert findings.query(store) == []
    fill(store)


def test_a_migration_that_fails_has_changed_nothing(
    store: Store, versions: Callable[[str], tuple[Path, ...]]
) -> None:
    found = fill(store)
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(store, target="9002", versions=versions("1 / 0"))
    assert migrate.facts(store)["revision"] == migrate.HEAD
    assert findings.query(store) == [found]


def test_a_migration_that_is_killed_has_changed_nothing(
    store: Store, url: str, versions: Callable[[str], tuple[Path, ...]]
) -> None:
    found = fill(store)
    folders = versions("__import__('os').kill(__import__('os').getpid(), 9)")
    worker = begin(f"""
    from pathlib import Path
    from sentineldq.store import migrate
    from sentineldq.store.open import open_store
    migrate.upgrade(open_store({url!r}), target="9002", versions=[Path(p) for p in {list(map(str, folders))!r}])
    """)
    worker.communicate(timeout=60)
    assert worker.returncode == -signal.SIGKILL
    with open_store(url) as again:
        assert migrate.facts(again)["revision"] == migrate.HEAD
        assert findings.query(again) == [found]


def test_a_newer_store_is_refused(store: Store, url: str) -> None:
    with store.write() as connection:
        connection.execute(text(f"UPDATE {migrate.TABLE} SET version_num = '0999'"))
    with pytest.raises(StoreError, match="revision 0999") as found:
        open_store(url)
    assert "upgrade sentineldq" in str(found.value.hint)


def test_a_file_is_copied_before_it_is_changed(
    tmp_path: Path, versions: Callable[[], tuple[Path, ...]]
) -> None:
    file = tmp_path / "store.db"
    with open_store(f"sqlite:///{file}") as store:
        assert not list(tmp_path.glob("*.bak"))
        fill(store)
        migrate.upgrade(store, target="9002", versions=versions())
    with sqlite3.connect(f"{file}.{migrate.HEAD}.bak") as copy:
        assert copy.execute("SELECT title, count FROM findings").fetchall() == [("t", 1)]
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()


def test_a_rebuilt_table_takes_nothing_with_it(
    tmp_path: Path, versions: Callable[[], tuple[Path, ...]]
) -> None:
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        found = fill(store)
        with store.write() as connection:
            connection.execute(
                text(
                    "CREATE TABLE children (finding_id TEXT REFERENCES findings (finding_id) ON DELETE CASCADE)"
                )
            )
            connection.execute(text("INSERT INTO children VALUES (:id)"), {"id": found.finding_id})
        migrate.upgrade(store, target="9002", versions=versions())
        with store.write() as connection:
            assert connection.scalar(text("SELECT count(*) FROM children")) == 1
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_processes_that_migrate_at_once_all_succeed(url: str) -> None:
    code = f"""
    from sentineldq.store import migrate
    from sentineldq.store.open import open_store
    with open_store({url!r}) as store:
        print(migrate.facts(store)["revision"])
    """
    assert run(code, times=4) == [migrate.HEAD] * 4


def test_a_process_that_waited_for_the_lock_finds_nothing_to_do(url: str) -> None:
    first, second = Store(connect(url)), Store(connect(url))
    migrate.upgrade(first)
    fill(first)
    migrate.upgrade(second)
    assert len(findings.query(second)) == 1
    first.close()
    second.close()


def test_moments_are_utc_whatever_the_session_says(store: Store) -> None:
    began = runs.start(store, project="p", pipeline="q").started_at
    assert began.tzinfo is UTC
    assert abs((datetime.now(UTC) - began).total_seconds()) < 600

"""A store opens, with its tables, or says why it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from sentineldq.errors import StoreError, UsageError
from sentineldq.store import migrate
from sentineldq.store.database import Store
from sentineldq.store.open import open_store
from tests.store.workers import run


def test_it_opens_again_without_alembic(url: str) -> None:
    open_store(url).close()
    code = f"import sys; from sentineldq.store.open import open_store; open_store({url!r}); print('alembic' in sys.modules)"
    assert run(code) == ["False"]


def test_it_says_what_it_is(store: Store) -> None:
    facts = migrate.facts(store)
    assert (facts["revision"], facts["database"]) == (migrate.HEAD, store.engine.dialect.name)


def test_a_file_is_shared_safely(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/store.db") as store, store.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        }
    assert settings == {
        "journal_mode": "truncate",
        "busy_timeout": 15_000,
        "foreign_keys": 1,
        "synchronous": 2,
    }


def test_what_fails_leaves_nothing(store: Store) -> None:
    insert = text("INSERT INTO leases (name, epoch) VALUES ('a', 1)")

    def fail() -> None:
        with store.write() as connection:
            connection.execute(insert)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM leases")) == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("store.db", "not the URL of a store"),
        ("mysql://host/db", "a store in mysql is not known"),
        ("sqlite://", "cannot be shared"),
        ("sqlite:///:memory:", "cannot be shared"),
    ],
)
def test_a_url_that_is_none_is_refused(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as found:
        open_store(url)
    assert "sqlite:///PATH" in str(found.value.hint)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"@127\.0\.0\.1:1/db") as found:
        open_store("postgres://user:canary@127.0.0.1:1/db")
    assert "canary" not in str(found.value)


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(b"PAR1" * 4_000)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == b"PAR1" * 4_000


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot make its folder"):
        open_store(f"sqlite:///{tmp_path}/file/store.db")


def test_two_hundred_transactions_of_four_processes_all_succeed(url: str) -> None:
    open_store(url).close()
    code = f"""
    from sqlalchemy import text
    from sentineldq.store.open import open_store
    with open_store({url!r}) as store:
        for _ in range(200):
            with store.write() as connection:
                connection.execute(text("INSERT INTO leases (name, epoch) VALUES ('n', 1) "
                    "ON CONFLICT (name) DO UPDATE SET epoch = leases.epoch + 1"))
    """
    run(code, times=4)
    with open_store(url) as store, store.read() as connection:
        assert connection.scalar(text("SELECT epoch FROM leases")) == 800


def test_importing_a_store_imports_no_lake() -> None:
    code = "import sys, sentineldq.store.open; print(sorted({'pyiceberg', 'polars', 'alembic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"

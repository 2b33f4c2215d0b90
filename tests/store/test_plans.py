"""How SQLite looks for what a server is asked all the time: by an index, and through nothing that is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from sentineldq.store import alerts, drift, findings, marks, runs
from sentineldq.store.database import Store
from sentineldq.store.open import open_store

UNRESOLVED = ("open", "acknowledged", "snoozed")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ASKED: list[tuple[Callable[[Store], Any], str]] = [
    (lambda store: alerts.query(store, statuses=UNRESOLVED), "ix_alerts_standing_updated_at"),
    (
        lambda store: alerts.query(store, statuses=UNRESOLVED, before=(NOW, "a")),
        "ix_alerts_standing_updated_at",
    ),
    (alerts.standing, "uq_alerts_standing_key"),
    (alerts.counts, "COVERING INDEX ix_alerts_status_severity"),
    (lambda store: findings.query(store, still=True), "ix_findings_cleared_at"),
    (lambda store: runs.query(store, project="p"), "ix_runs_project_started_at"),
    (lambda store: runs.query(store, project="p", pipeline="a"), "ix_runs_project_pipeline_started_at"),
    (
        lambda store: runs.recent(store, project="p", pipelines=["a"], each=5),
        "ix_runs_project_pipeline_started_at",
    ),
    (lambda store: drift.query(store, since=NOW), "ix_drift_results_detected_at"),
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/store.db")


def plans(store: Store, ask: Callable[[Store], Any]) -> list[str]:
    """What SQLite says of each statement that is run."""
    said: list[tuple[str, Any]] = []

    def heard(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        said.append((statement, given))

    event.listen(store.engine, "before_cursor_execute", heard)
    try:
        ask(store)
    finally:
        event.remove(store.engine, "before_cursor_execute", heard)
    with store.read() as connection:
        return [
            row[3]
            for statement, given in said
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]


@pytest.mark.parametrize(("ask", "index"), ASKED, ids=lambda each: each if isinstance(each, str) else "")
def test_an_index_is_used(store: Store, ask: Callable[[Store], Any], index: str) -> None:
    assert any(index in line for line in plans(store, ask)), plans(store, ask)


def test_marks_are_read_off_the_ends_of_indexes(store: Store) -> None:
    """Each is the greatest of a column, or a count of what is under way: nothing is read through."""
    found = plans(store, marks.read)
    assert len(found) > 10
    assert not [line for line in found if line.startswith("SCAN") and "CONSTANT ROW" not in line], found

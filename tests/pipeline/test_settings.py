"""What the project file says, as it is read: days and moments too, and a word for those that are none."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sentineldq.errors import UsageError
from sentineldq.pipeline.project import Project, load_project


def project(folder: Path, text: str) -> Project:
    (folder / "sentinel.yaml").write_text(f"name: shop\n{text}")
    return load_project(folder)


@pytest.mark.parametrize(
    "written", ["2026-12-01T22:00:00Z", '"2026-12-01 22:00:00+00:00"', "2026-12-01T23:00:00+01:00"]
)
def test_maintenance_is_from_one_moment_to_another(tmp_path: Path, written: str) -> None:
    window = f"{{dataset: [orders], since: {written}, until: 2026-12-02}}"
    (found,) = project(tmp_path, f"alerts: {{maintenance: [{window}]}}\n").settings.alerts.maintenance
    assert (found.since, found.until) == (datetime(2026, 12, 1, 22, tzinfo=UTC), datetime(2026, 12, 2))  # noqa: DTZ001  # as written


def test_holidays_are_days(tmp_path: Path) -> None:
    monitors = project(tmp_path, "monitors: {holidays: [2026-12-25, 2027-01-01]}\n").settings.monitors
    assert monitors.holidays == [date(2026, 12, 25), date(2027, 1, 1)]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("monitors: {holidays: [christmas]}", "is the text 'christmas', expected a day such as 2026-11-20"),
        ("monitors: {holidays: [25]}", "is the number 25, expected a day such as 2026-11-20"),
        (
            "alerts: {maintenance: [{since: soon, until: 2026-12-02}]}",
            "is the text 'soon', expected a moment such as 2026-11-20T22:00:00Z",
        ),
        (
            "server: {uploads-per-minute: 0}",
            "line 2: server.uploads-per-minute: 0 is not allowed here (at least 1)",
        ),
        ("server: {uploads-per-minute: many}", "is the text 'many', expected a whole number"),
        ("server: {port: 65536}", "65536 is not allowed here (from 0 to 65535)"),
        ("metrics-port: -1", "-1 is not allowed here (from 0 to 65535)"),
        ("metrics-port: true", "is true, expected a whole number"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, text: str, error: str) -> None:
    with pytest.raises(UsageError, match=re.escape(error)):
        project(tmp_path, f"{text}\n")

"""One look at everything: what is measured of stored hours, what is told, and what is told no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest
import yaml

from sentineldq.lake.open import Lake
from sentineldq.monitors.model import Watched
from sentineldq.pipeline.monitor.listing import find, listing
from sentineldq.pipeline.monitor.replay import replay_project
from sentineldq.pipeline.monitor.run import judge_series, run_monitors
from sentineldq.pipeline.project import Project, load_project
from sentineldq.profiles.build import profile
from sentineldq.profiles.codec import encode
from sentineldq.store import batches, feedback, findings, measurements, profiles
from sentineldq.store.database import Store
from sentineldq.store.open import open_store
from tests.pipeline import parts

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 14
END = START + timedelta(days=DAYS)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_catalog")
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    parts.write_project(root)
    return load_project(root)


Look = Callable[[datetime], dict[str, Watched]]


@pytest.fixture
def look(project: Project, lake: Lake, store: Store) -> Look:
    kinds = ("volume", "schema", "nulls", "score")
    return lambda now: {one.series: one for one in run_monitors(project, lake, store, now=now, kinds=kinds)}


def usual(at: datetime) -> int:
    return 100 + 60 * (8 <= at.hour < 20) + at.hour % 4


def add(
    store: Store, *at: datetime, rows: int | None = None, nulls: float = 0.02, extra: bool = False
) -> None:
    """Hours of clicks in the profiles."""
    counts = {hour: usual(hour) if rows is None else rows for hour in at}
    assert profiles.add(
        store,
        dataset=parts.DATASET,
        partition="p",
        batch=profiles.marks(store, parts.DATASET).get("p", 0) + 1,
        hours={hour: content(count, nulls, extra=extra) for hour, count in counts.items()},
        rows=counts,
        join=lambda _, new: new,
    )


@cache
def content(count: int, nulls: float, *, extra: bool) -> bytes:
    """The profile of so many rows."""
    columns = {"id": list(range(count)), "kind": [None if i < nulls * count else "a" for i in range(count)]}
    if extra:
        columns["new"] = ["x"] * count
    return encode(profile(pl.DataFrame(columns)))


@pytest.fixture
def history(store: Store) -> None:
    add(store, *(START + hour * HOUR for hour in range(24 * DAYS)))


@pytest.mark.usefixtures("history")
def test_usual_hours_are_no_findings(store: Store, look: Look) -> None:
    found = look(END + HOUR)
    assert {one.severity for one in found.values()} == {None}
    assert set(found) == {"volume/clicks", "schema/clicks", "nulls/clicks/id", "nulls/clicks/kind"}
    assert found["volume/clicks"].points == 24 * DAYS
    assert findings.query(store, still=True) == []


@pytest.mark.usefixtures("history")
def test_rows_that_stop_are_one_finding_that_is_updated_then_cleared(store: Store, look: Look) -> None:
    look(END + timedelta(minutes=10))
    for hour in range(1, 4):
        look(END + hour * HOUR + timedelta(minutes=10))
    (one,) = findings.query(store, still=True)
    assert (one.kind, one.dataset, one.severity) == ("volume", "clicks", "CRITICAL")
    assert one.count == 3
    assert one.title.startswith("clicks: 0 rows; ")
    add(store, *(END + hour * HOUR for hour in range(3, 6)))
    look(END + 6 * HOUR + timedelta(minutes=10))
    assert findings.query(store, still=True) == []


@pytest.mark.usefixtures("history")
def test_late_rows_correct_what_was_measured(store: Store, look: Look) -> None:
    look(END + HOUR + timedelta(minutes=10))
    assert [one.kind for one in findings.query(store, still=True)] == ["volume"]
    add(store, END)
    look(END + HOUR + timedelta(minutes=15))
    assert findings.query(store, still=True) == []
    assert measurements.latest(store, series="volume/clicks").value == usual(END)


@pytest.mark.usefixtures("history")
def test_a_rising_share_of_nulls(store: Store, look: Look) -> None:
    add(store, END, nulls=0.5)
    found = look(END + HOUR + timedelta(minutes=10))["nulls/clicks/kind"]
    assert found.severity == "CRITICAL"
    assert found.message.startswith("clicks.kind: 50.") or found.message.startswith("clicks.kind: 5")


@pytest.mark.usefixtures("history")
def test_a_new_column_is_told(store: Store, look: Look) -> None:
    add(store, END, extra=True)
    found = look(END + HOUR + timedelta(minutes=10))["schema/clicks"]
    assert (found.severity, found.message) == ("INFO", "clicks: columns new new")


def test_the_share_accepted_falls(store: Store, look: Look) -> None:
    refused = [1 + hour % 2 for hour in range(24 * 4 - 1)] + [80]
    batches.record(
        store,
        batches=[
            batches.Batch(
                dataset="clicks",
                partition="p",
                batch=hour + 1,
                rows=100,
                silver=100 - bad,
                quarantined=bad,
                committed_at=START + hour * HOUR,
            )
            for hour, bad in enumerate(refused)
        ],
    )
    found = look(START + 24 * 4 * HOUR)["score/clicks"]
    assert found.severity == "CRITICAL"
    assert found.message.startswith("clicks: 20.0 % of the records pass; ")


@pytest.mark.usefixtures("history")
def test_an_incident_spoils_no_baseline(project: Project, store: Store, look: Look) -> None:
    add(store, *(END + hour * HOUR for hour in range(24)), rows=5)
    now = END + timedelta(days=1, minutes=10)
    assert look(now)["volume/clicks"].severity == "CRITICAL"
    said = feedback.Feedback(
        series="volume/clicks", since=END, until=END + timedelta(days=1), verdict="incident", made_at=now
    )
    feedback.give(store, said)
    series = find(store, "volume/clicks")
    verdicts, _ = judge_series(project, store, series, now=now)
    assert {one.status for one in verdicts if one.at >= END} == {"masked"}
    add(store, END + timedelta(days=1))
    later = look(now + HOUR)["volume/clicks"]
    assert (later.state, later.severity) == ("normal", None)
    assert later.low is not None
    assert later.low > 50


@pytest.mark.usefixtures("history")
def test_history_replayed_tells_what_would_have_alerted(project: Project, store: Store, look: Look) -> None:
    add(store, END, rows=900)
    add(store, *(END + hour * HOUR for hour in range(1, 5)))
    look(END + timedelta(hours=5, minutes=10))
    store.close()
    root = project.root / "sentinel.yaml"
    settings = yaml.safe_load(root.read_text())
    root.write_text(
        yaml.safe_dump({**settings, "store": str(store.engine.url.render_as_string(hide_password=False))})
    )
    (found,) = replay_project(load_project(project.root), "volume/clicks")
    assert [one.since for one in found.episodes] == [END]


@pytest.mark.usefixtures("history")
def test_the_listing_shows_the_last_point_with_its_band(store: Store, look: Look) -> None:
    look(END + HOUR)
    one = next(one for one in listing(store) if one.series == "volume/clicks")
    assert (one.points, one.verdict) == (24 * DAYS, "normal")
    assert one.low is not None
    assert one.high is not None
    assert one.low < one.value < one.high

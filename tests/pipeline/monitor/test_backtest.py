"""What would have alerted, in a file of one's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from sentineldq.errors import ReadError, UsageError
from sentineldq.monitors.anomaly.model import Verdict
from sentineldq.monitors.anomaly.settings import Settings
from sentineldq.pipeline.monitor.backtest import backtest, episodes, replay_file

START = datetime(2026, 3, 2, tzinfo=UTC)


def verdict(hour, status, score=0.0):
    return Verdict(at=START + timedelta(hours=hour), value=1.0, status=status, score=score)


def test_an_episode_lasts_until_a_normal_point():
    found = episodes(
        [
            verdict(0, "normal"),
            verdict(1, "anomaly", 0.6),
            verdict(2, "gap"),
            verdict(3, "anomaly", 0.9),
            verdict(4, "normal"),
            verdict(5, "anomaly", 0.7),
        ]
    )
    assert [(one.since.hour, one.until.hour, one.points, one.worst.score) for one in found] == [
        (1, 3, 2, 0.9),
        (5, 5, 1, 0.7),
    ]


def test_points_that_are_not_judged_are_not_counted_as_judged():
    found = backtest("x", [verdict(0, "warming up"), verdict(1, "normal"), verdict(2, "anomaly", 0.9)])
    assert (found.points, found.judged, len(found.episodes)) == (3, 2, 1)


@pytest.fixture
def series(tmp_path):
    """Two weeks of hours with a rhythm, and three hours of silence on the thirteenth day."""
    hours = range(24 * 14)
    values = [
        0 if 24 * 12 + 10 <= hour < 24 * 12 + 13 else 100 + 50 * (8 <= hour % 24 < 20) + hour % 5
        for hour in hours
    ]
    frame = pl.DataFrame({"orders": values, "at": [START + timedelta(hours=hour) for hour in hours]})
    return frame, tmp_path


@pytest.mark.parametrize("kind", ["csv", "parquet", "ndjson"])
def test_the_columns_are_found(series, kind):
    frame, folder = series
    path = folder / f"orders.{kind}"
    text = frame.with_columns(pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    {"csv": text.write_csv, "parquet": frame.write_parquet, "ndjson": text.write_ndjson}[kind](path)
    found = backtest("orders", replay_file(str(path), time=None, value=None, settings=Settings()))
    assert found.points == len(frame)
    (one,) = found.episodes
    assert (one.since, one.points) == (START + timedelta(days=12, hours=10), 3)


def test_a_column_of_numbers_has_to_be_one(series):
    frame, folder = series
    path = str(folder / "orders.csv")
    frame.with_columns(note=pl.lit("x")).write_csv(path)
    with pytest.raises(UsageError, match="column 'note' holds no numbers"):
        replay_file(path, time=None, value="note", settings=Settings())
    with pytest.raises(UsageError, match="no column 'order'") as caught:
        replay_file(path, time=None, value="order", settings=Settings())
    assert "orders" in (caught.value.hint or "")


def test_a_file_without_times(tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(UsageError, match="no column holds times"):
        replay_file(str(path), time=None, value=None, settings=Settings())


def test_a_file_that_is_not_there():
    with pytest.raises(ReadError):
        replay_file("nowhere.csv", time=None, value=None, settings=Settings())


def test_a_missing_number_is_a_gap_not_a_zero(tmp_path):
    path = tmp_path / "holes.csv"
    path.write_text(
        "at,n\n" + "".join(f"2026-03-{day:02d},{'' if day == 20 else 5 + day % 2}\n" for day in range(1, 29))
    )
    found = replay_file(str(path), time=None, value=None, settings=Settings(warm_up=7))
    assert [one.at.day for one in found if one.status == "gap"] == [20]
    assert not [one for one in found if one.status == "anomaly"]

"""How old the newest data is: from statistics alone, and never below nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.contracts.event import event_column, service_level
from sentineldq.contracts.load import load_contract
from sentineldq.contracts.model import Contract
from sentineldq.lake.commit import commit
from sentineldq.lake.open import Lake, open_lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.monitors.freshness import (
    SKEW,
    Freshness,
    judge,
    last_commit,
    last_event,
    measure,
    write_freshness,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
UTC_TIME = pa.timestamp("us", "UTC")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with open_lake(warehouse=str(tmp_path / "lake")) as opened:
        yield opened


def _add(
    lake: Lake,
    times: Sequence[Any],
    *,
    kind: pa.DataType = UTC_TIME,
    parted: bool = True,
    delete: str | None = None,
) -> None:
    schema = pa.schema({"at": kind, "n": pa.int64()})
    table = lake.ensure("silver.events", schema, partition=("at", "day") if parted else None)
    last = read_place(table).marks.get("p")
    mark = Mark((last.batch if last else 0) + 1, None)
    found = pa.table({"at": pa.array(times, kind), "n": pa.array(range(len(times)), pa.int64())})
    commit(table, partition="p", expected=last, mark=mark, rows=found if times else None, delete=delete)


def _contract(
    *levels: Mapping[str, Any], properties: Sequence[Mapping[str, Any]] | None = None, **more: Any
) -> Contract:
    columns = properties or [{"name": "at", "logicalType": "timestamp", "partitioned": True}]
    return load_contract(
        {
            "apiVersion": "v3.1.0",
            "kind": "DataContract",
            "id": "urn:events",
            "version": "1.0.0",
            "status": "active",
            "schema": [{"name": "events", "properties": [*columns, {"name": "n", "logicalType": "integer"}]}],
            "slaProperties": list(levels),
            **more,
        }
    )


TWO_HOURS = {"property": "freshness", "value": 2, "unit": "h"}


def test_the_age_of_the_last_event_against_what_is_allowed(lake: Lake) -> None:
    _add(lake, [NOW - 30 * HOUR, NOW - HOUR, None])
    found = measure(lake, "silver.events", _contract(TWO_HOURS), now=NOW)
    assert (found.status, found.age_seconds, found.allowed_seconds, found.message) == (
        "pass",
        3600,
        7200,
        None,
    )
    assert found.last_event_at == NOW - HOUR
    assert found.last_commit_at is not None
    later = measure(lake, "silver.events", _contract(TWO_HOURS), now=NOW + 2 * HOUR)
    assert (later.status, later.age_seconds) == ("fail", 3 * 3600)
    assert later.message == "its last event is 3:00:00 old; 2:00:00 is allowed"


def test_late_events_do_not_make_it_older(lake: Lake) -> None:
    _add(lake, [NOW - HOUR])
    _add(lake, [NOW - 100 * HOUR])
    assert last_event(lake.table("silver.events"), "at") == NOW - HOUR


def test_what_is_deleted_counts_no_more(lake: Lake) -> None:
    _add(lake, [NOW - 50 * HOUR, NOW - HOUR])
    before = last_commit(lake.table("silver.events"))
    _add(lake, [], delete="n = 1")
    assert last_event(lake.table("silver.events"), "at") == NOW - 50 * HOUR
    assert last_commit(lake.table("silver.events")) == before


@pytest.mark.parametrize("parted", [True, False])
@pytest.mark.parametrize("kind", [UTC_TIME, pa.timestamp("us")], ids=str)
def test_times_with_and_without_a_zone_are_utc(lake: Lake, kind: pa.DataType, parted: bool) -> None:
    times = [NOW - HOUR, NOW - 40 * HOUR]
    _add(lake, [time if kind.tz else time.replace(tzinfo=None) for time in times], kind=kind, parted=parted)
    assert last_event(lake.table("silver.events"), "at") == NOW - HOUR


def test_a_date_lasts_until_its_end(lake: Lake) -> None:
    _add(lake, [date(2026, 3, 9), date(2026, 3, 1)], kind=pa.date32())
    assert last_event(lake.table("silver.events"), "at") == datetime(2026, 3, 10, tzinfo=UTC)
    days = [{"name": "at", "logicalType": "date", "partitioned": True}]
    found = measure(
        lake,
        "silver.events",
        _contract({"property": "ly", "value": 1, "unit": "d"}, properties=days),
        now=NOW,
    )
    assert (found.status, found.age_seconds) == ("pass", 12 * 3600)


def test_only_manifests_that_may_hold_newer_events_are_read(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyiceberg.manifest import ManifestFile

    for hours in (100, 1, 60):
        _add(lake, [NOW - hours * HOUR])
    read: list[str] = []
    fetch = ManifestFile.fetch_manifest_entry

    def counted(self, *given, **named):
        read.append(self.manifest_path)
        return fetch(self, *given, **named)

    monkeypatch.setattr(ManifestFile, "fetch_manifest_entry", counted)
    assert last_event(lake.table("silver.events"), "at") == NOW - HOUR
    assert len(read) == 1


def test_files_without_statistics_are_read(lake: Lake) -> None:
    _add(lake, [NOW - 3 * HOUR])
    with lake.table("silver.events").transaction() as change:
        change.set_properties({"write.metadata.metrics.default": "none"})
    _add(lake, [NOW - HOUR, NOW - 2 * HOUR])
    assert last_event(lake.table("silver.events"), "at") == NOW - HOUR


INSTANTS = st.integers(-(10**14), 2 * 10**15).map(
    lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)


@settings(max_examples=15)
@given(times=st.lists(st.none() | INSTANTS, min_size=1, max_size=6))
def test_statistics_say_what_the_rows_say(
    tmp_path_factory: pytest.TempPathFactory, times: list[datetime | None]
) -> None:
    with open_lake(warehouse=str(tmp_path_factory.mktemp("lake"))) as lake:
        for part in (times[:2], times[2:]):
            _add(lake, part)
        newest = pl.Series(times, dtype=pl.Datetime("us", "UTC")).max()
        assert last_event(lake.table("silver.events"), "at") == newest


ages = st.timedeltas(timedelta(days=-9), timedelta(days=9))
limits = st.none() | st.timedeltas(timedelta(), timedelta(days=5))


@given(age=ages, allowed=limits, warn=limits)
def test_an_age_is_never_negative(age: timedelta, allowed: timedelta | None, warn: timedelta | None) -> None:
    found = judge("silver.events", NOW - age, None, allowed=allowed, warn=warn, now=NOW)
    assert found.age_seconds == max(age, timedelta()).total_seconds()
    assert (found.status == "skip") is (allowed is None)
    if allowed is not None:
        assert (found.status == "fail") is (max(age, timedelta()) > allowed)
    if age < -SKEW and allowed is not None:
        assert found.status == "warn"
        assert found.message is not None
        assert "ahead of the clock" in found.message


def test_a_level_may_warn_before_it_fails(lake: Lake) -> None:
    _add(lake, [NOW - HOUR])
    warned = {**TWO_HOURS, "customProperties": [{"property": "warnAfter", "value": "30m"}]}
    assert measure(lake, "silver.events", _contract(warned), now=NOW).status == "warn"
    in_unit = {**TWO_HOURS, "customProperties": [{"property": "warnAfter", "value": 1.5}]}
    assert measure(lake, "silver.events", _contract(in_unit), now=NOW).status == "pass"


def test_without_a_service_level_it_is_measured_and_not_judged(lake: Lake) -> None:
    _add(lake, [NOW - HOUR])
    found = measure(
        lake, "silver.events", _contract({"property": "retention", "value": 30, "unit": "d"}), now=NOW
    )
    assert (found.status, found.age_seconds, found.allowed_seconds) == ("skip", 3600, None)


@pytest.mark.parametrize(
    ("level", "seconds"),
    [
        ({"property": "latency", "value": 90, "unit": "minutes"}, 5400),
        ({"property": "Freshness", "value": "PT2H"}, 7200),
        ({"property": "freshness", "value": 45}, 45),
        ({"property": "freshness", "value": "1.5", "unit": "d"}, 129600),
        ({"property": "freshness", "value": "2h", "unit": "d"}, 7200),
    ],
)
def test_durations_of_service_levels(lake: Lake, level: Mapping[str, Any], seconds: float) -> None:
    _add(lake, [NOW])
    assert measure(lake, "silver.events", _contract(level), now=NOW).allowed_seconds == seconds


def test_freshness_goes_before_latency() -> None:
    level = service_level(_contract({"property": "latency", "value": 9, "unit": "d"}, TWO_HOURS))
    assert level is not None
    assert level.property == "freshness"


def test_the_column_is_the_element_or_the_partition() -> None:
    columns = [
        {"name": "seen", "logicalType": "timestamp"},
        {"name": "made", "logicalType": "timestamp", "partitioned": True},
        {"name": "sent", "physicalName": "sent_at", "logicalType": "timestamp"},
    ]
    plain = _contract(properties=columns)
    assert event_column(plain, plain.schema[0], None) == "made"
    named = _contract({**TWO_HOURS, "element": "events.sent"}, properties=columns)
    assert event_column(named, named.schema[0], service_level(named)) == "sent_at"
    unclear = _contract(properties=[columns[0], columns[2]])
    assert event_column(unclear, unclear.schema[0], None) is None


def test_without_an_event_time_there_is_nothing_to_judge(lake: Lake) -> None:
    _add(lake, [NOW])
    number = [{"name": "m", "logicalType": "integer"}]
    plain = measure(lake, "silver.events", _contract(properties=number), now=NOW)
    assert (plain.status, plain.age_seconds, plain.last_commit_at is None) == ("skip", None, False)
    wanted = measure(lake, "silver.events", _contract(TWO_HOURS, properties=number), now=NOW)
    assert (wanted.status, wanted.message) == ("error", "its contract names no event time, for freshness")


def test_what_cannot_be_measured_is_an_error_never_a_pass(lake: Lake) -> None:
    agreed = _contract(TWO_HOURS)
    absent = measure(lake, "silver.events", agreed, now=NOW)
    assert (absent.status, absent.message) == ("error", "table silver.events: there is no such table")
    lake.ensure("silver.events", pa.schema({"at": UTC_TIME, "n": pa.int64()}), partition=("at", "day"))
    found = measure(lake, "silver.events", agreed, now=NOW)
    assert (found.status, found.message, found.allowed_seconds) == ("error", "it has no event yet", 7200)
    _add(lake, [NOW])
    odd = measure(lake, "silver.events", _contract({"property": "freshness", "value": "soon"}), now=NOW)
    assert (odd.status, odd.message) == ("error", "'soon' is not a duration")
    other = [{"name": "made", "logicalType": "timestamp", "partitioned": True}]
    found = measure(lake, "silver.events", _contract(TWO_HOURS, properties=other), now=NOW)
    assert found.message == "silver.events has no date or timestamp 'made'"


def test_the_file_beside_the_gold_tables(lake: Lake, tmp_path: Path) -> None:
    _add(lake, [NOW - HOUR])
    found = [
        measure(lake, "silver.events", _contract(TWO_HOURS), now=NOW),
        Freshness(
            dataset="silver.other", last_event_at=None, last_commit_at=None, age_seconds=None, allowed_seconds=None,
            status="error", message="there is no such table",
        ),
    ]  # fmt: skip
    path = write_freshness(lake, found)
    assert path == str(tmp_path / "lake" / "gold" / "freshness.json")
    told = json.loads(Path(path).read_text())
    assert told[0] == {
        "dataset": "silver.events",
        "last_event_at": "2026-03-10T11:00:00Z",
        "last_commit_at": told[0]["last_commit_at"],
        "age_seconds": 3600.0,
        "allowed_seconds": 7200.0,
        "status": "pass",
        "message": None,
    }
    assert told[1]["status"] == "error"
    assert [one.name for one in Path(path).parent.iterdir()] == ["freshness.json"]
    assert write_freshness(lake, []) == path
    assert json.loads(Path(path).read_text()) == []

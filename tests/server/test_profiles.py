"""Profiles of columns over a window."""

from __future__ import annotations

import polars as pl
import pytest

from sentineldq.lake.scan import scan
from tests.server.reading import API, ODD, every, ok, refused, secrets_of
from tests.server.serving import ROLES, Served

WHOLE = "2020-01-01..2030-01-01"


def test_profiled_datasets_are_listed(served: Served) -> None:
    assert [one["dataset"] for one in every(served.client("viewer"), "/profiles")] == ["events"]


def test_a_profile_counts_what_silver_has(served: Served) -> None:
    rows = scan(served.here.lake.table("silver.events")).select("type", "public").collect()
    found = ok(served.client("viewer").get(f"{API}/profiles/events", params={"window": WHOLE, "limit": 500}))
    columns = {one["path"]: one for one in found["columns"]["items"]}
    assert found["rows"] == rows.height
    assert columns["public"]["trues"] == rows["public"].sum()
    first = rows["type"].value_counts(sort=True).row(0)
    assert (columns["type"]["top"][0]["value"], columns["type"]["top"][0]["count"]) == first
    assert columns["type"]["distinct"] == pytest.approx(rows["type"].n_unique(), rel=0.05)


def test_histograms_are_short_and_whole(served: Served) -> None:
    found = ok(served.client("viewer").get(f"{API}/profiles/events", params={"window": WHOLE, "limit": 500}))
    drawn = [one["histogram"] for one in found["columns"]["items"] if one["histogram"]]
    assert len(drawn) > 3
    for one in drawn:
        assert len(one["shares"]) <= 60
        assert len(one["edges"]) == len(one["shares"]) + 1
        assert one["edges"] == sorted(one["edges"])
        assert 0.9 < sum(one["shares"]) <= 1.0001


def test_columns_are_read_to_the_end(served: Served) -> None:
    client = served.client("viewer")
    paths, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = ok(client.get(f"{API}/profiles/events", params={"limit": 7, "window": WHOLE, **more}))[
            "columns"
        ]
        paths += [one["path"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(paths) == len(set(paths)) == page["total"]
    logins = ok(client.get(f"{API}/profiles/events", params={"search": "LOGIN", "window": WHOLE}))["columns"]
    assert {one["path"] for one in logins["items"]} == {path for path in paths if "login" in path}
    assert {one["kind"] for one in logins["items"]} == {"text"}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_classified_is_in_no_profile(served: Served, role: str) -> None:
    answer = served.client(role).get(f"{API}/profiles/events", params={"window": WHOLE, "limit": 500})
    columns = {one["path"]: one for one in ok(answer)["columns"]["items"]}
    assert columns["actor.login"]["hidden"]
    assert columns["actor.login"]["rows"] > 0
    assert columns["actor.login"]["top"] == []
    assert not [secret for secret in secrets_of(served.here) if secret in answer.text]


def test_an_empty_window_is_empty(served: Served) -> None:
    found = ok(served.client("viewer").get(f"{API}/profiles/events", params={"window": "2001-01-01"}))
    assert (found["rows"], found["hours"]) == (0, 0)


@pytest.mark.parametrize("window", ["soon", "1m", "..", "2026-13-01", "9" * 90])
def test_a_window_that_is_none_is_refused(served: Served, window: str) -> None:
    assert refused(served.client("viewer"), f"/profiles/events?window={window}")["status"] == 400


def test_a_dataset_without_a_profile_has_an_empty_one(fresh: Served) -> None:
    assert ok(fresh.client("viewer").get(f"{API}/profiles/events"))["columns"]["items"] == []


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names_have_no_profile(served: Served, name: str) -> None:
    assert refused(served.client("viewer"), f"/profiles/{name}")["status"] == 404


def test_the_profile_is_of_polars_own_rows() -> None:
    """The comparison above needs value_counts to put the most frequent first."""
    assert pl.Series("a", ["x", "y", "y"]).value_counts(sort=True).row(0) == ("y", 2)


def test_a_column_is_told_in_full(served: Served) -> None:
    client = served.client("viewer")
    whole = ok(client.get(f"{API}/profiles/events", params={"window": WHOLE, "limit": 500}))
    listed = {one["path"]: one for one in whole["columns"]["items"]}
    found = ok(client.get(f"{API}/profiles/events/column", params={"window": WHOLE, "path": "created_at"}))
    estimated = {"quantiles", "histogram"}  # of sketches that are merged anew, and differ within their error
    exact = listed["created_at"].keys() - estimated
    assert {name: found[name] for name in exact} == {name: listed["created_at"][name] for name in exact}
    assert sum(found["rhythm"]) == found["rows"] - found["nulls"]
    assert found["description"]
    problem = refused(client, f"/profiles/events/column?window={WHOLE}&path=created")
    assert problem["status"] == 404
    assert "created_at" in problem["hint"]


@pytest.mark.parametrize("role", ROLES)
def test_what_is_classified_is_in_no_column(served: Served, role: str) -> None:
    client = served.client(role)
    answer = client.get(f"{API}/profiles/events/column", params={"window": WHOLE, "path": "actor.login"})
    found = ok(answer)
    assert found["hidden"]
    assert (found["top"], found["words"], found["low"], found["histogram"]) == ([], [], None, None)
    assert not [secret for secret in secrets_of(served.here) if secret in answer.text]


def test_columns_over_time_sum_up_to_their_profile(served: Served) -> None:
    client = served.client("viewer")
    whole = ok(client.get(f"{API}/profiles/events", params={"limit": 500}))
    paths = [one["path"] for one in whole["columns"]["items"]]
    found = ok(client.get(f"{API}/profiles/events/series", params={"path": paths}))
    assert [one["path"] for one in found["items"]] == paths
    assert found["parts"] <= 28
    for one, column in zip(found["items"], whole["columns"]["items"], strict=True):
        assert len(one["rows"]) == len(one["nulls"]) == found["parts"]
        assert sum(part or 0 for part in one["rows"]) == column["rows"], one["path"]
        assert sum(part or 0 for part in one["nulls"]) == column["nulls"], one["path"]

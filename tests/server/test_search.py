"""Datasets, alerts and runs by a part of their name."""

from __future__ import annotations

import pytest

from sentineldq.store import runs
from tests.server.reading import API, ok
from tests.server.serving import Served


def test_each_kind_is_found_by_a_part_of_its_name(fresh: Served) -> None:
    run = runs.start(fresh.here.store, project="github", pipeline="events", run_id="20261120T120000-1f3a5c7e")
    runs.finish(fresh.here.store, run_id=run.run_id, status="succeeded")
    runs.start(fresh.here.store, project="another", pipeline="events", run_id="20261120T120000-2f3a5c7e")
    client = fresh.client("viewer")
    fresh.client("analyst").post(f"{API}/alerts/", json={"title": "late", "dataset": "events"})
    found = ok(client.get(f"{API}/search", params={"q": "EVENTS"}))
    assert [one["name"] for one in found["datasets"]][:2] == ["events", "gold.events_per_hour"]
    assert [one["title"] for one in found["alerts"]] == ["late"]
    assert [one["run_id"] for one in found["runs"]] == [run.run_id]
    by_id = ok(client.get(f"{API}/search", params={"q": "20261120T"}))
    assert [one["run_id"] for one in by_id["runs"]] == [run.run_id]
    assert len(ok(client.get(f"{API}/search", params={"q": "gold", "limit": 2}))["datasets"]) == 2


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR 1=1--", "<b>", "🦊", "n\0l"])
def test_signs_mean_themselves(fresh: Served, text: str) -> None:
    writer = fresh.client("analyst")
    writer.post(f"{API}/alerts/", json={"title": "plain"})
    found = ok(fresh.client("viewer").get(f"{API}/search", params={"q": text}))
    assert found["alerts"] == found["runs"] == []
    assert all(text in one["name"] for one in found["datasets"])
    if "\0" not in text:  # the store has no NUL
        writer.post(f"{API}/alerts/", json={"title": f"a {text} b"})
        found = ok(fresh.client("viewer").get(f"{API}/search", params={"q": text}))
        assert [one["title"] for one in found["alerts"]] == [f"a {text} b"]


@pytest.mark.parametrize("given", ["", "q=", "q=a&limit=0", "q=a&limit=99", "q=" + "a" * 201])
def test_a_search_for_nothing_is_refused(fresh: Served, given: str) -> None:
    assert fresh.client("viewer").get(f"{API}/search?{given}").status_code == 422

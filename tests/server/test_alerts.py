"""The list of alerts."""

from __future__ import annotations

from tests.server.reading import API, every, ok
from tests.server.serving import Served


def test_those_that_are_nobodys_are_read_to_the_end(fresh: Served) -> None:
    client = fresh.client("steward")
    made = [ok(client.post(f"{API}/alerts/", json={"title": f"t{at}"}))["alert_id"] for at in range(5)]
    for one in made[:2]:
        ok(client.post(f"{API}/alerts/{one}/assign", json={"assignee": "ada"}))
    free = every(client, "/alerts/", unassigned=True)
    assert {one["alert_id"] for one in free} == set(made[2:])
    assert len(every(client, "/alerts/", unassigned=False)) == 5
    assert every(client, "/alerts/", unassigned=True, assignee="ada") == []

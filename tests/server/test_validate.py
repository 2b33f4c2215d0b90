"""Records validated as they are sent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sentineldq.lake.scan import scan
from sentineldq.server.state import State
from sentineldq.store import audit
from tests.server.reading import API, ODD, ok
from tests.server.serving import Served


def good(here: State, count: int) -> list[dict[str, Any]]:
    """Records that the pipeline has taken."""
    ids = scan(here.lake.table("silver.events")).select("id").head(count).collect()["id"].to_list()
    raws = scan(here.lake.table("bronze.events")).select("raw").collect()["raw"].to_list()
    found = {}
    for raw in raws:
        try:
            record = msgspec.json.decode(raw)
        except msgspec.DecodeError:
            continue
        found[record.get("id")] = record
    return [found[each] for each in ids]


def test_a_good_record_passes(served: Served) -> None:
    record = good(served.here, 1)[0]
    found = ok(served.client("analyst").post(f"{API}/validate/events", json=record))
    assert found["valid"]
    assert (found["records"], found["passed"], found["refused"]) == (1, 1, [])


def test_every_error_of_a_record_is_named(served: Served) -> None:
    record = {**good(served.here, 1)[0], "id": None, "type": 5}
    found = ok(served.client("analyst").post(f"{API}/validate/events", json=record))
    assert not found["valid"]
    assert {"id", "type"} <= {one["path"] for one in found["refused"][0]["errors"]}


def test_in_a_batch_each_is_judged_at_its_place(served: Served) -> None:
    records: list[Any] = good(served.here, 3)
    found = ok(
        served.client("analyst").post(f"{API}/validate/events", json=[*records, "text", {}, records[0]])
    )
    assert (found["records"], found["passed"]) == (6, 4)
    assert [one["record"] for one in found["refused"]] == [3, 4]


def test_verdicts_are_those_of_the_pipeline(served: Served) -> None:
    """What the pipeline has put into quarantine for a rule or a field is refused here for the same reasons."""
    rows = scan(served.here.lake.table("quarantine.events")).collect().to_dicts()
    client = served.client("analyst")
    tried = 0
    for row in rows:
        try:
            record = msgspec.json.decode(row["raw"])
        except msgspec.DecodeError:
            continue
        found = ok(client.post(f"{API}/validate/events", json=record))
        assert {one["check"] for one in found["refused"][0]["errors"]} == {
            one["check"] for one in row["errors"]
        }
        tried += 1
    assert tried > 5


def test_classified_values_are_not_quoted(served: Served) -> None:
    record = good(served.here, 1)[0]
    record["actor"] = {**record["actor"], "login": "Q" * 300, "url": {"QQQQ": 1}}
    answer = served.client("admin").post(f"{API}/validate/events", json=record)
    assert not ok(answer)["valid"]
    assert "QQ" not in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"5", b'"text"', b"null", b"\xff\xfe", b"[" * 5000], ids=range(7)
)
def test_what_is_no_record_is_told(served: Served, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = served.client("analyst").post(f"{API}/validate/events", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


def test_too_many_are_refused(served: Served) -> None:
    answer = served.client("analyst").post(f"{API}/validate/events", json=[{}] * 10_001)
    assert answer.status_code == 413


def test_none_is_a_batch_too(served: Served) -> None:
    assert ok(served.client("analyst").post(f"{API}/validate/events", json=[]))["valid"]


def test_a_viewer_may_not(served: Served) -> None:
    assert served.client("viewer").post(f"{API}/validate/events", json={}).status_code == 403


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names_have_nothing_to_validate_by(served: Served, name: str) -> None:
    assert served.client("analyst").post(f"{API}/validate/{name}", json={}).status_code in {404, 405}


def test_validating_is_no_write(fresh: Served) -> None:
    """It changes nothing, and is in the audit log only where it is refused."""
    ok(fresh.client("analyst").post(f"{API}/validate/events", json={"id": "1"}))
    assert fresh.client("viewer").post(f"{API}/validate/events", json={"id": "1"}).status_code == 403
    assert fresh.client("analyst").post(f"{API}/validate/none", json={"id": "1"}).status_code == 404
    found = audit.query(fresh.here.store)
    assert [(entry.actor, entry.status) for entry in found] == [("analyst-key", 404), ("viewer-key", 403)]

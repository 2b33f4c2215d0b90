"""Uploading files, and what is said of them."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import polars as pl
import pytest

from sentineldq.alerts.sweep import sweep
from sentineldq.pipeline.owners import context_of
from sentineldq.pipeline.project import Project, load_project
from tests.server.serving import Served, serving

DIRTY = (
    "id,amount,when,note\n"
    "1,10,2026-01-01,a\n"
    "2,plenty,01/02/2026,=1+1\n"
    "3,12,2026-01-03,-3\n"
    "4,11,2026-01-04,<b>bold</b>\n"
    "5,13,2026-01-05,@x\n"
    "6,10000,2026-01-06,b\n"
    "7,12,2026-01-07,\n"
    "7,12,2026-01-07,\n"
    "9,14,2026-01-09,N/A\n"
)
CLEAN = "id,amount\n" + "".join(f"{at},{100 + at % 7}\n" for at in range(200))


def send(client: httpx.Client, data: bytes | str, *, name: str, source: str | None = None) -> httpx.Response:
    """Upload a file as a form."""
    body = data.encode() if isinstance(data, str) else data
    given = {"source": source} if source else {}
    return client.post("/api/v1/data-quality/upload", files={"file": (name, body)}, data=given)


def ended(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """A job once it is over."""
    for _ in range(1200):
        job: dict[str, Any] = client.get(f"/api/v1/jobs/{job_id}").json()
        if job["state"] in {"done", "failed", "cancelled"}:
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def checked(
    client: httpx.Client, data: bytes | str, *, name: str, source: str | None = None
) -> dict[str, Any]:
    """The check of a file, once it is over."""
    answer = send(client, data, name=name, source=source)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    ended(client, told["job_id"])
    found: dict[str, Any] = client.get(f"/api/v1/data-quality/checks/{told['check_id']}").json()
    return found


@pytest.fixture
def analyst(served: Served) -> httpx.Client:
    return served.client("analyst")


def test_a_dirty_file_becomes_a_score(analyst: httpx.Client) -> None:
    found = checked(analyst, DIRTY, name="orders.csv", source="dirty orders")
    assert found["status"] == "done", found["error"]
    assert (found["rows"], found["columns"], found["format"]) == (9, 4, "csv")
    parts = found["parts"]
    assert parts["completeness"]["score"] == pytest.approx(1 - 3 / 36)
    assert parts["uniqueness"]["score"] == pytest.approx(8 / 9)
    lost = {name: part["lost"] for name, part in parts.items()}
    assert sum(lost.values()) == pytest.approx(1 - found["score"])
    for name, part in parts.items():
        assert sum(cause["lost"] for cause in part["causes"]) == pytest.approx(lost[name])
    columns = {one["name"]: one for one in found["report"]["measures"]}
    assert columns["amount"]["odd_samples"] == ["plenty"]
    assert columns["amount"]["outlier_samples"] == [10000.0]
    assert columns["when"]["forms"] == {"ISO 8601": 8, "day and month by slashes": 1}
    assert columns["note"]["placeholders"] == 1


def test_samples_are_values_that_differ(analyst: httpx.Client) -> None:
    rows = [str(at % 9) for at in range(200)] + ["abc"] * 20 + ["x"] + ["9000"] * 5 + ["8000"]
    found = checked(analyst, "amount\n" + "\n".join(rows) + "\n", name="a.csv", source="samples")
    column = found["report"]["measures"][0]
    assert (column["odd_samples"], column["outlier_samples"]) == (["abc", "x"], [9000.0, 8000.0])
    assert (column["odd"], column["outliers"]) == (21, 6)


def test_what_is_below_becomes_an_alert_and_a_good_file_clears_it(
    analyst: httpx.Client, served: Served
) -> None:
    from sentineldq.store import findings

    def standing() -> set[str]:
        rows = findings.query(served.here.store, dataset="mended", kind="upload", still=True)
        return {row.key.rpartition("/")[2] for row in rows}

    checked(analyst, DIRTY, name="a.csv", source="mended")
    assert {"uniqueness", "conformity"} <= standing()
    # the columns are others now, which is a finding of its own; once more, nothing has changed
    checked(analyst, CLEAN, name="b.csv", source="mended")
    assert standing() == {"consistency"}
    checked(analyst, CLEAN, name="c.csv", source="mended")
    assert standing() == set()


def test_the_schema_is_held_against_the_last_upload(analyst: httpx.Client) -> None:
    checked(analyst, CLEAN, name="a.csv", source="moving")
    found = checked(analyst, CLEAN.replace("id,amount", "id,price"), name="b.csv", source="moving")
    assert found["parts"]["consistency"]["score"] < 1
    assert {drift["metric"] for drift in found["report"]["drifts"]} & {"renamed", "added", "removed"}


def test_history_and_trend(analyst: httpx.Client, served: Served) -> None:
    first = checked(analyst, DIRTY, name="a.csv", source="followed")
    second = checked(analyst, DIRTY, name="b.csv", source="followed")
    path = f"/api/v1/data-quality/sources/{first['source_id']}"
    found = served.client("viewer").get(f"{path}/quality").json()
    assert [one["check_id"] for one in found["history"]] == [first["check_id"], second["check_id"]]
    assert found["trend"]["checks"] == 2
    assert found["trend"]["change"] == pytest.approx(second["score"] - first["score"])
    listed = analyst.get("/api/v1/data-quality/sources", params={"text": "followed"}).json()["items"]
    assert [one["name"] for one in listed] == ["followed"]
    assert listed[0]["latest"]["check_id"] == second["check_id"]
    summary = analyst.get("/api/v1/data-quality/summary").json()
    assert summary["sources"] >= 1
    assert summary["checks_today"] >= 2


def test_sources_by_score_and_checks_by_name(analyst: httpx.Client) -> None:
    checked(analyst, DIRTY, name="worst.csv", source="sorted low")
    checked(analyst, CLEAN, name="best.csv", source="sorted high")
    checked(analyst, b"PARE", name="none.parquet", source="sorted none")
    path, wanted = "/api/v1/data-quality/sources", {"text": "sorted", "sort": "score", "limit": 1}
    names, cursor = [], None
    while True:
        page = analyst.get(path, params={**wanted, **({"cursor": cursor} if cursor else {})}).json()
        names += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["sorted low", "sorted high", "sorted none"]
    low = analyst.get(path, params={**wanted, "limit": 9}).json()["items"][0]
    assert low["recent"] == [low["latest"]["score"]]
    assert set(low["latest"]["below"]) >= {"uniqueness", "conformity"}
    listed = analyst.get("/api/v1/data-quality/checks", params={"text": "BEST.c"}).json()["items"]
    assert [(one["source_name"], one["below"]) for one in listed] == [("sorted high", [])]
    by_source = analyst.get("/api/v1/data-quality/checks", params={"text": "sorted n"}).json()["items"]
    assert [(one["file_name"], one["status"]) for one in by_source] == [("none.parquet", "failed")]
    assert analyst.get("/api/v1/data-quality/checks", params={"text": "%"}).json()["items"] == []


def test_a_check_leads_to_the_alerts_that_came_of_it(analyst: httpx.Client, served: Served) -> None:
    context = context_of(served.here.project)
    first = checked(analyst, DIRTY, name="a.csv", source="told")
    sweep(served.here.store, context, now=datetime.now(UTC))
    path = f"/api/v1/data-quality/checks/{first['check_id']}/alerts"
    told = {one["what"]: one for one in served.client("viewer").get(path).json()}
    assert set(told) == {one["what"] for one in first["report"]["breaches"]}
    assert {one["status"] for one in told.values()} == {"open"}
    # Once the next upload is good they are over, and still lie behind the check that they came of.
    second = checked(analyst, DIRTY.replace("7,12,2026-01-07,\n", "", 1), name="b.csv", source="told")
    sweep(served.here.store, context, now=datetime.now(UTC))
    after = {one["what"]: one for one in analyst.get(path).json()}
    assert after["uniqueness"]["status"] == "resolved"
    assert after["uniqueness"]["alert_id"] == told["uniqueness"]["alert_id"]
    later = analyst.get(path.replace(first["check_id"], second["check_id"])).json()
    assert "uniqueness" not in {one["what"] for one in later}


def test_thresholds_are_a_stewards(served: Served) -> None:
    analyst, steward = served.client("analyst"), served.client("steward")
    source_id = checked(analyst, CLEAN, name="a.csv", source="strict")["source_id"]
    path = f"/api/v1/data-quality/sources/{source_id}/thresholds"
    assert analyst.put(path, json={"score": 0.5}).status_code == 403
    assert steward.put(path, json={"score": 2}).status_code == 422
    assert steward.put(path, json={"scoer": 0.5}).status_code == 422
    told = steward.put(path, json={"uniqueness": 1.0, "weights": {"accuracy": 0}})
    assert told.json()["thresholds"]["weights"]["accuracy"] == 0
    found = checked(analyst, CLEAN + "3,103\n", name="b.csv", source="strict")
    assert "accuracy" not in {name for name, part in found["parts"].items() if part["lost"]}
    assert [one["what"] for one in found["report"]["breaches"]] == ["uniqueness"]


def test_reports_to_download(analyst: httpx.Client, served: Served) -> None:
    found = checked(analyst, DIRTY, name="<script>.csv", source="<img src=x onerror=alert(1)>")
    path = f"/api/v1/data-quality/checks/{found['check_id']}/report"
    page = analyst.get(path)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-disposition"].startswith("attachment")
    assert "<img src=x" not in page.text
    assert "<b>bold" not in page.text
    assert analyst.get(path, params={"format": "json"}).json()["score"] == found["score"]
    rows = analyst.get(path, params={"format": "csv"}).text.splitlines()
    assert rows[0] == "row,faults,id,amount,when,note"
    assert "'=1+1" in rows[1]
    assert not any(line.split(",")[-1].startswith(("=", "@", "+")) for line in rows)
    assert served.client("viewer").get(path).status_code == 403


def test_viewers_see_counts_and_no_values(analyst: httpx.Client, served: Served) -> None:
    found = checked(analyst, DIRTY, name="secret.csv", source="secret")
    path = f"/api/v1/data-quality/checks/{found['check_id']}"
    seen = served.client("viewer").get(path)
    assert "plenty" in analyst.get(path).text
    assert "plenty" not in seen.text
    assert "10000.0" not in seen.text
    assert seen.json()["score"] == found["score"]


FRAME = pl.DataFrame({"id": list(range(50)), "amount": [float(at % 7) for at in range(50)]})


def _packed(codec: str) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, codec) as stream:
        stream.write(FRAME.write_csv().encode())
    return bytes(sink.getvalue())


def _excel() -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([FRAME.columns, *FRAME.rows()]):
            sheet.write_row(row, 0, cells)
    return buffer.getvalue()


def _parquet() -> bytes:
    buffer = io.BytesIO()
    FRAME.write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.csv", lambda: FRAME.write_csv().encode()),
        ("a.csv.gz", lambda: _packed("gzip")),
        ("a.csv.zst", lambda: _packed("zstd")),
        ("a.ndjson", lambda: FRAME.write_ndjson().encode()),
        ("a.parquet", _parquet),
        ("a.xlsx", _excel),
        ("a.csv", lambda: FRAME.write_csv().encode("utf-16")),
    ],
    ids=["csv", "gzip", "zstd", "ndjson", "parquet", "excel", "utf-16"],
)
def test_formats(analyst: httpx.Client, name: str, make: Callable[[], bytes]) -> None:
    found = checked(analyst, make(), name=name, source=f"format {name}")
    assert found["status"] == "done", found["error"]
    assert (found["rows"], found["columns"]) == (50, 2)
    assert found["score"] == pytest.approx(1.0)


def test_a_body_that_is_the_file(analyst: httpx.Client) -> None:
    params = {"name": "plain.csv", "source": "plain"}
    for method in ("POST", "PUT"):
        told = analyst.request(method, "/api/v1/data-quality/upload", params=params, content=CLEAN.encode())
        assert told.status_code == 202, told.text
        assert ended(analyst, told.json()["job_id"])["state"] == "done"


def test_nothing_is_kept_of_a_file_that_was_checked(analyst: httpx.Client, served: Served) -> None:
    found = checked(analyst, CLEAN, name="gone.csv", source="gone")
    folder = served.here.project.state / "uploads"
    for _ in range(500):
        left = [path.name for path in folder.iterdir() if path.name.startswith(found["check_id"])]
        if not left:
            break
        time.sleep(0.02)
    assert left == []
    again = analyst.post(f"/api/v1/data-quality/sources/{found['source_id']}/check")
    assert again.status_code == 409
    with_file = analyst.post(
        f"/api/v1/data-quality/sources/{found['source_id']}/check", content=CLEAN.encode()
    )
    assert with_file.status_code == 202


def test_a_file_that_is_kept_can_be_checked_again(empty: Project) -> None:
    settings = empty.root / "sentinel.yaml"
    settings.write_text(f"{settings.read_text()}\nserver:\n  keep-uploads: true\n")
    with serving(load_project(empty.root, simulated=True), open_=True) as served:
        client = served.client()
        first = checked(client, DIRTY, name="a.csv", source="kept")
        told = client.post(f"/api/v1/data-quality/sources/{first['source_id']}/check")
        assert told.status_code == 202, told.text
        ended(client, told.json()["job_id"])
        again = client.get(f"/api/v1/data-quality/checks/{told.json()['check_id']}").json()
        assert (again["status"], again["file_name"], again["rows"]) == ("done", "a.csv", 9)
        assert again["parts"]["consistency"]["score"] == 1


def test_a_source_named_like_a_dataset_is_held_against_its_contract(analyst: httpx.Client) -> None:
    event = '{"id":"1","type":"PushEvent","actor":{"id":1},"created_at":"2026-01-01T00:00:00Z"}\n'
    found = checked(analyst, event * 3, name="a.ndjson", source="events")
    assert found["status"] == "done", found["error"]
    agreed = [one for one in found["report"]["checks"] if one["name"].startswith("contract: ")]
    assert agreed
    assert any(one["status"] == "fail" for one in agreed)

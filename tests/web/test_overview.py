"""The overview: whether the data can be trusted, what is otherwise than yesterday, and both of them live."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from sentineldq.store import batches, runs
from sentineldq.store.batches import Batch
from tests.server.serving import Served
from tests.web.conftest import LIVE, entered, serious

pytestmark = pytest.mark.slow


def batch(number: int, *, hours: float, refused: int, version: str = "1.0.0") -> Batch:
    """A thousand records of events, committed so many hours ago."""
    return Batch(
        dataset="events",
        partition="p",
        batch=number,
        rows=1000,
        silver=1000 - refused,
        quarantined=refused,
        contract_version=version,
        committed_at=datetime.now(UTC) - timedelta(hours=hours),
    )


@pytest.fixture
def moved(dashboard: Served) -> Served:
    """A project with a yesterday that was better, a failed run and a new version of a contract."""
    store = dashboard.here.store
    batches.record(
        store, batches=[batch(1, hours=30, refused=10), batch(2, hours=2, refused=50, version="1.1.0")]
    )
    runs.start(store, project="github", pipeline="events", run_id="20261120T120000-abcd")
    runs.finish(store, run_id="20261120T120000-abcd", status="failed", error="no route to the source")
    return dashboard


def test_it_says_whether_the_data_can_be_trusted_and_what_moved(browser: Browser, moved: Served) -> None:
    title = "<i>events</i> are late by 3 h"
    alert = {"title": title, "severity": "CRITICAL", "dataset": "events"}
    made = moved.client("analyst").post("/api/v1/alerts/", json=alert).json()["alert_id"]
    context, page, faults = entered(browser, moved, "viewer")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    head = page.get_by_role("region", name="How the data is")
    expect(head.get_by_role("heading")).to_have_text("1 of 5 datasets is in trouble")
    expect(head).to_contain_text("95% of 1,000 records of the last 24 hours were accepted")
    expect(head).to_contain_text(
        "4 points lower than the day before (99%), because events went from 99% to 95%"
    )
    expect(head.get_by_role("link", name="events")).to_have_attribute("href", re.compile("^/datasets/events"))
    changed = page.get_by_role("region", name="Changed since yesterday")
    for told in ("1 run failed", "no route to the source", "1 contract changed", "version 1.0.0 → 1.1.0"):
        expect(changed).to_contain_text(told)
    expect(page.get_by_role("region", name="The server")).to_contain_text("answers")
    assert not any("/api/v1/datasets" in url for url in asked), "four numbers need no list"
    panels = {
        url.partition("?")[0] for url in asked if "/dashboard/" in url
    }  # and again when told of a change
    assert len(panels) <= 8
    page.get_by_role("region", name="Needs attention").get_by_role("link", name=title).click()
    expect(page).to_have_url(re.compile(f"alert={made}"))
    assert faults == []
    context.close()


def test_what_happens_is_there_without_a_reload(browser: Browser, moved: Served) -> None:
    context, page, faults = entered(browser, moved, "viewer")
    page.goto("/")
    attention = page.get_by_role("region", name="Needs attention")
    expect(attention).to_contain_text("Nothing needs you")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    moved.client("analyst").post("/api/v1/alerts/", json={"title": "few rows", "severity": "CRITICAL"})
    expect(attention).to_contain_text("few rows", timeout=LIVE)
    runs.start(moved.here.store, project="github", pipeline="events", run_id="20261121T120000-beef")
    lately = page.get_by_role("region", name="Lately")
    expect(lately).to_contain_text("A run of events is under way", timeout=LIVE)
    batches.record(moved.here.store, batches=[batch(3, hours=0, refused=0)])
    head = page.get_by_role("region", name="How the data is")
    expect(head).to_contain_text("of 2,000 records", timeout=LIVE)
    assert faults == []
    context.close()


def test_it_begins_with_what_to_do_first(browser: Browser, dashboard: Served) -> None:
    context, page, faults = entered(browser, dashboard, "viewer")
    page.goto("/")
    expect(page.get_by_role("region", name="How to begin")).to_contain_text("sentinel run")
    expect(page.get_by_role("region", name="Changed since yesterday")).to_contain_text("Nothing is otherwise")
    assert faults == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_anybody_can_use_it(browser: Browser, moved: Served, scheme: str, width: int) -> None:
    context, page, faults = entered(
        browser, moved, "viewer", color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    page.goto("/")
    expect(page.get_by_role("img", name=re.compile("^Records: "))).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults == []
    context.close()

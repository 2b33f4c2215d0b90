"""Drift in the dashboard: a shift is seen, walked to by keyboard, and explained; a series is judged by a steward."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from sentineldq.store import feedback, looks, measurements
from sentineldq.store.looks import Look
from sentineldq.store.measurements import Measurement
from tests.server.serving import Served, serving
from tests.web.conftest import entered, serious
from tests.web.drifting import shifted

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
SERIES = "volume/events"
ANOMALIES = (3, 2)
"""Hours back that are far from what was expected."""


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a project whose data shifted."""
    with serving(shifted(tmp_path_factory.mktemp("drift") / "github")) as served:
        yield served


@pytest.fixture
def watched(dashboard: Served) -> Served:
    """A series of two days that left its band for two hours."""
    rows = [
        Measurement(
            series=SERIES,
            at=NOW - back * HOUR,
            value=900.0 if back in ANOMALIES else 100.0 + back,
            dataset="events",
            monitor="volume",
            expected_low=80.0,
            expected_high=170.0,
            score=0.9 if back in ANOMALIES else 0.0,
            verdict="anomaly" if back in ANOMALIES else "normal",
        )
        for back in range(48)
    ]
    measurements.record(dashboard.here.store, rows)
    return dashboard


@pytest.fixture
def wide(dashboard: Served) -> Served:
    """A dataset of a thousand columns, looked at on thirty days."""
    found = [
        Look(
            dataset="events",
            current_end=NOW - back * 24 * HOUR,
            current_start=NOW - (back + 1) * 24 * HOUR,
            baseline_rows=70_000,
            current_rows=10_000,
            worst=0.999,
            scores={
                f"column_{number:04}": None if (number + back) % 50 == 0 else number / 1000
                for number in range(1000)
            },
            looked_at=NOW,
        )
        for back in range(30)
    ]
    looks.record(dashboard.here.store, found)
    return dashboard


def chosen(page: Page) -> str:
    """The cell under the cursor, as it is read out."""
    return page.get_by_role("grid").locator("[aria-selected=true]").get_attribute("aria-label") or ""


def test_a_shift_is_walked_to_by_keyboard_and_explained(browser: Browser, drifted: Served) -> None:
    context, page, faults = entered(browser, drifted, "viewer")
    page.goto("/drift?from=now-30d&to=now")
    grid = page.get_by_role("grid", name="Drift")
    expect(grid.get_by_role("rowheader", name="payload.size")).to_be_visible()
    grid.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    for _ in range(30):
        if "above 0.25" in chosen(page):
            break
        page.keyboard.press("ArrowLeft")
    assert re.match(r"payload\.size, \d+ \w+, score 0\.\d+, above 0\.25, n \d+", chosen(page))
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/drift/events/payload.size"))
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("payload.size")
    expect(title).to_be_focused()
    moved = page.get_by_role("region", name="What moved")
    expect(moved).to_contain_text("rose from 1 to 5")
    expect(moved).to_contain_text("Critical")
    tests = page.get_by_role("region", name="Tests").first
    expect(tests.get_by_role("row", name=re.compile("^ks .*drift"))).to_contain_text("< 0.0001")
    expect(page.get_by_role("row", name=re.compile(r"median 1 5 \+400"))).to_be_visible()
    picture = page.get_by_role("img", name=re.compile("payload.size, distribution"))
    picture.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status").get_by_text(re.compile("baseline .*%, current .*%"))).to_be_visible()
    moved.get_by_role("link", name="open alert").first.click()
    expect(page).to_have_url(re.compile(r"/alerts\?.*alert="))
    expect(page.get_by_role("heading", level=2).first).to_contain_text("payload.size")
    assert faults == []
    context.close()


def test_any_two_windows_are_compared_and_wrong_ones_are_explained(browser: Browser, drifted: Served) -> None:
    context, page, _ = entered(browser, drifted, "viewer")
    page.goto("/drift/events/type")
    expect(page.get_by_text("new value: HologramEvent").first).to_be_visible()
    page.get_by_role("combobox", name="Windows").select_option("Others …")
    page.get_by_role("textbox", name="Current").fill("12h")
    page.get_by_role("textbox", name="Baseline").fill("24h")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile("baseline=24h"))
    expect(page.get_by_text(re.compile("n .*, 12 hours"))).to_be_visible()
    page.get_by_role("textbox", name="Current").fill("soon")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("alert")).to_contain_text("neither a length of time nor a span")
    page.go_back()
    page.get_by_text("The same by command line and API").click()
    expect(page.get_by_text("sentinel drift events --baseline 24h --current 12h")).to_be_visible()
    page.get_by_role("link", name="events", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("events")
    expect(page.get_by_role("grid", name="Columns by score")).to_be_visible()
    context.close()


def test_what_is_classified_is_shown_to_nobody(browser: Browser, drifted: Served) -> None:
    context, page, _ = entered(browser, drifted, "admin")
    page.goto("/drift/events/actor.login")
    expect(page.get_by_text("This column is classified")).to_be_visible()
    expect(page.get_by_role("region", name="Tests").first).to_be_visible()
    context.close()


def test_filters_of_the_map_stand_in_the_address(browser: Browser, drifted: Served) -> None:
    context, page, _ = entered(browser, drifted, "viewer")
    page.goto("/drift?from=now-30d&to=now")
    rows = page.get_by_role("grid").get_by_role("rowheader")
    page.get_by_role("searchbox", name="Column").fill("SIZE")
    expect(rows).to_have_text([re.compile("^events"), "payload.size", "payload.distinct_size"])
    page.get_by_role("combobox", name="Drifted").select_option("CRITICAL")
    expect(page).to_have_url(re.compile("severity=CRITICAL"))
    expect(rows).to_have_text([re.compile("^events"), "payload.size"])
    page.reload()
    expect(rows).to_have_count(2)
    page.get_by_role("searchbox", name="Column").fill("nothing like it")
    page.get_by_role("button", name="Drop the filters").click()
    expect(page.get_by_role("searchbox", name="Column")).to_have_value("")
    context.close()


def test_a_thousand_columns_of_thirty_days_stay_few_nodes_and_answer_keys(
    browser: Browser, wide: Served
) -> None:
    context, page, faults = entered(browser, wide, "viewer")
    page.goto("/drift?from=now-30d&to=now&dataset=events")
    grid = page.get_by_role("grid", name="Drift")
    expect(grid).to_have_attribute("aria-rowcount", "1002")
    grid.focus()
    nodes = "document.querySelectorAll('*').length"
    for key, name in (("Control+End", "column_0000"), ("PageUp", "column_0015"), ("Control+Home", "events")):
        page.keyboard.press(key)
        expect(grid.locator("[aria-selected=true]")).to_have_count(1)
        expect(grid.locator("[data-at=true]")).to_be_in_viewport()
        assert name in (chosen(page) or grid.locator("[aria-selected=true]").inner_text())
        assert page.evaluate(nodes) < 3_000
    grid.hover()
    for _ in range(20):
        page.mouse.wheel(0, 1_200)
    expect(grid.get_by_role("rowheader", name="column_0000")).to_be_visible()
    assert page.evaluate(nodes) < 3_000
    head = grid.get_by_role("columnheader").nth(1)
    expect(head).to_be_in_viewport()  # the times stay
    assert faults == []
    context.close()


def test_a_steward_says_what_an_anomaly_was_and_takes_it_back(browser: Browser, watched: Served) -> None:
    context, page, faults = entered(browser, watched, "steward")
    page.goto("/drift?tab=series")
    row = page.get_by_role("row").filter(has_text=SERIES)
    expect(row).to_contain_text("normal")
    row.click()
    expect(page).to_have_url(re.compile("series=volume"))
    expect(page.get_by_text("48 points, 2 anomalies.")).to_be_visible()
    page.get_by_role("textbox", name="Note").fill("the source was down")
    page.get_by_role("button", name="Incident").click()
    expect(page.get_by_text("Kept: incident")).to_be_visible()
    (said,) = feedback.query(watched.here.store)
    assert (said.verdict, said.note, said.made_by) == ("incident", "the source was down", "steward")
    assert (said.since, said.until) == (NOW - 3 * HOUR, NOW - HOUR)
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("button", name="Take back")).to_have_count(0)
    assert feedback.query(watched.here.store) == []
    assert faults == []
    context.close()


def test_a_viewer_is_told_what_it_takes_to_give_feedback(browser: Browser, watched: Served) -> None:
    context, page, _ = entered(browser, watched, "viewer")
    page.goto(f"/drift?tab=series&series={SERIES}")
    expect(page.get_by_text("takes the role steward")).to_be_visible()
    for name in ("False positive", "Expected change", "Incident"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_drift_can_be_used_by_all(browser: Browser, drifted: Served, scheme: str, width: int) -> None:
    context, page, faults = entered(
        browser, drifted, "steward", color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    for path in (
        "/drift",
        "/drift?tab=series",
        f"/drift?tab=series&series={SERIES}",
        "/drift?q=nothing",
        "/drift/events",
        "/drift/events/payload.size",
        "/drift/events/type?current=never",
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("status", name=re.compile("Loading|Comparing"))).to_have_count(0)
        page.wait_for_timeout(300)
        assert serious(page) == [], path
        beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert beyond <= 0, f"{path} is wider than the screen by {beyond} px"
    assert [fault for fault in faults if "400" not in fault] == []
    context.close()

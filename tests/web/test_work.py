"""People at work in the dashboard: logging in, and going through the alerts by keyboard and mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.server.serving import Served
from tests.web.conftest import LIVE, entered, serious

pytestmark = pytest.mark.slow

TITLES = {
    "orders are late by 3 h": "CRITICAL",
    "orders.amount moved: PSI 0.31": "WARNING",
    "<b>a new column</b>": "INFO",
}


@pytest.fixture
def alerts(dashboard: Served) -> dict[str, str]:
    """Three alerts, by title their ids."""
    client = dashboard.client("analyst")
    made = {}
    for title, severity in TITLES.items():
        answer = client.post(
            "/api/v1/alerts/", json={"title": title, "severity": severity, "dataset": "orders"}
        )
        assert answer.status_code == 201
        made[title] = answer.json()["alert_id"]
    return made


def of(served: Served, alert_id: str) -> dict[str, object]:
    """An alert as it stands."""
    found: dict[str, object] = served.client("viewer").get(f"/api/v1/alerts/{alert_id}").json()
    return found


def test_the_token_of_the_first_start_opens_the_page_that_was_asked_for(
    browser: Browser, dashboard: Served
) -> None:
    context, page, faults = entered(browser, dashboard, None)
    page.goto("/alerts?tab=resolved")
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("not one to log in with")
    page.get_by_label("Token").fill(dashboard.keys["steward"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("tab", name=re.compile("Resolved"))).to_have_attribute("aria-selected", "true")
    assert [one for one in faults if "401" not in one] == []
    context.close()


def test_alerts_are_gone_through_by_keyboard(
    browser: Browser, dashboard: Served, alerts: dict[str, str]
) -> None:
    late, moved = list(alerts.values())[:2]
    context, page, faults = entered(browser, dashboard, "steward")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.keyboard.press("g")
    page.keyboard.press("a")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Alerts")
    expect(title).to_be_focused()
    expect(page.locator("[data-alert]")).to_have_count(3)
    assert page.locator("[data-alert]").first.get_attribute("data-alert") == late

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"alert={late}"))
    page.keyboard.press("e")
    expect(page.get_by_role("status").get_by_text("The alert was acknowledged")).to_be_visible()
    assert (of(dashboard, late)["status"], of(dashboard, late)["assignee"]) == ("acknowledged", "steward")

    page.keyboard.press("j")
    page.keyboard.press("r")
    page.get_by_label("Reason").select_option("expected_change")
    page.get_by_label("Note").fill("the price list changed")
    page.get_by_role("button", name="Resolve 1 alert").click()
    expect(page.get_by_role("status").get_by_text("The alert was resolved")).to_be_visible()
    found = of(dashboard, moved)
    assert (found["status"], found["reason"], found["note"]) == (
        "resolved",
        "expected_change",
        "the price list changed",
    )

    page.keyboard.press("u")
    expect(page.get_by_role("status").get_by_text("Undone")).to_be_visible()
    assert of(dashboard, moved)["status"] == "open"
    assert faults == []
    context.close()


def test_data_is_shown_as_text(browser: Browser, dashboard: Served, alerts: dict[str, str]) -> None:
    context, page, _ = entered(browser, dashboard, "viewer")
    page.goto(f"/alerts?alert={alerts['<b>a new column</b>']}")
    expect(page.get_by_role("heading", level=2)).to_have_text("<b>a new column</b>")
    context.close()


def test_a_new_alert_comes_without_a_reload_and_moves_no_row_under_the_pointer(
    browser: Browser, dashboard: Served, alerts: dict[str, str]
) -> None:
    context, page, _ = entered(browser, dashboard, "steward")
    page.goto("/alerts")
    first = page.locator("[data-alert]").first
    expect(first).to_have_attribute("data-alert", alerts["orders are late by 3 h"])
    first.hover()
    dashboard.client("analyst").post(
        "/api/v1/alerts/", json={"title": "payments stopped", "severity": "CRITICAL"}
    )
    news = page.get_by_role("button", name="1 new")
    expect(news).to_be_visible(timeout=LIVE)
    expect(first).to_have_attribute("data-alert", alerts["orders are late by 3 h"])
    news.click()
    expect(first).to_contain_text("payments stopped")
    context.close()


def test_filters_stand_in_the_address_and_stay_after_an_action(
    browser: Browser, dashboard: Served, alerts: dict[str, str]
) -> None:
    context, page, _ = entered(browser, dashboard, "steward")
    page.goto("/alerts")
    page.get_by_label("Severity").select_option("WARNING")
    page.keyboard.press("Escape")
    page.get_by_label("Filter").fill("psi")
    expect(page).to_have_url(re.compile(r"severity=WARNING"))
    expect(page).to_have_url(re.compile(r"q=psi"))
    expect(page.locator("[data-alert]")).to_have_count(1)
    page.get_by_label("Select all").check()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("The alert was acknowledged")).to_be_visible()
    expect(page.get_by_label("Filter")).to_have_value("psi")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.reload()
    expect(page.locator("[data-alert]")).to_have_count(1)
    assert of(dashboard, alerts["orders.amount moved: PSI 0.31"])["status"] == "acknowledged"
    context.close()


def test_a_viewer_sees_all_and_is_told_what_it_takes_to_act(
    browser: Browser, dashboard: Served, alerts: dict[str, str]
) -> None:
    late = alerts["orders are late by 3 h"]
    context, page, _ = entered(browser, dashboard, "viewer")
    page.goto(f"/alerts?alert={late}")
    expect(page.get_by_role("button", name="Acknowledge")).to_be_disabled()
    expect(page.get_by_text("This takes the role steward")).to_be_visible()
    page.keyboard.press("e")
    page.keyboard.press("r")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert of(dashboard, late)["status"] == "open"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_can_be_used_by_all_and_keep_the_policy(
    browser: Browser, dashboard: Served, alerts: dict[str, str], scheme: str, width: int
) -> None:
    context, page, faults = entered(
        browser, dashboard, "steward", color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    late = alerts["orders are late by 3 h"]
    paths = [
        "/",
        "/datasets",
        "/alerts",
        f"/alerts?alert={late}",
        "/alerts?tab=snoozed",
        "/quality",
        "/models",
        "/nothing",
    ]
    for path in paths:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("load")
        page.wait_for_timeout(300)
        assert serious(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is wider than the screen by {wide} px"
    assert faults == []
    context.close()

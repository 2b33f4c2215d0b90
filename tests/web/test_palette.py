"""Finding anything from anywhere, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from sentineldq.store import runs
from tests.server.serving import Served
from tests.web.conftest import entered, serious

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("key", ["Control+k", "/"])
def test_a_page_is_a_few_letters_away(browser: Browser, dashboard: Served, key: str) -> None:
    context, page, faults = entered(browser, dashboard, "viewer")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    assert not any("Palette" in url for url in asked), "its code comes when it is opened"
    page.keyboard.press(key)
    field = page.get_by_role("combobox", name="Find anything")
    expect(field).to_be_focused()
    page.keyboard.type("pipel")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Pipelines")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/pipelines"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert faults == []
    context.close()


def test_datasets_alerts_and_runs_are_found_by_the_server(browser: Browser, dashboard: Served) -> None:
    run = runs.start(dashboard.here.store, project="github", pipeline="events", run_id="20261120T120000-abcd")
    runs.finish(dashboard.here.store, run_id=run.run_id, status="failed")
    title = "<b>events</b> are late"
    made = dashboard.client("analyst").post("/api/v1/alerts/", json={"title": title, "dataset": "events"})
    context, page, faults = entered(browser, dashboard, "viewer")
    page.goto("/")
    page.get_by_role("button", name="Find anything").click()
    page.keyboard.type("events")
    options = page.get_by_role("option")
    expect(options.filter(has_text="gold.events_per_hour")).to_be_visible()
    expect(options.filter(has_text=run.run_id)).to_contain_text("failed")
    assert serious(page) == []
    page.keyboard.press("ArrowUp")  # round to the last
    expect(page.get_by_role("option", selected=True)).to_contain_text(run.run_id)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option", selected=True)).to_contain_text(title)
    assert page.get_by_role("combobox").get_attribute("aria-activedescendant") == page.get_by_role(
        "option", selected=True
    ).get_attribute("id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/alerts.alert={made.json()['alert_id']}"))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("nothing like this")
    expect(page.get_by_role("status").get_by_text("Nothing has")).to_be_visible()
    assert faults == []
    context.close()


def test_actions_are_done_and_fields_keep_their_letters(browser: Browser, dashboard: Served) -> None:
    context, page, faults = entered(browser, dashboard, "viewer", color_scheme="light")
    page.goto("/datasets")
    page.get_by_role("searchbox", name="Search").focus()
    page.keyboard.type("a/b", delay=200)  # slow enough for the list to be asked for in between
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("a/b")
    page.goto("/alerts")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alerts")
    page.keyboard.press("/")
    expect(page.get_by_label("Filter", exact=True)).to_be_focused()  # a page's own key goes first
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("dark")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Dark theme")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-dark", "")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()
    assert serious(page) == []
    page.keyboard.type("log out")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Log out")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/login"))
    assert [one for one in faults if "401" not in one] == []
    context.close()


def test_the_help_tells_of_it(browser: Browser, dashboard: Served) -> None:
    context, page, _ = entered(browser, dashboard, "viewer")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("find anything")
    context.close()

"""The settings in a real browser: who may come in, with what, and who is told, over real receivers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from sentineldq.pipeline.project import load_project
from tests.alerts.conftest import Mailbox, Receiver, mail, receivers
from tests.server.conftest import copied
from tests.server.serving import PASSWORD, Served, serving
from tests.web.conftest import entered, serious

pytestmark = pytest.mark.slow

__all__ = ["mail", "receivers"]

TABS = ("channels", "users", "keys", "thresholds", "audit", "account", "about")
SECRET = "hush-hush-hush"


@pytest.fixture
def hook(receivers: Callable[..., Receiver]) -> Receiver:
    return receivers()


@pytest.fixture
def told(tmp_path: Path, hook: Receiver, mail: Mailbox) -> Iterator[Served]:
    """A server whose alerts go to a webhook, to a mail server, and to nobody who listens."""
    folder = copied(tmp_path / "github")
    with (folder / "sentinel.yaml").open("a") as file:
        file.write(f"""
alerts:
  channels:
    hook: {{webhook: "{hook.url}/{SECRET}", secret: {SECRET}}}
    post: {{url: "mailto://127.0.0.1:{mail.port}?from=dq@example.org&to=ada@example.org&mode=insecure"}}
  routes:
    - match: {{severity: [CRITICAL], dataset: ["events*"]}}
      to: [hook]
    - match: {{severity: [WARNING, CRITICAL]}}
      to: [post]
      digest: 15m
  maintenance:
    - {{dataset: [quiet], since: 2020-01-01T00:00:00Z, until: 2099-01-01T00:00:00Z, note: moving}}
""")
    with serving(load_project(folder, simulated=True)) as served:
        yield served


def line(page: Page, of: str, name: str) -> Any:
    """The line of a list that is about something."""
    return page.get_by_role("list", name=of, exact=True).get_by_role("listitem").filter(has_text=name)


def test_an_admin_adds_a_user_who_comes_in_with_the_role_given(browser: Browser, dashboard: Served) -> None:
    context, page, faults = entered(browser, dashboard, "admin")
    page.goto("/settings/users")
    page.get_by_role("button", name="Add a user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("grace")
    dialog.get_by_label("Role").select_option("steward")
    dialog.get_by_label("Password").fill("short")
    expect(dialog.get_by_text("7 more characters")).to_be_visible()
    dialog.get_by_label("Password").fill("aaaaaaaaaaaaaaaa")
    dialog.get_by_role("button", name="Add", exact=True).click()
    # The server's words, and nothing typed is lost.
    expect(dialog.get_by_role("alert")).to_contain_text("that password is among the first to be tried")
    expect(dialog.get_by_label("Name")).to_have_value("grace")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("grace was added as steward")).to_be_visible()

    grace = dashboard.logged_in("grace")
    assert grace.get("/api/v1/session").json()["role"] == "steward"
    page.reload()
    expect(line(page, "Users", "grace")).to_contain_text("logged in")
    page.get_by_role("button", name="Role: grace").click()
    dialog.get_by_label("Role").select_option("viewer")
    dialog.get_by_role("button", name="Change").click()
    expect(line(page, "Users", "grace")).to_contain_text("viewer")
    assert grace.get("/api/v1/session").status_code == 401

    page.get_by_role("button", name="Disable: grace").click()
    dialog.get_by_role("button", name="Disable grace").click()
    expect(line(page, "Users", "grace")).to_contain_text("let in no more")
    refused = dashboard.client().post("/api/v1/session", json={"name": "grace", "password": PASSWORD})
    assert refused.status_code == 401
    assert [one for one in faults if "400" not in one] == []
    context.close()


def test_a_password_is_set_anew_for_somebody(browser: Browser, dashboard: Served) -> None:
    context, page, faults = entered(browser, dashboard, "admin")
    page.goto("/settings/users")
    page.get_by_role("button", name="Reset password: analyst").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make one").click()
    made = dialog.get_by_label("Password").input_value()
    assert re.fullmatch(r"(?:[a-z2-9]{4}-){4}[a-z2-9]{4}", made)
    dialog.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("analyst has a new password")).to_be_visible()
    assert dashboard.logged_in("analyst", password=made).get("/api/v1/session").status_code == 200
    assert faults == []
    context.close()


def with_key(served: Served, secret: str) -> httpx.Client:
    client = served.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def test_a_key_is_made_used_revoked_and_refused(browser: Browser, dashboard: Served) -> None:
    context, page, faults = entered(
        browser, dashboard, "admin", permissions=["clipboard-read", "clipboard-write"]
    )
    page.goto("/settings/keys")
    page.get_by_role("button", name="Create a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("nightly <b>upload</b>")
    dialog.get_by_label("Role").select_option("analyst")
    dialog.get_by_label("Holds").select_option("30")
    dialog.get_by_label("For").select_option(["alerts"])
    dialog.get_by_role("button", name="Create", exact=True).click()
    secret = page.locator("[data-secret]").inner_text()
    assert secret.startswith("sdq_")
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    found = line(page, "Keys", "nightly")
    expect(found).to_contain_text("nightly <b>upload</b>")
    expect(found).to_contain_text("analyst, for alerts alone")
    expect(found).to_contain_text("never used")

    client = with_key(dashboard, secret)
    assert client.get("/api/v1/alerts/").status_code == 200
    assert client.get("/api/v1/runs").status_code == 403
    page.reload()
    expect(page.get_by_role("list", name="Keys")).to_be_visible()
    assert secret not in page.content()
    expect(line(page, "Keys", "nightly")).to_contain_text("used")
    page.get_by_role("button", name="Revoke nightly").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_role("dialog")).to_have_count(0)  # before, nothing behind it has a role
    expect(line(page, "Keys", "nightly")).to_have_count(0)
    assert client.get("/api/v1/alerts/").status_code == 401
    page.get_by_label("Also those that are over").check()
    expect(page).to_have_url(re.compile("ended=true"))
    expect(line(page, "Keys", "nightly")).to_contain_text("revoked")
    assert faults == []
    context.close()


def test_a_channel_is_tried_and_says_why_it_fails(
    browser: Browser, told: Served, hook: Receiver, mail: Mailbox
) -> None:
    context, page, faults = entered(browser, told, "admin")
    page.goto("/settings/channels")
    expect(line(page, "Channels", "hook")).to_contain_text("webhook, 127.0.0.1")
    expect(line(page, "Channels", "post")).to_contain_text("ada@example.org by 127.0.0.1")
    for name in ("hook", "post"):
        page.get_by_role("button", name=f"Send a test message to {name}").click()
        expect(page.get_by_role("status", name=f"The test of {name}")).to_contain_text("was taken")
    (body,) = hook.bodies
    assert body["alerts"][0]["event"] == "test"
    (envelope,) = mail.messages
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert b"a test message from github" in envelope.content

    hook.status = 503
    mail.stop()
    for name, why in (("hook", "it answered 503"), ("post", "onnection error")):
        page.get_by_role("button", name=f"Send a test message to {name}").click()
        said = page.get_by_role("status", name=f"The test of {name}")
        expect(said).to_contain_text("was not taken", timeout=20_000)
        expect(said).to_contain_text(why)
    assert SECRET not in page.content()
    assert faults == []
    context.close()


def test_where_an_alert_would_go_is_said_with_the_reason(
    browser: Browser, told: Served, hook: Receiver
) -> None:
    context, page, faults = entered(browser, told, "steward")
    page.goto("/settings/channels")
    expect(page.get_by_text("post with the next digest")).to_be_visible()
    page.get_by_label("Dataset").fill("events")
    page.get_by_label("Severity").select_option("CRITICAL")
    expect(page.get_by_text("hook would be told at once, post with the next digest")).to_be_visible()
    expect(page).to_have_url(
        re.compile(r"severity=CRITICAL.*dataset=events|dataset=events.*severity=CRITICAL")
    )
    page.get_by_label("Dataset").fill("quiet")
    expect(line(page, "Why", "Route 1")).to_contain_text("its dataset is quiet, not events*")
    expect(page.get_by_text("when the maintenance is over")).to_be_visible()
    expect(line(page, "Maintenance", "moving")).to_contain_text("now: nothing is told")
    assert page.get_by_role("button", name=re.compile("Send a test")).count() == 0  # admins alone may
    assert hook.requests == []
    assert faults == []
    context.close()


def test_viewers_see_their_own_settings_alone(browser: Browser, dashboard: Served) -> None:
    context, page, faults = entered(browser, dashboard, "viewer")
    page.goto("/settings")
    expect(page).to_have_url(re.compile("/settings/keys$"))
    links = page.get_by_role("navigation", name="Settings").get_by_role("link")
    assert links.all_inner_texts() == ["Keys", "Thresholds", "Account", "About"]
    for tab, role in (("users", "admin"), ("audit", "admin"), ("channels", "steward")):
        page.goto(f"/settings/{tab}")
        expect(page.get_by_text(f"This is for the role {role}")).to_be_visible()
    page.goto("/settings/keys?whose=all")
    expect(page.get_by_role("heading", name="Your keys")).to_be_visible()
    page.get_by_role("button", name="Create a key").click()
    assert page.get_by_role("dialog").get_by_label("Role").locator("option").all_inner_texts() == ["viewer"]
    assert faults == []
    context.close()


def test_one_changes_the_password_and_ends_other_sessions(browser: Browser, dashboard: Served) -> None:
    elsewhere = dashboard.logged_in("analyst")
    context, page, faults = entered(browser, dashboard, "analyst")
    page.goto("/settings/account")
    page.get_by_role("button", name="End 1 other").click()
    expect(page.get_by_role("list", name="Sessions").get_by_role("listitem")).to_have_count(1)
    assert elsewhere.get("/api/v1/session").status_code == 401
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill("so will these four")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("The password was changed")).to_be_visible()
    assert dashboard.logged_in("analyst", password="so will these four")
    page.get_by_label("Theme").select_option("dark")
    expect(page.locator("html")).to_have_attribute("data-dark", "")
    page.get_by_role("checkbox", name="Keyboard shortcuts").uncheck()
    page.keyboard.press("Tab")
    page.locator("h1").focus()
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile("/settings/account"))
    assert faults == []
    context.close()


def test_a_steward_sets_what_a_source_has_to_reach(browser: Browser, dashboard: Served) -> None:
    steward = dashboard.client("steward")
    content = b"id,amount\n1,2\n"
    steward.post("/api/v1/data-quality/upload", params={"name": "a.csv", "source": "orders"}, content=content)
    context, page, faults = entered(browser, dashboard, "steward")
    page.goto("/settings/thresholds")
    page.get_by_role("gridcell", name="orders", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Score, %").fill("120")
    expect(dialog.get_by_role("button", name="Set")).to_be_disabled()
    dialog.get_by_label("Score, %").fill("92,5")
    dialog.get_by_role("button", name="Set").click()
    expect(page.get_by_role("gridcell", name="92.5%")).to_be_visible()
    (source,) = steward.get("/api/v1/data-quality/sources").json()["items"]
    assert source["thresholds"]["score"] == 0.925
    assert source["thresholds"]["outlier_factor"] == 1.5
    expect(page.get_by_role("gridcell", name=re.compile("contracts.events"))).to_be_visible(timeout=20_000)
    assert faults == []
    context.close()


def test_the_audit_log_is_searched_and_verified(browser: Browser, dashboard: Served) -> None:
    admin = dashboard.client("admin")
    admin.post("/api/v1/users", json={"name": "eve"})
    dashboard.client("viewer").post("/api/v1/users", json={"name": "mallory"})
    context, page, faults = entered(browser, dashboard, "admin")
    page.goto("/settings/audit")
    expect(page.get_by_text("chain verified")).to_be_visible()
    page.get_by_label("What came of it").select_option("refused")
    rows = page.get_by_role("grid", name="What was done").get_by_role("row")
    expect(rows).to_have_count(2)  # with the head
    expect(rows.nth(1)).to_contain_text("viewer-key")
    expect(rows.nth(1)).to_contain_text("refused (403)")
    page.get_by_label("Search").fill("nobody of this name")
    expect(page.get_by_text("Nothing fits")).to_be_visible()
    assert faults == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_can_be_used_by_everybody(browser: Browser, told: Served, scheme: str) -> None:
    context, page, faults = entered(browser, told, "admin", color_scheme=scheme)
    for tab in TABS:
        page.goto(f"/settings/{tab}")
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Settings: {tab}")
        expect(page.get_by_role("status", name="Loading")).to_have_count(0, timeout=20_000)
        assert serious(page) == [], tab
    page.goto("/settings/users")
    page.get_by_role("button", name="Add a user").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert serious(page) == []
    page.goto("/settings/keys")
    page.get_by_role("button", name="Create a key").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    for tab in TABS:
        page.goto(f"/settings/{tab}")
        expect(page.get_by_role("status", name="Loading")).to_have_count(0, timeout=20_000)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
    assert faults == []
    context.close()

"""Data quality in a browser: files turn into scores, findings and alerts, or are refused in words."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from sentineldq.pipeline.project import load_project
from sentineldq.server.security.limits import Limit
from sentineldq.server.serve import alerts_kept
from tests.server.conftest import copied
from tests.server.serving import Served, serving
from tests.server.test_quality import CLEAN, DIRTY, checked
from tests.web.conftest import entered, serious

pytestmark = pytest.mark.slow

LIMIT = 1_000_000
MARKED = (
    '<img src=x onerror=alert(1)>,=SUM(A1),"<b>n</b>"\n'
    "<script>alert(2)</script>,=1+1,1\n"
    ",,2\n"
    "<i>y</i>,@z,900\n" + "a,b,3\n" * 4
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A server that takes files of a megabyte, and turns findings into alerts."""
    folder = copied(tmp_path / "github")
    settings = folder / "sentinel.yaml"
    settings.write_text(f"{settings.read_text()}\nserver:\n  upload-limit: {LIMIT}\n")
    with serving(load_project(folder, simulated=True)) as found, alerts_kept(found.here):
        yield found


def file(name: str, data: str | bytes) -> FilePayload:
    body = data.encode() if isinstance(data, str) else data
    return {"name": name, "mimeType": "application/octet-stream", "buffer": body}


def choose(page: Page, *files: FilePayload) -> None:
    page.get_by_label("Files to check").set_input_files(list(files))


def test_a_dirty_file_turns_into_a_score_findings_and_an_alert(browser: Browser, served: Served) -> None:
    context, page, faults = entered(browser, served, "analyst")
    page.goto("/quality")
    expect(page.get_by_text("Nothing was uploaded yet")).to_be_visible()
    page.get_by_label("Source", exact=True).fill("orders")
    expect(page.get_by_text("A new source")).to_be_visible()
    choose(page, file("orders.csv", DIRTY))
    visit = page.get_by_role("list", name="Uploads of this visit")
    expect(visit.get_by_label(re.compile("score 0"))).to_be_visible(timeout=20_000)
    expect(visit).to_contain_text(re.compile(r"9 rows, 4 columns; below: \d findings"))
    # The lists renew themselves.
    row = page.get_by_role("grid", name="Sources").get_by_role("row").nth(1)
    expect(row).to_contain_text(re.compile("orders.*below.*uniqueness"))

    visit.get_by_role("link", name="orders.csv").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("orders.csv")
    found = served.client("analyst").get("/api/v1/data-quality/checks").json()["items"][0]
    expect(page.get_by_role("heading", name=f"Score {found['score']:.3f}")).to_be_visible()
    points = page.get_by_role("table", name="Where the points went")
    lost = sum(part["lost"] for part in found["parts"].values())
    expect(points.get_by_role("row").last).to_contain_text(f"\u2212{lost:.3f}")
    expect(points).to_contain_text("duplicate rows, 1 of 9")

    points.get_by_role("button", name="amount").first.click()
    expect(page).to_have_url(re.compile("column=amount"))
    detail = page.get_by_role("region", name="Column amount")
    expect(detail).to_contain_text("plenty")
    expect(detail).to_contain_text("10,000")

    # The alert comes a moment later, by itself.
    findings = page.get_by_role("region", name="Findings")
    link = (
        findings.get_by_role("listitem").filter(has_text="uniqueness").get_by_role("link", name="its alert")
    )
    expect(link).to_be_visible(timeout=10_000)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alerts")
    alert = page.get_by_role("region", name="The alert")
    expect(alert).to_contain_text("orders: uniqueness 0.888 is below")
    alert.get_by_role("link", name="See the check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("orders.csv")
    assert faults == []
    context.close()


def test_several_files_of_one_source_go_in_order_and_make_a_history(browser: Browser, served: Served) -> None:
    context, page, faults = entered(browser, served, "analyst")
    page.goto("/quality")
    page.get_by_label("Source", exact=True).fill("stock")
    choose(page, file("a.csv", CLEAN), file("b.csv", CLEAN), file("c.csv", CLEAN.replace("amount", "price")))
    visit = page.get_by_role("list", name="Uploads of this visit")
    expect(visit.get_by_label(re.compile("score"))).to_have_count(3, timeout=25_000)
    page.get_by_role("button", name="Clear 3 files from this list").click()
    expect(visit).to_have_count(0)
    page.get_by_role("grid", name="Sources").get_by_role("row").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("stock")
    checks = page.get_by_role("grid", name="Checks").get_by_role("row")
    expect(checks).to_have_count(4)
    expect(checks.nth(1)).to_contain_text(re.compile("c.csv.*below.*consistency"))
    page.get_by_role("button", name="Show as table").click()
    expect(page.get_by_role("region", name="Score of stock").get_by_role("row")).to_have_count(4)
    checks.nth(1).click()
    expect(page.get_by_role("region", name="Since the last upload")).to_contain_text("price")
    assert faults == []
    context.close()


BAD = {
    "paper.csv": (b"%PDF-1.7 and more", "PDF"),
    "bomb.csv.gz": (gzip.compress(b"a,b\n" + b"1,2\n" * 4_000_000, 9)[:LIMIT], "larger than"),
    "cut.csv.gz": (gzip.compress(CLEAN.encode())[:-20], "damaged or cut short"),
}


def test_bad_files_are_refused_in_words(browser: Browser, served: Served) -> None:
    context, page, faults = entered(browser, served, "analyst")
    page.goto("/quality")
    expect(page.get_by_text("up to 1 MB each")).to_be_visible()
    choose(page, *(file(name, data) for name, (data, _) in BAD.items()))
    visit = page.get_by_role("list", name="Uploads of this visit").get_by_role("listitem")
    for name, (_, words) in BAD.items():
        line = visit.filter(has_text=name)
        expect(line).to_contain_text("Could not be checked", timeout=20_000)
        expect(line).to_contain_text(words)
    choose(
        page, file("large.csv", "a,b\n" * 300_000), file("empty.csv", ""), file("../../etc/passwd.csv", CLEAN)
    )
    expect(visit.filter(has_text="large.csv").get_by_role("alert")).to_contain_text(
        "1,000,000 bytes is the most"
    )
    expect(visit.filter(has_text="empty.csv").get_by_role("alert")).to_contain_text("the file is empty")
    expect(visit.filter(has_text="passwd.csv").get_by_label(re.compile("score"))).to_be_visible(
        timeout=20_000
    )

    visit.filter(has_text="paper.csv").get_by_role("link").click()
    expect(page.get_by_role("heading", name="The file could not be checked")).to_be_visible()
    expect(page.get_by_role("link", name="Its alert")).to_be_visible(timeout=10_000)
    page.goto("/quality?tab=checks&status=failed")
    expect(page.get_by_role("grid", name="Checks").get_by_role("row")).to_have_count(4)
    assert [one for one in faults if "422" not in one] == []
    context.close()


def test_too_many_uploads_are_told_and_can_be_sent_again(browser: Browser, served: Served) -> None:
    served.here.uploads = Limit(served.here.store, burst=1, per_minute=2)
    context, page, faults = entered(browser, served, "analyst")
    page.goto("/quality")
    choose(page, file("one.csv", CLEAN), file("two.csv", CLEAN))
    line = (
        page.get_by_role("list", name="Uploads of this visit")
        .get_by_role("listitem")
        .filter(has_text="two.csv")
    )
    expect(line.get_by_role("alert")).to_contain_text(
        re.compile(r"Too Many Requests: .*Send it again in \d+ s")
    )
    served.here.uploads = Limit(served.here.store, burst=1000, per_minute=1000)
    line.get_by_role("button", name="Send two.csv again").click()
    expect(line.get_by_label(re.compile("score"))).to_be_visible(timeout=20_000)
    assert [one for one in faults if "429" not in one] == []
    context.close()


def test_an_upload_is_cancelled_on_its_way(browser: Browser, served: Served) -> None:
    context, page, _ = entered(browser, served, "analyst")
    page.goto("/quality")
    slow = context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 50_000},
    )
    choose(page, file("slow.csv", "a,b\n" * 200_000))
    expect(page.get_by_role("progressbar", name="Sending slow.csv")).to_be_visible()
    page.get_by_role("button", name="Cancel slow.csv").click()
    expect(page.get_by_text("Cancelled; nothing of it was kept")).to_be_visible()
    assert served.client("viewer").get("/api/v1/data-quality/checks").json()["items"] == []
    context.close()


def test_a_steward_says_what_a_source_is_and_whose(browser: Browser, served: Served) -> None:
    source = checked(served.client("analyst"), CLEAN, name="a.csv", source="said")["source_id"]
    context, page, faults = entered(browser, served, "steward")
    page.goto(f"/quality/sources/{source}")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    page.get_by_label("Owner").fill(" ada@example.com ")
    page.get_by_label("Description").fill("<b>what</b> the shop sold")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("<b>what</b> the shop sold · owned by ada@example.com · 1 check")).to_be_visible()
    expect(page.get_by_label("Owner")).to_have_value("ada@example.com")
    found = served.client("viewer").get(f"/api/v1/data-quality/sources/{source}/quality").json()["source"]
    assert (found["owner"], found["description"]) == ("ada@example.com", "<b>what</b> the shop sold")
    page.get_by_label("Owner").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("owned by nobody")).to_be_visible()
    assert serious(page) == []
    assert faults == []
    context.close()


def test_thresholds_are_set_by_stewards(browser: Browser, served: Served) -> None:
    source = checked(served.client("analyst"), CLEAN, name="a.csv", source="strict")["source_id"]
    context, page, faults = entered(browser, served, "steward")
    page.goto(f"/quality/sources/{source}")
    least = page.get_by_label("Score, at least")
    least.fill("2")
    expect(page.get_by_text("a number from 0 to 1")).to_be_visible()
    page.get_by_role("button", name="Save thresholds").click()
    least.fill("0,95")
    page.get_by_label("accuracy, weight").fill("0")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save thresholds").click()
    expect(page.get_by_text("Saved; in force from the next upload on")).to_be_visible()
    found = served.client("viewer").get(f"/api/v1/data-quality/sources/{source}/quality").json()["source"]
    assert (found["thresholds"]["score"], found["thresholds"]["weights"]["accuracy"]) == (0.95, 0)
    expect(least).to_have_value("0.95")
    context.close()

    context, page, faults = entered(browser, served, "viewer")
    page.goto(f"/quality/sources/{source}")
    expect(page.get_by_label("Score, at least")).to_be_disabled()
    expect(page.get_by_text("set by stewards; you are viewer")).to_be_visible()
    expect(page.get_by_text("Uploading takes the role analyst")).to_be_visible()
    expect(page.get_by_role("button", name="Choose files")).to_be_disabled()
    assert faults == []
    context.close()


def test_names_and_values_are_shown_as_text(browser: Browser, served: Served) -> None:
    found = checked(served.client("analyst"), MARKED, name="<b>a<b>.csv", source="<u>marked</u>")
    context, page, faults = entered(browser, served, "analyst")
    page.goto(f"/quality/checks/{found['check_id']}?all=true")
    expect(page.get_by_role("heading", level=1)).to_have_text("<b>a<b>.csv")
    columns = page.get_by_role("grid", name="Columns")
    expect(columns).to_contain_text("<img src=x onerror=alert(1)>")
    expect(columns).to_contain_text("=SUM(A1)")
    columns.get_by_text("=SUM(A1)", exact=True).click()
    detail = page.get_by_role("region", name="Column =SUM(A1)")
    expect(detail).to_contain_text("=1+1")
    page.reload()
    expect(detail).to_be_visible()
    page.get_by_role("tab", name=re.compile("Checks of the file")).click()
    expect(page.get_by_role("grid", name="Checks of the file")).to_contain_text("<b>n</b>")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("failing rows? as CSV")).click()
    text = download.value.path().read_text()
    assert "'=SUM(A1)" in text.splitlines()[0]
    assert "'=1+1" in text or "=1+1" not in text
    page.goto("/quality")
    expect(page.get_by_role("link", name="<u>marked</u>")).to_be_visible()
    assert page.locator("main img, main script, main b, main u, main i").count() == 0
    assert faults == []
    context.close()


def test_by_keyboard_alone(browser: Browser, served: Served) -> None:
    client = served.client("analyst")
    checked(client, CLEAN, name="good.csv", source="a good one")
    checked(client, DIRTY, name="bad.csv", source="a bad one")
    context, page, faults = entered(browser, served, "analyst")
    page.goto("/")
    page.get_by_role("heading", level=1).wait_for()
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page.get_by_role("heading", level=1)).to_have_text("Data quality")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("tab", name="Sources").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("tab=checks"))
    page.get_by_role("grid", name="Checks").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("bad.csv")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("grid", name="Columns").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("column="))
    page.get_by_role("button", name="Close").press("Enter")
    expect(page).not_to_have_url(re.compile("column="))
    assert faults == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out(browser: Browser, served: Served, scheme: str) -> None:
    context, page, faults = entered(browser, served, "steward", color_scheme=scheme)
    page.goto("/quality")
    expect(page.get_by_text("Nothing was uploaded yet")).to_be_visible()
    assert serious(page) == []
    client = served.client("analyst")
    found = checked(client, DIRTY, name="a.csv", source="orders")
    checked(client, CLEAN, name="b.csv", source="orders")
    torn = checked(client, b"PARE", name="c.parquet", source="orders")
    for address, shown in {
        "/quality": "orders",
        "/quality?tab=checks": "c.parquet",
        f"/quality/checks/{found['check_id']}?column=amount": "Where the points went",
        f"/quality/checks/{found['check_id']}?tab=rules&all=true": "duplicate_rows",
        f"/quality/checks/{torn['check_id']}": "could not be checked",
        f"/quality/sources/{found['source_id']}": "Thresholds",
        "/quality/checks/none": "could not be shown",
    }.items():
        page.goto(address)
        page.get_by_text(shown).or_(page.get_by_label(shown)).first.wait_for()
        assert serious(page) == [], address
    assert [one for one in faults if "404" not in one] == []
    context.close()


def test_it_fits_a_phone(browser: Browser, served: Served) -> None:
    found = checked(served.client("analyst"), DIRTY, name="a.csv", source="orders")
    context, page, _ = entered(browser, served, "steward", viewport={"width": 390, "height": 844})
    for address in (
        "/quality",
        f"/quality/checks/{found['check_id']}",
        f"/quality/sources/{found['source_id']}",
    ):
        page.goto(address)
        page.get_by_text("orders").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    context.close()

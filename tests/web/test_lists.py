"""The list of datasets with ten thousand of them: nothing is drawn that is not seen, and every key is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.server.serving import Served, serving
from tests.server.wide import LATE, name, wide
from tests.web.conftest import entered, serious

pytestmark = pytest.mark.slow

DATASETS = 10_000
NODES = 2_500
"""Elements that a page has at most, however long its list is."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over ten thousand datasets of a thousand columns each."""
    project = wide(tmp_path_factory.mktemp("wide") / "project", datasets=DATASETS, columns=1_000)
    with serving(project) as served:
        served.client("viewer").get("/api/v1/datasets")  # the first look reads the contracts
        yield served


def nodes(page: Page) -> int:
    """How many elements there are."""
    return int(page.evaluate("document.querySelectorAll('*').length"))


def rows(page: Page) -> list[str]:
    """The names of the datasets that are drawn, in their order."""
    found = page.locator("[role=grid] [role=row][aria-rowindex]:has(a)")
    found.first.wait_for()
    told = found.evaluate_all(
        "rows => rows.map(row => [Number(row.ariaRowIndex), row.querySelector('a').textContent])"
    )
    return [text for _, text in sorted(told)]


def test_ten_thousand_datasets_are_scrolled_from_end_to_end(browser: Browser, large: Served) -> None:
    context, page, faults = entered(browser, large, "viewer")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/datasets?sort=name")
    grid = page.get_by_role("grid", name="Datasets")
    expect(grid).to_have_attribute("aria-rowcount", str(DATASETS + 1))
    expect(page.get_by_text("10,000 datasets")).to_be_visible()
    assert rows(page)[0] == name(0)
    assert nodes(page) < NODES
    lists = {url for url in asked if "/api/v1/datasets?" in url}  # again, should something be new
    assert len(lists) == 1, "the lines of all rows come with them"

    grid.focus()
    page.keyboard.press("End")
    expect(page.get_by_role("link", name=name(DATASETS - 1))).to_be_visible()
    expect(grid).to_have_attribute("aria-activedescendant", f"Datasets-{name(DATASETS - 1)}")
    assert nodes(page) < NODES
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowUp")
    expect(grid).not_to_have_attribute("aria-activedescendant", f"Datasets-{name(DATASETS - 1)}")
    page.keyboard.press("Home")
    expect(page.get_by_role("link", name=name(0), exact=True)).to_be_visible()
    for place in range(0, 360_000, 30_000):
        grid.evaluate("(box, top) => { box.scrollTop = top; }", place)
        page.wait_for_timeout(50)
        assert nodes(page) < NODES
    middle = page.get_by_role("link", name=re.compile(r"^d09\d{3}$"))
    expect(middle.first).to_be_attached()
    assert len([url for url in asked if "/api/v1/datasets?" in url]) < 40, (
        "no page that is not seen is asked for"
    )
    assert faults == []
    context.close()


def test_a_word_finds_a_dataset_and_stands_there_as_it_is_typed(browser: Browser, large: Served) -> None:
    context, page, faults = entered(browser, large, "viewer")
    page.goto("/datasets")
    assert rows(page)[0] == name(7)  # the one in trouble
    expect(page.get_by_role("row").filter(has_text=name(7))).to_contain_text(LATE)
    field = page.get_by_role("searchbox", name="Search")
    field.focus()
    page.keyboard.type("d0404")
    expect(field).to_have_value("d0404")
    expect(page).to_have_url(re.compile("q=d0404"))
    expect(page.get_by_text("10 datasets fit")).to_be_visible()
    assert rows(page) == [name(at) for at in range(4040, 4050)]
    context.close()
    assert faults == []


def test_filters_and_orders_stand_in_the_address(browser: Browser, large: Served) -> None:
    context, page, faults = entered(browser, large, "viewer")
    page.goto("/datasets")
    page.get_by_label("Owner").select_option("team 3")
    expect(page.get_by_text("1,000 datasets fit")).to_be_visible()
    page.get_by_role("columnheader", name="Rows, 24 h").get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"sort=rows&owner=team\+3"))
    expect(page.get_by_role("columnheader", name="Rows, 24 h")).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("link", name=name(993))).to_be_visible()
    page.get_by_role("columnheader", name="Rows, 24 h").get_by_role("button").press("Enter")
    expect(page.get_by_role("columnheader", name="Rows, 24 h")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("link", name=name(3), exact=True)).to_be_visible()
    page.reload()
    assert rows(page)[0] == name(3)
    expect(page.get_by_label("Owner")).to_have_value("team 3")
    page.get_by_label("Domain").select_option("domain 4")
    expect(page.get_by_text("No dataset fits")).to_be_visible()
    page.get_by_role("button", name="Drop 2 filters").click()
    expect(page.get_by_text("10,000 datasets")).to_be_visible()
    assert faults == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_anybody_can_use_the_list(browser: Browser, large: Served, scheme: str, width: int) -> None:
    context, page, faults = entered(
        browser, large, "viewer", color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    page.goto("/datasets?sort=score")
    assert len(rows(page)) > 8
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("grid").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("row").filter(has_text=name(DATASETS - 1))).to_be_visible()
    assert nodes(page) < NODES
    assert faults == []
    context.close()

"""Links lead somewhere, every page can be reached, and generated pages are up to date."""

from __future__ import annotations

import re
import runpy
from functools import cache
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, name_of

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("*/README.md")])
GENERATED = runpy.run_path(str(DOCS / "generate.py"))["pages"]()
_CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)|\b(?:src|srcset|href)=\"([^\"]+)\"")


@cache
def prose(page: Path) -> str:
    return _CODE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """The links of a page that stay in the repository."""
    found = ("".join(pair) for pair in _LINK.findall(prose(page)))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_reached_from_the_index() -> None:
    reached, open_pages = set(), [DOCS / "index.md"]
    while open_pages:
        page = open_pages.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        open_pages += [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
    assert set(DOCS.rglob("*.md")) - reached == set()
    assert "docs/index.md" in links(ROOT / "README.md")


@pytest.mark.parametrize("page", GENERATED, ids=name_of)
def test_generated_pages_are_what_the_code_says(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == GENERATED[page], "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_code_blocks_name_their_language(page: Path) -> None:
    fences = re.findall(r"^ *```(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(fences) % 2 == 0
    assert [number for number, fence in enumerate(fences[::2]) if not fence] == []

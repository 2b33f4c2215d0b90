"""Every Python block of the documentation runs, those of a page one after the other."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest
from tests.docs.blocks import PAGES, blocks, name_of

WITH_PYTHON = [page for page in PAGES if any(block.language == "python" for block in blocks(page))]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=name_of)
def test_python_of_a_page_runs(page: Path, folder: Path) -> None:
    """In one namespace; an `assert` in a block is checked like any other line."""
    names: dict[str, object] = {"__name__": "__page__"}
    for block in blocks(page):
        if block.language == "setup":
            subprocess.run(["sh", "-c", block.code], cwd=folder, check=True)
        elif block.language == "python":
            parsed = ast.parse(block.code)
            if block.reason is None:
                lines = "\n" * block.line  # so that a traceback shows the page's own lines
                exec(compile(f"{lines}{block.code}", name_of(page), "exec"), names)
            else:
                assert parsed.body

"""Python in the documentation, also where it is not run: it parses, and what it imports is there."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, blocks, name_of

PYTHON = [
    pytest.param(block.code, id=f"{name_of(page)}:{block.line}")
    for page in PAGES
    for block in blocks(page)
    if block.language == "python"
]


@pytest.mark.parametrize("code", PYTHON)
def test_what_a_block_imports_exists(code: str) -> None:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            module = import_module(node.module or "")
            for alias in node.names:
                if not hasattr(module, alias.name):
                    import_module(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                import_module(alias.name)


@pytest.mark.parametrize("page", sorted(Path(__file__).parents[2].glob("docs/guides/*.md")), ids=name_of)
def test_guides_import_from_the_package_itself(page: Path) -> None:
    """Deeper modules may move; what a guide cannot do without is named in ALLOWED with its reason."""
    deep = {
        node.module
        for block in blocks(page)
        if block.language == "python"
        for node in ast.walk(ast.parse(block.code))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sentineldq.")
    }
    assert deep - ALLOWED == set()


ALLOWED = {
    "sentineldq.checks.definition",  # the annotations of parameters and the types of columns
    "sentineldq.readers.csv",  # the CSV reader by itself
    "sentineldq.contracts.formats",  # formats of other tools
}

"""The locked requirements, which a machine with the oldest Python that is promised has to be able to install."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
LOCKED = re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / "test.txt").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def oldest() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return f"{project['requires-python'].removeprefix('>=')}.0"


@pytest.mark.parametrize("name", LOCKED)
def test_a_requirement_can_be_installed_on_the_oldest_python(name: str, oldest: str) -> None:
    asked = metadata.metadata(name).json.get("requires_python")
    assert not asked or SpecifierSet(str(asked)).contains(oldest), (
        f"it asks for {asked}: see requirements/limits.in"
    )

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import sentineldq

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "sentineldq"
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Written in pieces so that this file does not find itself.
HOSTS = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "conda" + r"\.anaconda"])
)
MACHINE_PATHS = re.compile(r"(?<![\w./<-])/(?:work|root|home/[a-z]+|tmp/v)/")


@cache
def tracked() -> dict[str, str]:
    """Every tracked text file with its contents."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    texts = {}
    for name in filter(None, listed.split("\0")):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in content[:8192]:
            texts[name] = content.decode("utf-8", "replace")
    return texts


@pytest.mark.parametrize("forbidden", [HOSTS, MACHINE_PATHS], ids=["registry hosts", "machine paths"])
def test_no_tracked_file_names(forbidden: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in tracked().items()
        for number, line in enumerate(text.splitlines(), 1)
        if forbidden.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_requirement_has_hashes(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if line and not line.lstrip().startswith("#")]
    requirements = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    assert requirements
    for number in requirements:
        assert re.fullmatch(r"[a-z0-9.-]+==[^ ]+( ; .+)? \\", lines[number])
        assert lines[number + 1].startswith("    --hash=sha256:")


@pytest.mark.parametrize(("lock", "extras"), [("core.txt", False), ("test.txt", True)])
def test_lock_covers_the_declared_dependencies(lock: str, extras: bool) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = list(project["dependencies"])
    if extras:
        declared += [item for extra in project["optional-dependencies"].values() for item in extra]
    names = {re.match(r"[\w.-]+", item)[0].lower().replace("_", "-") for item in declared}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements" / lock).read_text(), re.MULTILINE))
    assert names - locked - {"sentineldq"} == set()


def test_every_import_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    known = (
        {re.match(r"[\w.-]+", item)[0].lower().replace("-", "_") for item in declared}
        | sys.stdlib_module_names
        | {"sentineldq"}
    )
    known |= {"dateutil", "dotenv", "py4j", "yaml"}  # of python-dateutil, python-dotenv, pyspark and pyyaml
    known |= {"argon2", "multipart"}  # of argon2-cffi and python-multipart
    foreign = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _imported(node)
        if name.split(".")[0] not in known
    }
    assert foreign == set()


def test_every_extra_that_an_error_recommends_exists() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    sources = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    assert set(re.findall(r'MissingExtraError\([^)]*extra="([^"]+)"', sources)) - extras.keys() == set()


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*.py")
        if not path.name.startswith("_") or path.name == "__init__.py"
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("name", sentineldq.__all__)
def test_every_public_name_exists_and_is_documented(name: str) -> None:
    assert getattr(sentineldq, name) is not None
    prose = [text for path, text in tracked().items() if path == "README.md" or path.startswith("docs/")]
    assert any(re.search(rf"\b{name}\b", text) for text in prose)


def test_changelog_has_an_unreleased_section() -> None:
    assert re.search(r"^## \[?Unreleased\]?", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_every_make_target_is_listed_by_help() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)[1].split())
    assert phony == set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))

"""`sentinel init`: copies of what is shipped, and nothing overwritten."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sentineldq.pipeline import template
from sentineldq.pipeline.gold.model import load_models
from sentineldq.pipeline.project import load_project
from tests.cli.tiny import register

SHIPPED = Path(__file__).parents[2] / "projects"


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    register(monkeypatch, "init")


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_list_names_every_shipped_project(sentinel, folder):
    ran = sentinel("init", "--list")
    assert (ran.code, ran.err) == (0, "")
    assert {line.split()[0] for line in ran.out.splitlines()} == {
        *(path.parent.name for path in SHIPPED.glob("*/sentinel.yaml")),
        "empty",
    }
    assert "Public events of GitHub" in ran.out
    assert not (folder / "github").exists()


@pytest.mark.parametrize("name", ["github", "market", "commerce"])
def test_a_template_is_a_whole_project(sentinel, folder, name):
    """All that is under version control, and nothing that runs left behind."""
    ran = sentinel("init", "mine", "--template", name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-4:] == ["  cd mine", *(f"  sentinel {step}" for step in STEPS)]
    listed = subprocess.run(
        ["git", "ls-files", "."], cwd=SHIPPED / name, capture_output=True, text=True, check=True
    ).stdout.split()
    assert names(folder / "mine") == {*listed, ".gitignore"}
    assert (folder / "mine/.gitignore").read_text() == ".sentinel/\n.env\n"
    project = load_project(folder / "mine")
    assert project.name == name
    for pipeline in project.settings.pipelines:
        assert project.agreement(pipeline)[1].properties
        project.source(pipeline)


STEPS = ("doctor", "run", "status")


def test_without_a_folder_it_is_named_like_the_template(sentinel, folder):
    assert sentinel("init").code == 0
    assert (folder / "github/sentinel.yaml").is_file()


def test_an_empty_project_can_be_loaded(sentinel, folder):
    ran = sentinel("init", "My Shop (2)", "--template", "empty")
    assert ran.code == 0
    assert "contract infer" in ran.out
    project = load_project(folder / "My Shop (2)")
    assert (project.name, project.settings.pipelines) == ("my_shop_2", {})
    assert load_models(project.root / "gold") == []


def test_the_example_in_an_empty_project_works(sentinel, folder):
    """What its comment shows, taken out of the comment."""
    assert sentinel("init", "new", "--template", "empty").code == 0
    text = (folder / "new/sentinel.yaml").read_text().replace("pipelines: {}\n", "")
    (folder / "new/sentinel.yaml").write_text(
        "".join(line.removeprefix("# ") for line in text.splitlines(keepends=True) if "reads" not in line)
    )
    (folder / "new/contracts/orders.odcs.yaml").write_bytes((folder / "orders.odcs.yaml").read_bytes())
    project = load_project(folder / "new")
    assert project.agreement("orders")[0].name
    assert project.source("orders").kind == "files"


def test_nothing_is_overwritten_without_force(sentinel, folder):
    (folder / "contracts").mkdir()
    (folder / "contracts/events.odcs.yaml").write_text("mine\n")
    (folder / ".gitignore").write_text("*.log\n.env")
    before = names(folder)
    ran = sentinel("init", ".", "-t", "github")
    assert ran.code == 2
    assert "contracts/events.odcs.yaml" in ran.err
    assert "--force" in ran.err
    assert names(folder) == before
    assert (folder / "contracts/events.odcs.yaml").read_text() == "mine\n"
    ran = sentinel("init", ".", "-t", "github", "--force")
    assert ran.code == 0
    assert "apiVersion" in (folder / "contracts/events.odcs.yaml").read_text()
    assert (folder / ".gitignore").read_text() == "*.log\n.env\n.sentinel/\n"
    assert (folder / "orders.csv").is_file()


def test_an_unknown_template_is_named_with_the_nearest(sentinel, folder):
    ran = sentinel("init", "x", "-t", "githup")
    assert ran.code == 2
    assert "did you mean 'github'?" in ran.err
    assert not (folder / "x").exists()


def test_a_folder_that_is_a_file_is_an_error(sentinel):
    ran = sentinel("init", "orders.csv", "-t", "empty")
    assert ran.code == 3
    assert "cannot write orders.csv/" in ran.err


def test_projects_inside_the_package_come_first(tmp_path, monkeypatch):
    """As in an installed wheel, where there is no checkout around it."""
    module = tmp_path / "sentineldq/pipeline/template.py"
    shipped = tmp_path / "sentineldq/projects/tiny"
    module.parent.mkdir(parents=True)
    (shipped / ".sentinel").mkdir(parents=True)
    (shipped / "sentinel.yaml").write_text("name: tiny\ndescription: A tiny one.\n")
    (shipped / ".sentinel/left.json").write_text("{}")
    (shipped / "run.log").write_text("left behind")
    monkeypatch.setattr(template, "__file__", str(module))
    assert list(template.templates()) == ["tiny", "empty"]
    assert template.templates()["tiny"] == "A tiny one."
    assert list(template.files("tiny", name="x")) == ["sentinel.yaml"]

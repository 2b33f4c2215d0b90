"""Servers over a project that has run, and over one that has not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from sentineldq.pipeline.project import Project, load_project
from sentineldq.pipeline.round import run_round
from sentineldq.telemetry.metrics import Metrics
from tests.server.process import Process, starting
from tests.server.serving import Served, serving
from tests.server.stores import on_postgres

GITHUB = Path(__file__).parents[2] / "projects" / "github"


def copied(folder: Path) -> Path:
    """The project of GitHub's events in a folder, with two thousand simulated records."""
    shutil.copytree(GITHUB, folder, ignore=shutil.ignore_patterns(".sentinel"))
    settings = folder / "sentinel.yaml"
    text = settings.read_text().replace("records: 20000", "records: 2000").replace("rate: 500", "rate: 100")
    settings.write_text(text)
    return folder


def run_in(folder: Path) -> Project:
    """The project in a folder, with bronze, silver, quarantine, gold and profiles."""
    project = load_project(folder, simulated=True)
    with project.open_lake() as lake, project.open_store() as store:
        done = run_round(project, lake=lake, store=store, metrics=Metrics())
    assert done.worst == "succeeded", done
    return project


@pytest.fixture(scope="session", autouse=True)
def _stores(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stores on Postgres, where the command line asks for them."""
    if request.config.getoption("store") == "postgres":
        with on_postgres(request.getfixturevalue("postgres_url")):
            yield
    else:
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("store") == "postgres":
        apart = [item for item in items if item.get_closest_marker("apart")]
        config.hook.pytest_deselected(items=apart)
        items[:] = [item for item in items if item not in apart]
    _one_id_each(items)


def _one_id_each(items: list[pytest.Item]) -> None:
    """Each operation of the API has an id of its own, which Schemathesis leaves out: of tests of one id xdist runs one."""
    for item in items:
        before, _, last = item.nodeid.rpartition("::")
        if item.name.startswith(f"{last}["):
            item._id = type(item.id).parse(f"{before}::{item.name}")


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that has run; many tests read it."""
    return run_in(copied(tmp_path_factory.mktemp("server") / "github"))


@pytest.fixture(scope="session")
def served(ran: Project) -> Iterator[Served]:
    """A server over a project that has run; what a test adds stays for the others."""
    with serving(ran) as found:
        yield found


@pytest.fixture(scope="session")
def open_served(ran: Project) -> Iterator[Served]:
    """The same project where nobody has to say who they are."""
    with serving(ran, open_=True) as found:
        yield found


@pytest.fixture
def empty(tmp_path: Path) -> Project:
    """A project that has never run."""
    return load_project(copied(tmp_path / "github"), simulated=True)


@pytest.fixture
def fresh(empty: Project) -> Iterator[Served]:
    """A server over a project that has never run, for one test alone."""
    with serving(empty) as found:
        yield found


@pytest.fixture
def start(empty: Project) -> Iterator[Callable[..., Process]]:
    """Start `sentinel serve` over a project that has never run; ended with the test."""
    with starting() as begin:
        yield partial(begin, empty)

"""A lake, a store and a project in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sentineldq.lake.open import Lake, open_lake
from sentineldq.pipeline.dataset import Dataset
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.runner import Runner
from sentineldq.store.database import Store
from sentineldq.store.open import open_store
from tests.pipeline import parts
from tests.servers import catalogs, minio, postgres_catalog, rest_catalog, s3

__all__ = ["catalogs", "minio", "postgres_catalog", "rest_catalog", "s3"]


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with open_lake(warehouse=str(tmp_path / "lake")) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


@pytest.fixture
def dataset(lake: Lake) -> Callable[..., Dataset]:
    """The tables of a dataset, opened anew, by the options of its contract."""
    return lambda **options: Dataset(lake, parts.DATASET, parts.rules(**options))


@pytest.fixture
def runner(tmp_path: Path, lake: Lake, store: Store) -> Callable[..., Runner]:
    """A runner of a project, made anew; the source and the contract's options are given."""
    root = tmp_path / "project"

    def made(source: parts.Given, **options: Any) -> Runner:
        if options or not root.exists():
            parts.write_project(root, **options)
        found = Runner(load_project(root), parts.DATASET, lake=lake, store=store)
        found.source = source
        return found

    return made

"""Lakes over every kind of catalog and warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sentineldq.lake.open import Lake, open_lake
from tests.servers import catalogs, minio, postgres_catalog, rest_catalog, s3

__all__ = ["catalogs", "minio", "postgres_catalog", "rest_catalog", "s3"]

KINDS = [
    "sqlite",
    "postgres",
    pytest.param("rest", marks=pytest.mark.rest),
    pytest.param("s3", marks=pytest.mark.s3),
]


@pytest.fixture(params=KINDS)
def lake(request, tmp_path) -> Iterator[Lake]:
    """An empty lake: SQLite and a local folder, a Postgres catalog, a REST catalog, an S3 warehouse."""
    settings: dict[str, Any] = {"warehouse": str(tmp_path / "lake")}
    if request.param == "postgres":
        settings["catalog"] = request.getfixturevalue("postgres_catalog")
    if request.param == "rest":
        settings["catalog"] = request.getfixturevalue("rest_catalog")
    if request.param == "s3":
        settings = {
            "warehouse": request.getfixturevalue("s3"),
            "catalog": f"sqlite:///{tmp_path}/catalog.db",
        }
    with open_lake(**settings) as made:
        yield made


@pytest.fixture
def local(tmp_path) -> Iterator[Lake]:
    """A lake in a folder, where the kind makes no difference."""
    with open_lake(warehouse=str(tmp_path / "lake")) as made:
        yield made

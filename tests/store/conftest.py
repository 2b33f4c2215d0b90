"""A store in each database, empty for every test."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from sentineldq.store.database import Store
from sentineldq.store.open import open_store


@pytest.fixture(scope="module")
def postgres_schema(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Makes fresh schemas on the one Postgres, and drops them at the end."""
    server = request.getfixturevalue("postgres_url")
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"))
    made: list[str] = []

    def make() -> str:
        made.append(f"store_{uuid.uuid4().hex[:12]}")
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {made[-1]}"))
        return f"{server}&options=-csearch_path%3D{made[-1]}"

    yield make
    for name in made:  # a transaction each: one for all would take too many locks
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres_url"))])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that has nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder/store.db"
    make: Callable[[], str] = request.getfixturevalue("postgres_schema")
    return make()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened

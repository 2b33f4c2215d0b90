"""Every project of a test on Postgres: simulated ones, as nearly all here are, keep their store in a file otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from sentineldq.pipeline.project import Project


def schema(url: str, name: str) -> str:
    """The URL of a schema of a Postgres, made where it is missing."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"


@contextmanager
def on_postgres(url: str) -> Iterator[None]:
    """Until the block ends, each project of this process has its store in a schema of its own."""

    def store_url(project: Project) -> str:
        return schema(url, f"s_{hashlib.sha256(str(project.state).encode()).hexdigest()[:16]}")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Project, "store_url", property(store_url))
        yield

"""Every project of a test on Postgres: simulated ones, as nearly all here are, keep their store in a file otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sentineldq.pipeline.project import Project
from tests.servers import schema


@contextmanager
def on_postgres(url: str) -> Iterator[None]:
    """Until the block ends, each project of this process has its store in a schema of its own."""

    def store_url(project: Project) -> str:
        return schema(url, f"s_{hashlib.sha256(str(project.state).encode()).hexdigest()[:16]}")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Project, "store_url", property(store_url))
        yield

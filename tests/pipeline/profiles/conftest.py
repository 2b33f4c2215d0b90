"""A store in each database: what is profiled is the same in both."""

from __future__ import annotations

from tests.store.conftest import postgres_schema, store, url

__all__ = ["postgres_schema", "store", "url"]

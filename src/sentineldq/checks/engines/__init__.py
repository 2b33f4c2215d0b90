"""Engines: where the plan of a batch runs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sentineldq.errors import UsageError, suggest

if TYPE_CHECKING:
    from sentineldq.checks.engines.base import Engine

ENGINES = ("polars", "duckdb", "spark")


def engine(name: str) -> Engine:
    """The engine of that name; raises UsageError for an unknown one."""
    if name not in ENGINES:
        raise UsageError(f"there is no engine {name!r}", hint=suggest(name, ENGINES))
    found: Engine = import_module(f"sentineldq.checks.engines.{name}").ENGINE
    return found

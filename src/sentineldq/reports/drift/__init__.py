"""A comparison, shown in many ways: `render(compared, "html")`; each format is one module with one `render`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sentineldq.errors import UsageError, suggest
from sentineldq.pipeline.drift.compared import Compared

FORMATS = ("table", "json", "html", "markdown")
"""Each is the module of its name; imported on first use."""


def render(compared: Compared, format: str, **options: Any) -> str:  # noqa: A002 - the option's name everywhere
    """The comparison as text in one of FORMATS; `options` are those of that format's own `render`.

    Raises UsageError where the format is unknown.
    """
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}", hint=suggest(format, FORMATS))
    write: Callable[..., str] = import_module(f"sentineldq.reports.drift.{format}").render
    return write(compared, **options)

"""One result, shown in many ways: `render(result, "html")`; each format is one module with one `render`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sentineldq.checks.model import Result
from sentineldq.errors import UsageError, suggest

#: Format -> module; imported on first use, since rich alone costs more than a small check.
FORMATS = {
    "table": "sentineldq.reports.table",
    "json": "sentineldq.reports.json",
    "junit": "sentineldq.reports.junit",
    "sarif": "sentineldq.reports.annotations",
    "html": "sentineldq.reports.html",
}


def render(result: Result, format: str, **options: Any) -> str:  # noqa: A002 - the option's name everywhere
    """The result as text in one of FORMATS; `options` are those of that format's own `render`.

    Raises UsageError where the format is unknown.
    """
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}", hint=suggest(format, FORMATS))
    write: Callable[..., str] = import_module(FORMATS[format]).render
    return write(result, **options)

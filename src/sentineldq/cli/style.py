"""How help looks: the same for all commands."""

from __future__ import annotations

import os
from typing import Any

#: What every command inherits: help of at most 100 columns, defaults shown, NO_COLOR heeded.
SETTINGS: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    "max_content_width": 100,
    "show_default": True,
    "color": False if os.environ.get("NO_COLOR") else None,
}

KEEP = "\b"  # what follows keeps its lines


def paragraph(*lines: str) -> str:
    """A paragraph that keeps its lines."""
    return "\n".join([KEEP, *lines])


def examples(*commands: str) -> str:
    """The end of a command's help."""
    return paragraph("Examples:", *(f"  {command}" for command in commands))

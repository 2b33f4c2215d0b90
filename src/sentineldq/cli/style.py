"""How help looks: the same for all commands."""

from __future__ import annotations

from typing import Any

#: Plain help of at most 100 columns: it reads in any terminal and loads nothing.
SETTINGS: dict[str, Any] = {
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 100},
}

KEEP = "\b"  # what follows keeps its lines


def paragraph(*lines: str) -> str:
    """A paragraph that keeps its lines."""
    return "\n".join([KEEP, *lines])


def examples(*commands: str) -> str:
    """The end of a command's help."""
    return paragraph("Examples:", *(f"  {command}" for command in commands))

"""What standard output can show: how wide, in colours or not, and which characters."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPED = 100
"""The width where there is no terminal."""


def columns() -> int:
    """The terminal's width (COLUMNS wins), or PIPED."""
    return shutil.get_terminal_size((PIPED, 24)).columns


def coloured() -> bool:
    """Whether standard output is a terminal, and nobody said NO_COLOR."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def console(out: StringIO, *, width: int, colour: bool) -> Console:
    """Something to print on that leaves texts as they are."""
    from rich.console import Console  # what asks for colours alone needs none

    return Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )


def encodable(text: str, signs: Mapping[int, str], encoding: str | None = None) -> str:
    """The text as that encoding (by default standard output's) can hold it: our signs in ASCII, the rest escaped.

    signs: as `str.maketrans` gives them.
    """
    chosen = encoding or sys.stdout.encoding or "utf-8"
    try:
        text.encode(chosen)
    except UnicodeEncodeError:
        return text.translate(signs).encode(chosen, "backslashreplace").decode(chosen)
    return text

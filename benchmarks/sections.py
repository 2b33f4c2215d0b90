"""Sections of RESULTS.md that stand between markers: each is replaced by itself, and outlives the others."""

from __future__ import annotations

import re
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


def marked(name: str, text: str) -> str:
    """A section between its markers."""
    return f"<!-- {name}: begin -->\n{text.strip()}\n<!-- {name}: end -->"


def kept() -> list[str]:
    """Every marked section there is."""
    return [found[0] for found in _SECTION.finditer(RESULTS.read_text(encoding="utf-8"))]


def keep(name: str, text: str) -> None:
    """Put a section in place of the one of its name, else at the end."""
    held, fresh = RESULTS.read_text(encoding="utf-8"), marked(name, text)
    names = [found[1] for found in _SECTION.finditer(held)]
    if name in names:
        held = _SECTION.sub(lambda found: fresh if found[1] == name else found[0], held)
    else:
        held = f"{held.rstrip()}\n\n{fresh}\n"
    RESULTS.write_text(held, encoding="utf-8")


_SECTION = re.compile(r"<!-- (\w+): begin -->.*?<!-- \1: end -->", re.DOTALL)

"""A problem: one fault of a contract, with the place where it is."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["error", "warning", "note"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One fault; `path` is as in `schema[0].properties[2].name`, `line` counts from 1 where it is known."""

    rule: str
    level: Level = "error"
    path: str = ""
    line: int | None = None
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        place = ": ".join(part for part in (f"line {self.line}" if self.line else "", self.path) if part)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.hint})" if self.hint else text

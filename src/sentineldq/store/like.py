"""Texts as they stand in a LIKE: `%` and `_` mean themselves."""

from __future__ import annotations

ESCAPE = "\\"


def escaped(text: str) -> str:
    """A text in which nothing stands for anything else."""
    for sign in (ESCAPE, "%", "_"):
        text = text.replace(sign, ESCAPE + sign)
    return text

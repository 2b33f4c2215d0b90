"""Random numbers, and words to choose from."""

from __future__ import annotations

from random import Random


def seeded(*about: object) -> Random:
    """Random numbers of their own for each subject; seeded by text, which Python hashes alike everywhere."""
    return Random("/".join(map(str, about)))  # noqa: S311  simulated data, no secret


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())

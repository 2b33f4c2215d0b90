"""A line of a diagnosis, and the boundary around each of its examinations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import msgspec

from sentineldq.errors import LakeError, SentinelError, first_line

Level = Literal["ok", "warning", "problem"]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at (`about`), how it is, where that is said or lies, and how to mend it."""

    level: Level
    about: str
    what: str
    where: str | None = None
    hint: str | None = None


def plural(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def fault_note(about: str, fault: SentinelError, where: str | None = None) -> Note:
    """An error as a problem; of a table only the reason, since `about` or `where` names it."""
    told = fault.reason if isinstance(fault, LakeError) else fault.message
    return Note(level="problem", about=about, what=told, where=where, hint=fault.hint)


def attempt(
    about: str, where: str | None, examine: Callable[..., Iterable[Note]], *given: Any
) -> Iterator[Note]:
    """The notes of one examination; one that fails is a problem itself, and stops no other."""
    try:
        yield from examine(*given)
    except SentinelError as fault:
        yield fault_note(about, fault, where)
    except Exception as fault:  # noqa: BLE001  # whatever a library raises: it is what the doctor was called for
        told = f"{type(fault).__name__}: {first_line(fault)}"
        yield Note(level="problem", about=about, what=told, where=where)

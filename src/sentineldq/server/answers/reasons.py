"""Reasons against records, as they are answered."""

from __future__ import annotations

import re
from collections.abc import Collection

from pydantic import BaseModel

from sentineldq.pipeline.validate import Reason


class ErrorOut(BaseModel):
    """One reason against one record. Values of classified columns read `***`."""

    check: str
    path: str
    message: str
    expected: str | None
    found: str | None


def error(reason: Reason, private: frozenset[str]) -> ErrorOut:
    """A reason as it is answered: of a classified column no value is quoted."""
    hidden = any(hides(path, private) for path in reason.path.split(", "))
    expected = reason.expected
    message = f"{reason.path}: expected {expected or 'another value'}" if hidden else reason.message
    return ErrorOut(
        check=reason.check,
        path=reason.path,
        message=message,
        expected=expected,
        found="***" if hidden and reason.found is not None else reason.found,
    )


def hides(path: str, private: Collection[str]) -> bool:
    """Whether a place in a record (`labels[2].name`) is that of a classified column, or holds one."""
    plain = re.sub(r"\[\d+\]", "[]", path)
    return any(
        plain == one
        or one.startswith((f"{plain}.", f"{plain}[]"))
        or plain.startswith((f"{one}.", f"{one}[]"))
        for one in private
    )

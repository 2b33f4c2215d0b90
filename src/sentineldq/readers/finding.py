"""A fault of the input itself, found while reading it."""

from __future__ import annotations

import msgspec


class Finding(msgspec.Struct, kw_only=True, rename="camel", omit_defaults=True):
    """One fault, in the shape of a Frictionless report error (Frictionless Framework v5).

    `row_number` and `field_number` count from 1; the header is row 1.
    """

    type: str
    message: str
    row_number: int | None = None
    field_number: int | None = None
    field_name: str | None = None
    cells: list[str] | None = None

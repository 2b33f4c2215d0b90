"""Importers and exporters of contracts, one file per format, loaded when asked for by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from sentineldq.errors import UsageError, suggest

if TYPE_CHECKING:
    from sentineldq.contracts.formats.base import Format

FORMATS = {
    "gx": "Great Expectations suite (JSON, 0.x and 1.x)",
    "dbt": "dbt schema.yml",
    "jsonschema": "JSON Schema (draft-07 to 2020-12)",
    "avro": "Avro schema",
    "soda": "Soda v4 contract",
    "pandera": "Pandera schema (YAML)",
    "rules": "required_fields / field_types / value_constraints",
}


def find(name: str) -> Format:
    """The format of that name. Raises UsageError naming the known ones."""
    if name not in FORMATS:
        raise UsageError(f"there is no format named {name!r}", hint=suggest(name, FORMATS))
    return cast("Format", import_module(f"{__name__}.{name}"))

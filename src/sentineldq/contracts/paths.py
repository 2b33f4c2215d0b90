"""Places in a contract: `schema[0].properties[2].name`, and what a relationship's reference points to.

References come in two notations (ODCS, "References"): by name, `customers.address.street`, and by id,
`schema/customers_tbl/properties/street_field`; both may start with a file, `other.odcs.yaml#…`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from sentineldq.contracts.model import Contract, Property, SchemaObject

_PLAIN = re.compile(r"[^\s.\[\]\"]+")
_LAST = re.compile(r"(?:(?:^|\.)[^\s.\[\]\"]+|\[\d+\]|\[\"(?:[^\"\\]|\\.)*\"\])\Z")


def join(path: str, key: str | int) -> str:
    """The path of a member: `a` and `b` give `a.b`, `a` and 2 give `a[2]`; odd keys are quoted."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not _PLAIN.fullmatch(key):
        return f"{path}[{json.dumps(key)}]"
    return f"{path}.{key}" if path else key


def parent(path: str) -> str:
    """The path without its last step; the root is the empty path."""
    return _LAST.sub("", path)


def external(reference: str) -> bool:
    """True when a reference points into another file."""
    return "#" in reference


def resolve(contract: Contract, reference: str) -> tuple[SchemaObject, Property | None] | None:
    """The object, and the property where one is named, that a reference means; None when there is none."""
    by_id = "/" in reference
    steps = _id_steps(reference) if by_id else reference.split(".")
    if not steps:
        return None
    for table in contract.schema:
        if steps[0] in ((table.id,) if by_id else (table.name, table.physical_name)):
            found = _descend(table.properties, steps[1:], by_id=by_id)
            if found is not None or len(steps) == 1:
                return table, found
    return None


def _id_steps(reference: str) -> list[str]:
    """The ids of `schema/a/properties/b/properties/c`; empty when the reference has another shape."""
    parts = reference.strip("/").split("/")
    sections = parts[::2]
    if len(parts) % 2 or sections[0] != "schema" or any(name != "properties" for name in sections[1:]):
        return []
    return parts[1::2]


def _descend(properties: Sequence[Property], steps: Sequence[str], *, by_id: bool) -> Property | None:
    for item in properties if steps else ():
        if steps[0] in ((item.id,) if by_id else (item.name, item.physical_name)):
            if len(steps) == 1:
                return item
            members = item.items.properties if item.items is not None else item.properties
            return _descend(members, steps[1:], by_id=by_id)
    return None

"""Facts kept with a table's snapshots: counts that are carried on, and texts."""

from __future__ import annotations

from collections.abc import Mapping

from pyiceberg.table import Table

from sentineldq.errors import LakeError
from sentineldq.lake.place import PLACE, PREFIX, SUM, TOKEN, ancestry


def head_facts(table: Table) -> dict[str, str]:
    """The facts of the newest commit of ours, by name; none for a table without one."""
    for snapshot in ancestry(table):
        known = snapshot.summary.additional_properties if snapshot.summary else {}
        if PLACE in known:
            return {
                name.removeprefix(PREFIX): value
                for name, value in known.items()
                if name.startswith(PREFIX) and name not in {PLACE, SUM, TOKEN}
            }
    return {}


def merge_facts(table: Table, facts: Mapping[str, str | int]) -> dict[str, str]:
    """What is known, with new facts: text replaces, an integer is added. Raises LakeError where it cannot be."""
    merged = head_facts(table)
    for name, value in facts.items():
        before = merged.get(name, "0")
        if isinstance(value, int) and not before.lstrip("-").isdecimal():
            raise LakeError(
                ".".join(table.name()), f"its fact {name!r} is {before!r}, which nothing can be added to"
            )
        merged[name] = str(int(before) + value) if isinstance(value, int) else value
    return {PREFIX + name: value for name, value in merged.items()}

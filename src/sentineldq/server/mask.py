"""What of a record's content may be shown, where the contract classifies some of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sentineldq.contracts.model import SchemaObject
from sentineldq.pipeline.replay.view import MASK
from sentineldq.server.answers.reasons import hides


def describe_only(value: Any, table: SchemaObject) -> tuple[Any, int]:
    """A record without the texts that the contract does not describe, and how many these were.

    A record that was refused may have what is classified under another name, or where nothing is expected.
    """
    known = {path for path, _ in table.walk()}
    found = [0]
    return _shown(value, "", known, found), found[0]


def _shown(value: Any, path: str, known: set[str], found: list[int]) -> Any:
    if isinstance(value, dict):
        inner = {name: f"{path}.{name}" if path else str(name) for name in value}
        return {name: _shown(value[name], inner[name], known, found) for name in value}
    if isinstance(value, list):
        return [_shown(item, f"{path}[]", known, found) for item in value]
    if isinstance(value, str) and value and value != MASK and path and path not in known:
        found[0] += 1
        return MASK
    return value


def patch_without(patch: Mapping[str, Any], private: Collection[str]) -> dict[str, Any]:
    """A replay's patch without the values that it gave to what is classified; SQL may quote such a value anywhere."""
    texts = [(text, text.partition("=")[0]) for text in patch.get("set", ())]
    settings = [f"{path}={MASK}" if hides(path.strip(), private) else text for text, path in texts]
    return {"set": settings, "sql": MASK if patch.get("sql") and private else patch.get("sql")}

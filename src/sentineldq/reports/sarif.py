"""SARIF 2.1.0, the format in which code review tools take findings.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from sentineldq.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class SarifResult(msgspec.Struct, frozen=True, kw_only=True):
    """One finding at a place in a file; lines and columns count from 1.

    `key` tells findings of one rule in one file apart and should survive edits elsewhere in the file (a path
    in the document, not a line); the message serves where it is left empty.
    """

    rule: str
    level: Literal["error", "warning", "note"]
    message: str
    uri: str
    line: int | None = None
    column: int | None = None
    key: str = ""


def sarif(results: Iterable[SarifResult], *, rules: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A log with one run; `rules` maps rule ids to what each is about, unused ones are left out."""
    found = list(results)
    used = sorted({result.rule for result in found})
    about = rules or {}
    driver = {
        "name": "SentinelDQ",
        "version": __version__,
        "rules": [{"id": rule, "shortDescription": {"text": about.get(rule, rule)}} for rule in used],
    }
    entries = [_result(result, used.index(result.rule)) for result in found]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": entries}]}


def _result(result: SarifResult, index: int) -> dict[str, Any]:
    place: dict[str, Any] = {
        "artifactLocation": {"uri": quote(result.uri.replace("\\", "/"), safe="/:", errors="replace")}
    }
    if result.line is not None:
        place["region"] = {"startLine": result.line}
        if result.column is not None:
            place["region"]["startColumn"] = result.column
    return {
        "ruleId": result.rule,
        "ruleIndex": index,
        "level": result.level,
        "message": {"text": result.message},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"sentineldq/v1": _fingerprint(result)},
    }


def _fingerprint(result: SarifResult) -> str:
    """The same for the same finding wherever its line has moved."""
    parts = "\x1f".join((result.rule, result.uri, result.key or result.message))
    return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:32]

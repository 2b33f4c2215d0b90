"""The result as JSON: stable, always valid, described by `result.schema.json`."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

from sentineldq.checks.model import Result

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTITY = "urn:sentineldq:result:1"


def render(result: Result) -> str:
    """JSON (UTF-8, indented by 2), keys in the order of the structs, None as null.

    Dates are ISO 8601, decimals strings, bytes base64. JSON has no NaN and no infinity: a value of the data
    that is one becomes the string `"NaN"`, `"Infinity"` or `"-Infinity"`, a figure of ours becomes null.
    Lone surrogates, which UTF-8 cannot hold, become U+FFFD.
    """
    return json.dumps(plain(result), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plain(result: Result) -> dict[str, Any]:
    """The result in values that JSON has."""
    tree: dict[str, Any] = msgspec.to_builtins(_without_data(result))
    for check, outcome in zip(tree["checks"], result.checks, strict=True):
        check["observed"] = _value(outcome.observed)
        check["samples"] = [_value(sample) for sample in outcome.samples]
    return {key: _figure(item) for key, item in tree.items()}


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of what `render` writes; published as `result.schema.json`.

    All fields of a result and of a check are always written, hence required. A reader should ignore keys it
    does not know: new ones may come, none will go or change meaning within one version of the schema.
    """
    made = msgspec.json.schema(Result)
    for name in ("Result", "Outcome"):
        made["$defs"][name]["required"] = list(made["$defs"][name]["properties"])
    head = {"$schema": DIALECT, "$id": IDENTITY, "title": "SentinelDQ result"}
    return head | made


def _without_data(result: Result) -> Result:
    """A copy whose checks hold nothing from the data, which msgspec may not know how to write."""
    bare = [msgspec.structs.replace(check, observed=None, samples=[]) for check in result.checks]
    return msgspec.structs.replace(result, checks=bare)


def _figure(item: Any) -> Any:
    """One of our own fields: no number that is not finite, no text that UTF-8 cannot hold."""
    if isinstance(item, dict):
        return {key: _figure(inside) for key, inside in item.items()}
    if isinstance(item, list):
        return [_figure(inside) for inside in item]
    if isinstance(item, float) and not math.isfinite(item):
        return None
    return _text(item) if isinstance(item, str) else item


def _value(item: Any) -> Any:
    """A value of the data, whatever its type."""
    if item is None or isinstance(item, bool | int):
        return item
    if isinstance(item, float):
        return item if math.isfinite(item) else _NAMES[str(item)]
    if isinstance(item, str):
        return _text(item)
    if isinstance(item, dict):
        return {_text(str(key)): _value(inside) for key, inside in item.items()}
    if isinstance(item, list | tuple | set | frozenset):
        return [_value(inside) for inside in item]
    return _value(msgspec.to_builtins(item, enc_hook=str))


_NAMES = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _text(text: str) -> str:
    """Surrogate pairs joined, lone ones replaced."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

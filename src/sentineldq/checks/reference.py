"""The catalogue in words: the reference page and `sentinel checks` are made from the definitions."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Annotated, Any, get_args, get_origin

import msgspec

from sentineldq.checks.bind import BOUNDS, INJECTED
from sentineldq.checks.definition import Definition
from sentineldq.errors import UsageError, suggest

READS = {
    "row": "each row",
    "relation": "each row, beside others",
    "value": "each value",
    "metric": "the whole column",
    "schema": "names and types",
    "query": "a query of its own",
}


class Parameter(msgspec.Struct, kw_only=True):
    """One parameter of a check; `default` is missing where the parameter is required."""

    name: str
    type: str
    required: bool
    default: Any = None


class Entry(msgspec.Struct, kw_only=True):
    """One kind of check."""

    kind: str
    summary: str
    details: str
    reads: str
    columns: str
    types: str
    dimension: str
    parameters: list[Parameter]


def describe(definition: Definition) -> Entry:
    """One definition in words."""
    summary, _, details = (inspect.getdoc(definition.function) or "").partition("\n")
    hints = definition.hints
    parameters = [
        Parameter(
            name=name,
            type=_type(hints.get(name, Any)),
            required=item.default is inspect.Parameter.empty,
            default=None if item.default is inspect.Parameter.empty else item.default,
        )
        for name, item in definition.parameters.items()
        if name not in INJECTED
    ]
    if definition.bounds:
        kinds = ("number", "number", "bool", "bool")
        parameters += [
            Parameter(name=name, type=kind, required=False) for name, kind in zip(BOUNDS, kinds, strict=True)
        ]
    return Entry(
        kind=definition.kind,
        summary=summary,
        details=details.strip(),
        reads=READS[definition.shape],
        columns=_columns(definition),
        types=(definition.types.__doc__ or "").split("\n", 1)[0].rstrip("."),
        dimension=definition.dimension,
        parameters=parameters,
    )


def _columns(definition: Definition) -> str:
    if definition.shape == "schema":
        return "none"
    return "several" if definition.many else "one"


def _type(hint: Any) -> str:
    if get_origin(hint) is Annotated:
        return {"bound": "value", "bounds": "values"}.get(get_args(hint)[1], str(get_args(hint)[1]))
    parts = [_type(part) for part in get_args(hint) if part is not type(None)]
    if get_origin(hint) is list:
        return f"list of {parts[0]}" if parts else "list"
    if parts and all(isinstance(part, str) for part in get_args(hint)):
        return " | ".join(str(part) for part in get_args(hint))
    if parts:
        return " or ".join(dict.fromkeys(parts))
    return getattr(hint, "__name__", str(hint))


def render(entries: Sequence[Entry], form: str) -> str:
    """The entries as a table for a terminal, as JSON or as a Markdown page; raises UsageError."""
    makers = {"table": _table, "json": _json, "markdown": _markdown}
    if form not in makers:
        raise UsageError(f"unknown format {form!r}", hint=suggest(form, makers))
    return makers[form](sorted(entries, key=lambda entry: entry.kind))


def _json(entries: Sequence[Entry]) -> str:
    return msgspec.json.format(msgspec.json.encode(entries, enc_hook=str), indent=2).decode() + "\n"


def _signature(entry: Entry) -> str:
    shown = [
        item.name
        if item.required
        else f"{item.name}={'' if item.default is None else item.default}".rstrip("=")
        for item in entry.parameters
    ]
    required = [name for name, item in zip(shown, entry.parameters, strict=True) if item.required]
    optional = [f"[{name}]" for name, item in zip(shown, entry.parameters, strict=True) if not item.required]
    return " ".join([*required, *optional])


def _table(entries: Sequence[Entry]) -> str:
    if len(entries) == 1:
        return _page(entries[0])
    width = max(len(entry.kind) for entry in entries)
    lines = [f"{entry.kind:<{width}}  {entry.summary}" for entry in entries]
    return "\n".join([*lines, "", f"{len(entries)} checks; `sentinel checks KIND` shows one.", ""])


def _page(entry: Entry) -> str:
    lines = [entry.kind, "", entry.summary]
    if entry.details:
        lines += ["", entry.details]
    lines += ["", f"reads      {entry.reads}", f"columns    {entry.columns}", f"dimension  {entry.dimension}"]
    lines.append(f"types      {entry.types}")
    if entry.parameters:
        lines += ["", "parameters"]
        width = max(len(item.name) for item in entry.parameters)
        lines += [
            f"  {item.name:<{width}}  {item.type}"
            + (", required" if item.required else "" if item.default is None else f", default {item.default}")
            for item in entry.parameters
        ]
    return "\n".join([*lines, ""])


def _markdown(entries: Sequence[Entry]) -> str:
    lines = ["| check | parameters | what it says | dimension |", "|---|---|---|---|"]
    lines += [
        f"| `{entry.kind}` | {_signature(entry).replace('|', chr(92) + '|')} "
        f"| {entry.summary} {' '.join(entry.details.split())} | {entry.dimension} |"
        for entry in entries
    ]
    return "\n".join([*lines, ""])

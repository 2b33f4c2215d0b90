r"""Pandera schemas of data frames, as YAML (what `DataFrameSchema.to_yaml` writes).

`str_matches` matches at the start of the text, so its pattern is read as `^(?:…)`; `str_contains` is written.
Source: https://pandera.readthedocs.io/en/stable/schema_inference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from sentineldq.contracts.formats.base import (
    Converted,
    Note,
    Source,
    Written,
    contract,
    dump_yaml,
    only,
    parse_yaml,
    place,
    rule,
    title,
    unheld,
)
from sentineldq.contracts.formats.clause import Clause, clauses, unsaid
from sentineldq.contracts.formats.expectations import LOGICAL, MisfitError
from sentineldq.contracts.formats.fold import say
from sentineldq.contracts.formats.structure import structure_notes
from sentineldq.contracts.model import Contract, Property, SchemaObject

WHY = "Pandera has no place for it"
REPORTING = ("report_duplicates", "unique_column_names", "version", "dataframe_library")
# logical type: the dtype without missing values, and the one that takes them
DTYPES = {
    "string": ("str", "str"),
    "integer": ("int64", "Int64"),
    "number": ("float64", "float64"),
    "boolean": ("bool", "boolean"),
    "timestamp": ("datetime64[ns]", "datetime64[ns]"),
}
VAGUE = {"object", "category", "any", "none"}
ANCHORED = re.compile(r"\^(?:[^|\\]|\\.)*")


class Test(msgspec.Struct, kw_only=True):
    """One check of the document."""

    name: str
    args: dict[str, Any]
    options: dict[str, Any]
    path: str


def read(text: str, *, name: str) -> Converted:
    """Read a schema. Raises ContractError when the document is none."""
    source = Source(name)
    data = source.mapping(parse_yaml(text, name), "")
    if data.pop("schema_type", "dataframe") != "dataframe" or "columns" not in data:
        source.refuse("schema_type", "the document is no schema of a data frame")
    label = source.optional(data.pop("name", None), "name") or name
    item = SchemaObject(name=label)
    item.description = source.optional(data.pop("description", None), "description")
    item.business_name = source.optional(data.pop("title", None), "title")
    for column, body in source.mapping(data.pop("columns", None), "columns").items():
        _column(source, item, column, source.mapping(body, f"columns.{column}"))
    _checks_of_frame(source, item, data.pop("checks", None))
    _columns_of_frame(source, item, data)
    unique = data.pop("unique", None)
    if isinstance(unique, str):
        unique = [unique]
    columns = source.strings(unique, "unique")
    if columns:
        item.quality.append(
            rule("unique_together", columns=columns, params={"ignore_missing": "never"})
            if len(columns) > 1
            else rule("unique", column=columns[0])
        )
    for index, body in enumerate(source.sequence(data.pop("index", None), "index")):
        source.note(f"index[{index}]", body, "a dataset has columns, no index")
    for silent in REPORTING:
        data.pop(silent, None)
    left = {key: value for key, value in data.items() if value is not False}
    source.rest(left, "", "it says how Pandera works, not what the data is")
    return Converted(contract(label, [item]), source.notes)


def _columns_of_frame(source: Source, item: SchemaObject, data: dict[str, Any]) -> None:
    """`strict` and `ordered`: which columns there are, and in which order."""
    strict, ordered = data.pop("strict", False), data.pop("ordered", False) is True
    names = [str(prop.name) for prop in item.properties]
    if strict is True:
        kind = "columns_in_order" if ordered else "columns_equal_set"
        params: dict[str, Any] = {"columns": names} if ordered else {"columns": names, "exact": True}
        item.quality.append(rule(kind, params=params))
    elif strict == "filter":
        source.note("strict", strict, "columns are not taken away")
    if ordered and strict is not True:
        source.note("ordered", "true", "the order of some of the columns has no counterpart")


def _column(source: Source, item: SchemaObject, column: str, body: dict[str, Any]) -> None:
    path = f"columns.{column}"
    if body.get("regex") is True:
        source.note(path, column, "a pattern of column names has no counterpart")
        return
    prop = Property(name=column)
    item.properties.append(prop)
    prop.description = source.optional(body.pop("description", None), f"{path}.description")
    prop.business_name = source.optional(body.pop("title", None), f"{path}.title")
    prop.required = body.pop("nullable", False) is not True
    prop.unique = body.pop("unique", False) is True
    _dtype(source, prop, body.pop("dtype", None), path)
    if body.pop("required", True) is False:
        source.note(f"{path}.required", column, "a contract's columns are always there")
    if body.pop("coerce", False) is True:
        source.note(f"{path}.coerce", column, "values are not converted")
    for test in _tests(source, body.pop("checks", None), f"{path}.checks"):
        _apply(source, prop, test)
    for silent in ("regex", "name"):
        body.pop(silent, None)
    source.rest(body, path, "it says nothing about the rows of the dataset")


def _dtype(source: Source, prop: Property, stated: Any, path: str) -> None:
    """The logical type; the dtype stays as the physical type where it says more."""
    if stated is None:
        return
    dtype = source.string(stated, f"{path}.dtype")
    logical = _logical(dtype)
    if logical:
        say(prop, "type", {"type": logical})
    if dtype != _chosen(prop):
        prop.physical_type = dtype


def _logical(dtype: str) -> str | None:
    """The logical type of a dtype; None for those that hold anything."""
    word = dtype.lower()
    return None if word in VAGUE else LOGICAL.get(word) or LOGICAL.get(word.partition("[")[0])


def _chosen(prop: Property) -> str | None:
    """The dtype that is written for a logical type."""
    pair = DTYPES.get(prop.logical_type or "")
    return pair[0 if prop.required or prop.primary_key else 1] if pair else None


def _tests(source: Source, stated: Any, path: str) -> list[Test]:
    """Checks in either of the two shapes that Pandera writes: a mapping by name, or a list with options."""
    if isinstance(stated, dict):
        entries = [(str(name), body) for name, body in stated.items()]
    else:
        entries = []
        for index, entry in enumerate(source.sequence(stated, path)):
            body = source.mapping(entry, f"{path}[{index}]")
            options = source.mapping(body.get("options"), f"{path}[{index}].options")
            entries.append(
                (source.string(options.get("check_name"), f"{path}[{index}].options.check_name"), body)
            )
    tests = []
    for name, body in entries:
        args = dict(body) if isinstance(body, dict) else {"value": body}
        options = source.mapping(args.pop("options", None), f"{path}.{name}.options")
        options.pop("check_name", None)
        tests.append(Test(name=name, args=args, options=options, path=f"{path}.{name}"))
    return tests


def _apply(source: Source, prop: Property, test: Test) -> None:
    """State one check as fields of the property, or as a rule where they cannot say it."""
    try:
        kind, params = _demand(test)
    except MisfitError as error:
        source.note(test.path, test.args or test.name, str(error))
        return
    severity = "WARNING" if test.options.pop("raise_warning", False) is True else None
    if test.options.pop("ignore_na", True) is False and not prop.required:
        source.note(f"{test.path}.options.ignore_na", "false", "missing values are left out of a check")
    description = test.options.pop("description", None) or test.options.pop("error", None)
    label = test.options.pop("name", None) or test.options.pop("title", None)
    source.rest(test.options, f"{test.path}.options", "it says how Pandera reports")
    bare = severity is None and not description and not label
    if bare and say(prop, kind, params):
        return
    prop.quality.append(
        rule(
            kind,
            params=params,
            severity=severity,
            description=description if isinstance(description, str) else None,
            name=label if isinstance(label, str) else None,
        )
    )


def _checks_of_frame(source: Source, item: SchemaObject, stated: Any) -> None:
    """A check of the frame is one of every column."""
    for test in _tests(source, stated, "checks"):
        if test.name not in MAKERS:
            source.note(test.path, test.args or test.name, "it runs code that the document does not hold")
            continue
        for prop in item.properties:
            copy = Test(name=test.name, args=dict(test.args), options=dict(test.options), path=test.path)
            _apply(source, prop, copy)


def _demand(test: Test) -> tuple[str, dict[str, Any]]:
    maker = MAKERS.get(test.name)
    if maker is None:
        raise MisfitError("it runs code that the document does not hold")
    args = dict(test.args)
    kind, params = maker(args)
    if args:
        raise MisfitError(f"it takes no argument {', '.join(args)}")
    return kind, params


def _value(args: dict[str, Any], *names: str) -> Any:
    for name in (*names, "value"):
        if args.get(name) is not None:
            return args.pop(name)
    raise MisfitError(f"it needs {names[0]}")


def _text(args: dict[str, Any], *names: str) -> str:
    found = _value(args, *names)
    if not isinstance(found, str):
        raise MisfitError(f"{names[0]} is no text")
    return found


def _list(args: dict[str, Any], *names: str) -> list[Any]:
    found = _value(args, *names)
    if not isinstance(found, list):
        raise MisfitError(f"{names[0]} is no list")
    return found


def _range(args: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {}
    for side in ("min", "max"):
        params[side] = _value(args, f"{side}_value")
        if args.pop(f"include_{side}", True) is False:
            params[f"strict_{side}"] = True
    return "between", params


def _length(args: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    exact = args.pop("exact_value", args.pop("value", None))
    low, high = args.pop("min_value", None), args.pop("max_value", None)
    bounds = {"min": low if exact is None else exact, "max": high if exact is None else exact}
    found = {side: value for side, value in bounds.items() if value is not None}
    if not found:
        raise MisfitError("it needs min_value, max_value or exact_value")
    return "length", found


def anchored(pattern: str) -> str:
    """A pattern that matches where `re.match` does: at the start of the text."""
    return pattern if ANCHORED.fullmatch(pattern) else f"^(?:{pattern})"


MAKERS: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    "equal_to": lambda args: ("equals", {"to": _value(args, "value")}),
    "not_equal_to": lambda args: ("not_in_set", {"values": [_value(args, "value")]}),
    "greater_than": lambda args: ("between", {"min": _value(args, "min_value"), "strict_min": True}),
    "greater_than_or_equal_to": lambda args: ("between", {"min": _value(args, "min_value")}),
    "less_than": lambda args: ("between", {"max": _value(args, "max_value"), "strict_max": True}),
    "less_than_or_equal_to": lambda args: ("between", {"max": _value(args, "max_value")}),
    "in_range": _range,
    "isin": lambda args: ("in_set", {"values": _list(args, "allowed_values")}),
    "notin": lambda args: ("not_in_set", {"values": _list(args, "forbidden_values")}),
    "str_matches": lambda args: ("matches", {"pattern": anchored(_text(args, "pattern"))}),
    "str_contains": lambda args: ("matches", {"pattern": _text(args, "pattern")}),
    "str_startswith": lambda args: ("matches", {"pattern": "^" + re.escape(_text(args, "string"))}),
    "str_endswith": lambda args: ("matches", {"pattern": re.escape(_text(args, "string")) + r"\Z"}),
    "str_length": _length,
    "unique_values_eq": lambda args: ("distinct_equals_set", {"values": _list(args, "values")}),
}


# -- writing ------------------------------------------------------------------------------------------------


def write(found: Contract) -> Written:
    """Write the first schema object as a schema of a data frame."""
    item, notes = only(found, "a Pandera schema")
    notes += unheld(found, WHY)
    words = {"description", "business_name"}
    known = {"object": words, "property": words | {"physical_type"}, "nested": ()}
    notes += structure_notes(item, WHY, handled=known)
    columns = {prop.column: _written(prop, place(item), notes) for prop in item.properties}
    frame: dict[str, Any] = {"strict": False, "ordered": False, "unique": None}
    for clause in clauses(item):
        _put(clause, columns, frame, notes)
    document = {
        "schema_type": "dataframe",
        "name": title(item, found.id),
        **({"title": item.business_name} if item.business_name else {}),
        **({"description": item.description} if item.description else {}),
        "columns": columns,
        "checks": None,
        "index": None,
        "coerce": False,
        **frame,
    }
    return Written(dump_yaml(document), notes)


def _written(prop: Property, path: str, notes: list[Note]) -> dict[str, Any]:
    dtype = prop.physical_type or _chosen(prop)
    inner = f"{path}.properties[{prop.column}]"
    if prop.logical_type and dtype is None:
        notes.append(Note(f"{inner}.logicalType", prop.logical_type, "pandas has no dtype of its own for it"))
    elif dtype and _logical(dtype) != prop.logical_type:
        notes.append(Note(f"{inner}.logicalType", str(prop.logical_type), f"the dtype is {dtype}"))
    words = {"title": prop.business_name, "description": prop.description}
    column: dict[str, Any] = {key: value for key, value in words.items() if value}
    return column | {
        "dtype": dtype,
        "nullable": not (prop.required or prop.primary_key),
        "unique": False,
        "coerce": False,
        "required": True,
        "checks": [],
    }


def _put(
    clause: Clause,
    columns: dict[str, dict[str, Any]],
    frame: dict[str, Any],
    notes: list[Note],
) -> None:
    """Write one clause where it belongs, or note it."""
    native = clause.quality is None
    if native and clause.column in columns and clause.kind in ("not_null", "type"):
        return
    severity = clause.quality.severity if clause.quality else None
    known = severity in (None, "CRITICAL", "WARNING")
    if clause.tolerance or clause.threshold or clause.where or not known:
        notes.append(clause.refuse("a check of Pandera holds for all rows"))
        return
    if not _whole(clause, columns, frame):
        try:
            check = _check(clause)
        except MisfitError as error:
            notes.append(clause.refuse(str(error)))
            return
        if clause.column not in columns:
            notes.append(clause.refuse("Pandera checks the columns that its schema lists"))
            return
        options = check.setdefault("options", {})
        options["raise_warning"] = severity == "WARNING"
        if clause.quality is not None:
            words = {"name": clause.quality.name, "description": clause.quality.description}
            options |= {key: value for key, value in words.items() if value}
        columns[clause.column]["checks"].append(check)
        handled = {"name", "description", "severity"}
    else:
        handled = set()
    notes += unsaid(clause, handled=handled, why=WHY)


def _whole(clause: Clause, columns: dict[str, dict[str, Any]], frame: dict[str, Any]) -> bool:
    """State a clause as a flag of a column or of the frame; False where there is none."""
    match clause.kind, clause.params:
        case "unique", {**rest} if not rest and columns.get(str(clause.column), {}).get("unique") is False:
            columns[str(clause.column)]["unique"] = True
        case "unique_together", {"ignore_missing": "never", **rest} if (
            not rest and frame["unique"] is None and len(clause.columns) > 1
        ):
            frame["unique"] = list(clause.columns)
        case "columns_equal_set", {"columns": listed, **rest} if (
            listed == list(columns) and rest in ({}, {"exact": True}) and not frame["strict"]
        ):
            frame["strict"] = True
        case "columns_in_order", {"columns": listed, **rest} if (
            listed == list(columns) and not rest and not frame["strict"]
        ):
            frame |= {"strict": True, "ordered": True}
        case _:
            return False
    return True


def _check(clause: Clause) -> dict[str, Any]:
    """One check in the shape of a list entry."""

    def named(name: str, **args: Any) -> dict[str, Any]:
        return {**args, "options": {"check_name": name, "ignore_na": True}}

    match clause.kind, clause.params:
        case "between", {**bounds} if bounds and set(bounds) <= {"min", "max", "strict_min", "strict_max"}:
            return _between(bounds, named)
        case "length", {**bounds} if bounds and set(bounds) <= {"min", "max"}:
            return named("str_length", **{f"{side}_value": value for side, value in bounds.items()})
        case "in_set", {"values": [*values], **rest} if not rest:
            return named("isin", value=values)
        case "not_in_set", {"values": [*values], **rest} if not rest:
            return named("notin", value=values)
        case "matches", {"pattern": str(pattern), **rest} if not rest:
            return named("str_contains", value=pattern)
        case "equals", {"to": value, **rest} if not rest:
            return named("equal_to", value=value)
        case "distinct_equals_set", {"values": [*values], **rest} if not rest:
            return named("unique_values_eq", value=values)
    raise MisfitError("Pandera has no such check")


def _between(bounds: dict[str, Any], named: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    low, high = bounds.get("min"), bounds.get("max")
    strict_low, strict_high = bool(bounds.get("strict_min")), bool(bounds.get("strict_max"))
    if low is not None and high is not None:
        include = {"include_min": not strict_low, "include_max": not strict_high}
        return named("in_range", min_value=low, max_value=high, **include)
    if low is not None:
        return named("greater_than" if strict_low else "greater_than_or_equal_to", value=low)
    return named("less_than" if strict_high else "less_than_or_equal_to", value=high)

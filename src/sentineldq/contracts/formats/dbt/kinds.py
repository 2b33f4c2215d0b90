"""What one test of dbt, dbt_utils or dbt_expectations demands, as a check of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from sentineldq.contracts.formats.base import (
    share,
)
from sentineldq.contracts.formats.dbt.words import UNITS, plain
from sentineldq.contracts.formats.expectations import MisfitError, demand
from sentineldq.names import quote

_REFERENCE = re.compile(r"""^\s*(?:\{\{\s*)?(ref|source)\(\s*(.+?)\s*\)(?:\s*\}\})?\s*$""")


class Test(msgspec.Struct, kw_only=True):
    """One test of the document, its configuration taken apart."""

    name: str
    path: str
    column: str | None
    args: dict[str, Any]
    config: dict[str, Any]
    label: str | None = None
    description: str | None = None


class Rule(msgspec.Struct, kw_only=True):
    """What a test demands."""

    kind: str
    params: dict[str, Any] = {}
    column: str | None = None
    columns: list[str] = []
    where: str | None = None
    tolerance: float | None = None


def rule_of(test: Test) -> Rule:
    package, _, name = test.name.rpartition(".")
    if package == "dbt_expectations" or name.startswith("expect_"):
        return _expectation(name, test)
    maker = MAKERS.get(name) if package in ("", "dbt_utils", "dbt") else None
    if maker is None:
        raise MisfitError("there is no check of this kind")
    for key in ("group_by_columns", "group_by"):
        if test.args.pop(key, None):
            raise MisfitError("it works group by group")
    found = maker(test.args, test)
    if found.column is None and not found.columns and found.kind not in TABLE_KINDS:
        found.column = test.column
    return found


TABLE_KINDS = {"expression", "row_count_equals", "equals_table", "row_count", "column_count"}


def _expectation(name: str, test: Test) -> Rule:
    """A test of dbt_expectations: the names of Great Expectations with arguments of its own."""
    args = test.args
    kwargs = {key: args.pop(key) for key in list(args)}
    where = kwargs.pop("row_condition", None)
    if any(
        kwargs.get(key)
        for key in ("group_by", "sort_column", "step", "compare_group_by", "compare_row_condition")
    ):
        raise MisfitError("it groups or sorts rows in its own way")
    if name == "expect_row_values_to_have_recent_data":
        return Rule(kind="freshness", params={"max_age": _age(kwargs)}, column=test.column, where=where)
    for theirs, ours in (("column_type", "type_"), ("column_type_list", "type_list")):
        if theirs in kwargs:
            kwargs[ours] = kwargs.pop(theirs)
    if kwargs.pop("strictly", False):
        kwargs |= (
            {"strictly": True}
            if "creasing" in name
            else {
                f"strict_{side}": True for side in ("min", "max") if kwargs.get(f"{side}_value") is not None
            }
        )
    if "compare_model" in kwargs:
        kwargs["other_table_name"] = dataset_of(kwargs.pop("compare_model"))
    for flag in ("quote_values", "quote_columns", "is_raw", "transform"):
        kwargs.pop(flag, None)
    if kwargs.get("flags") or kwargs.get("factor") not in (None, 1):
        raise MisfitError("its flags or factor have no counterpart")
    if test.column and "column_list" not in kwargs and "column_A" not in kwargs and "_table_" not in name:
        kwargs["column"] = test.column
    found = demand(name, kwargs)
    test.args |= found.ignored
    return Rule(kind=found.kind, params=found.params, column=found.column, columns=found.columns, where=where)


def _age(args: dict[str, Any]) -> str:
    unit, count = UNITS.get(str(args.pop("datepart", None))), args.pop("interval", None)
    if unit is None or isinstance(count, bool) or not isinstance(count, int):
        raise MisfitError("it needs datepart (minute, hour or day) and interval")
    return f"{count}{unit}"


def _range(args: dict[str, Any], _: Test) -> Rule:
    inclusive = args.pop("inclusive", True) not in (False, "false")
    params: dict[str, Any] = {}
    for side in ("min", "max"):
        value = plain(args.pop(f"{side}_value", None))
        if value is not None:
            params[side] = value
            if not inclusive:
                params[f"strict_{side}"] = True
    return Rule(kind="between", params=params)


def _proportion(args: dict[str, Any], _: Test) -> Rule:
    low, high = args.pop("at_least", None), args.pop("at_most", None)
    bounds = {"max": share(low)} if isinstance(low, int | float) else {}
    if isinstance(high, int | float) and high < 1:
        bounds["min"] = share(high)
    if set(bounds) == {"max"}:
        return Rule(kind="not_null", tolerance=bounds["max"])
    return Rule(kind="null_share", params=bounds)


def _expression(args: dict[str, Any], test: Test) -> Rule:
    text = args.pop("expression", None)
    if not isinstance(text, str) or "{{" in text:
        raise MisfitError("its expression is computed by dbt")
    condition = args.pop("condition", None)
    sql = f"{quote(test.column)} {text}" if test.column else text
    return Rule(kind="expression", params={"sql": sql}, where=condition)


def _relationship(args: dict[str, Any], _: Test) -> Rule:
    if args.pop("to_condition", "1=1").replace(" ", "") != "1=1":
        raise MisfitError("it filters the other dataset")
    where = args.pop("from_condition", None)
    field = args.pop("field", None)
    if not isinstance(field, str):
        raise MisfitError("it names no field of the other dataset")
    params = {"dataset": dataset_of(args.pop("to", None)), "fields": [field]}
    return Rule(kind="foreign_key", params=params, where=None if where == "1=1" else where)


def _values(kind: str) -> Callable[[dict[str, Any], Test], Rule]:
    def make(args: dict[str, Any], _: Test) -> Rule:
        values = args.pop("values", None)
        args.pop("quote", None)
        if not isinstance(values, list):
            raise MisfitError("its values are computed by dbt")
        return Rule(kind=kind, params={"values": values})

    return make


def _combination(args: dict[str, Any], _: Test) -> Rule:
    args.pop("quote_columns", None)
    columns = args.pop("combination_of_columns", None)
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        raise MisfitError("it needs combination_of_columns")
    return Rule(kind="unique_together", columns=columns, params={"ignore_missing": "never"})


def _other(kind: str) -> Callable[[dict[str, Any], Test], Rule]:
    def make(args: dict[str, Any], _: Test) -> Rule:
        if args.get("compare_columns") or args.get("exclude_columns") or args.get("precision"):
            raise MisfitError("it compares some of the columns")
        return Rule(kind=kind, params={"dataset": dataset_of(args.pop("compare_model", None))})

    return make


def _recency(args: dict[str, Any], _: Test) -> Rule:
    args.pop("ignore_time_component", None)
    column = args.pop("field", None)
    if not isinstance(column, str):
        raise MisfitError("it needs field")
    return Rule(kind="freshness", column=column, params={"max_age": _age(args)})


def _text(args: dict[str, Any], _: Test) -> Rule:
    trim = args.pop("trim_whitespace", True) not in (False, "false")
    return Rule(kind="matches", params={"pattern": r"\S"}) if trim else Rule(kind="length", params={"min": 1})


MAKERS: dict[str, Callable[[dict[str, Any], Test], Rule]] = {
    "not_null": lambda _, __: Rule(kind="not_null"),
    "unique": lambda _, __: Rule(kind="unique"),
    "accepted_values": _values("in_set"),
    "not_accepted_values": _values("not_in_set"),
    "relationships": _relationship,
    "relationships_where": _relationship,
    "expression_is_true": _expression,
    "unique_combination_of_columns": _combination,
    "accepted_range": _range,
    "not_null_proportion": _proportion,
    "at_least_one": lambda _, __: Rule(kind="null_share", params={"max": 1, "strict_max": True}),
    "not_constant": lambda _, __: Rule(kind="distinct_count", params={"min": 2}),
    "not_empty_string": _text,
    "equal_rowcount": _other("row_count_equals"),
    "equality": _other("equals_table"),
    "recency": _recency,
}


def dataset_of(reference: Any) -> str:
    """The dataset in `ref('orders')`, `source('raw', 'orders')` or a plain name."""
    if not isinstance(reference, str) or not reference.strip():
        raise MisfitError("it names no other dataset")
    match = _REFERENCE.match(reference)
    if match is None:
        if "{" in reference or "(" in reference:
            raise MisfitError(f"{reference!r} is computed by dbt")
        return reference.strip()
    names = [part.strip().strip("'\"") for part in match[2].split(",") if "=" not in part]
    return names[-1]

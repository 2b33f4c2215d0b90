"""dbt schema files (version 2): models, seeds, snapshots, sources, their columns, tests and constraints.

A test without a configuration of its own becomes the field of the schema that states it; every other one a
rule. Packages understood: dbt_utils, dbt_expectations. Source: https://docs.getdbt.com/reference/data-tests
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
    from_meta,
    parse_yaml,
    rule,
    share,
    to_meta,
    unheld,
)
from sentineldq.contracts.formats.clause import Clause, clauses, unsaid
from sentineldq.contracts.formats.condition import quote
from sentineldq.contracts.formats.expectations import LOGICAL, MisfitError, demand, expectation
from sentineldq.contracts.formats.fold import say
from sentineldq.contracts.formats.structure import structure_notes
from sentineldq.contracts.model import Contract, CustomProperty, Property, Quality, Relationship, SchemaObject

WHY = "dbt has no place for it"
RESOURCES = ("models", "seeds", "snapshots", "sources")
CONFIG = ("severity", "where", "warn_if", "error_if", "enabled")
STORAGE = (
    "limit",
    "fail_calc",
    "store_failures",
    "store_failures_as",
    "schema",
    "database",
    "alias",
    "group",
)
SEVERITIES = {"warn": "WARNING", "error": "CRITICAL"}
UNITS = {"minute": "m", "hour": "h", "day": "d"}
_REFERENCE = re.compile(r"""^\s*(?:\{\{\s*)?(ref|source)\(\s*(.+?)\s*\)(?:\s*\}\})?\s*$""")
_CONDITION = re.compile(r"^\s*(>=|<=|!=|<>|==|=|>|<)\s*(-?\d+(?:\.\d+)?)\s*$")
# the failing condition, negated: what the number of failing rows must be
NEGATED = {
    ">": "less_or_equal",
    ">=": "less",
    "<": "greater_or_equal",
    "<=": "greater",
    "!=": "equal",
    "<>": "equal",
    "=": "not_equal",
    "==": "not_equal",
}


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


def read(text: str, *, name: str) -> Converted:
    """Read a schema file. Raises ContractError when the document is not one."""
    source = Source(name)
    data = source.mapping(parse_yaml(text, name), "")
    if not any(key in data for key in RESOURCES):
        source.refuse("", "a dbt schema file has `models`, `sources`, `seeds` or `snapshots`")
    data.pop("version", None)
    objects: list[SchemaObject] = []
    for key in RESOURCES:
        for index, entry in enumerate(source.sequence(data.pop(key, None), key)):
            path = f"{key}[{index}]"
            group = source.mapping(entry, path)
            objects += _tables(source, group, path) if key == "sources" else [_object(source, group, path)]
    source.rest(data, "", "it says nothing about the rows of a dataset")
    return Converted(contract(name, objects), source.notes)


def _tables(source: Source, group: dict[str, Any], path: str) -> list[SchemaObject]:
    tables = []
    shared: dict[str, Any] = {key: group.pop(key) for key in ("loaded_at_field", "freshness") if key in group}
    for index, entry in enumerate(source.sequence(group.pop("tables", None), f"{path}.tables")):
        inner = f"{path}.tables[{index}]"
        tables.append(_object(source, {**shared, **source.mapping(entry, inner)}, inner))
    group.pop("name", None)
    source.rest(group, path, "a source is only the way to its tables")
    return tables


def _object(source: Source, entry: dict[str, Any], path: str) -> SchemaObject:
    item = SchemaObject(name=source.string(entry.pop("name", None), f"{path}.name"))
    item.physical_name = source.optional(entry.pop("identifier", None), f"{path}.identifier")
    _describe(source, item, entry, path)
    for index, column in enumerate(source.sequence(entry.pop("columns", None), f"{path}.columns")):
        item.properties.append(_column(source, item, column, f"{path}.columns[{index}]"))
    for key in ("tests", "data_tests"):
        for index, test in enumerate(source.sequence(entry.pop(key, None), f"{path}.{key}")):
            _test(source, item, None, test, f"{path}.{key}[{index}]")
    for index, found in enumerate(source.sequence(entry.pop("constraints", None), f"{path}.constraints")):
        _constraint(source, item, None, found, f"{path}.constraints[{index}]")
    _freshness(source, item, entry, path)
    stated = rule("unique_together", columns=item.primary_key)
    if len(item.primary_key) > 1:
        item.quality = [quality for quality in item.quality if quality != stated]
    for ignored in ("docs", "access", "group", "latest_version", "deprecation_date"):
        entry.pop(ignored, None)
    source.rest(entry, path, "it says nothing about the rows of the dataset")
    return item


def _describe(source: Source, item: SchemaObject | Property, entry: dict[str, Any], path: str) -> None:
    item.description = source.optional(entry.pop("description", None), f"{path}.description")
    config = source.mapping(entry.pop("config", None), f"{path}.config")
    meta = {
        **source.mapping(config.pop("meta", None), f"{path}.config.meta"),
        **source.mapping(entry.pop("meta", None), f"{path}.meta"),
    }
    item.custom_properties = [CustomProperty(property=key, value=value) for key, value in meta.items()]
    tags: list[str] = []
    for found in (entry.pop("tags", None), config.pop("tags", None)):
        tags += [found] if isinstance(found, str) else source.strings(found, f"{path}.tags")
    item.tags = tags
    for key in ("loaded_at_field", "freshness"):
        if key in config:
            entry.setdefault(key, config.pop(key))
    config.pop("contract", None)
    if isinstance(item, SchemaObject) and isinstance(config.get("alias"), str):
        item.physical_name = config.pop("alias")
    source.rest(config, f"{path}.config", "it says how dbt builds, not what the data is")


def _column(source: Source, item: SchemaObject, value: Any, path: str) -> Property:
    entry = source.mapping(value, path)
    prop = Property(name=source.string(entry.pop("name", None), f"{path}.name"))
    _describe(source, prop, entry, path)
    prop.physical_type = source.optional(entry.pop("data_type", None), f"{path}.data_type")
    logical = LOGICAL.get((prop.physical_type or "").lower().partition("(")[0].strip())
    if logical:
        say(prop, "type", {"type": logical})
    for key in ("tests", "data_tests"):
        for index, test in enumerate(source.sequence(entry.pop(key, None), f"{path}.{key}")):
            _test(source, item, prop, test, f"{path}.{key}[{index}]")
    for index, found in enumerate(source.sequence(entry.pop("constraints", None), f"{path}.constraints")):
        _constraint(source, item, prop, found, f"{path}.constraints[{index}]")
    entry.pop("quote", None)
    source.rest(entry, path, "it says nothing about the rows of the dataset")
    return prop


def _freshness(source: Source, item: SchemaObject, entry: dict[str, Any], path: str) -> None:
    """`freshness` of a source: one check per level."""
    column = entry.pop("loaded_at_field", None)
    found = source.mapping(entry.pop("freshness", None), f"{path}.freshness")
    for key, severity in (("warn_after", "WARNING"), ("error_after", "CRITICAL")):
        limit = source.mapping(found.pop(key, None), f"{path}.freshness.{key}")
        if not limit:
            continue
        unit = UNITS.get(str(limit.get("period")))
        if not isinstance(column, str) or not column.isidentifier() or unit is None:
            source.note(f"{path}.freshness.{key}", limit, "it needs loaded_at_field, count and period")
            continue
        params = {"max_age": f"{limit.get('count')}{unit}"}
        item.quality.append(rule("freshness", column=column, params=params, severity=severity))
    source.rest(found, f"{path}.freshness", "there is no check of this kind")


# -- constraints ----------------------------------------------------------------------------------------


def _constraint(source: Source, item: SchemaObject, prop: Property | None, value: Any, path: str) -> None:
    found = source.mapping(value, path)
    kind = found.pop("type", None)
    expression = found.pop("expression", None)
    name = found.pop("name", None)
    columns = source.strings(found.pop("columns", None), f"{path}.columns")
    columns = columns or ([str(prop.name)] if prop is not None else [])
    for flag in ("warn_unenforced", "warn_unsupported"):
        found.pop(flag, None)
    target, fields = (
        found.pop("to", None),
        source.strings(found.pop("to_columns", None), f"{path}.to_columns"),
    )
    for column in columns if kind in ("not_null", "primary_key") else []:
        held = prop or _property(item, column)
        if kind == "not_null":
            held.required = True
        else:
            held.primary_key, held.primary_key_position = True, columns.index(column) + 1
    if kind == "unique" and len(columns) == 1:
        (prop or _property(item, columns[0])).unique = True
    elif kind == "unique":
        item.quality.append(rule("unique_together", columns=columns, name=name))
    elif kind == "check" and isinstance(expression, str):
        item.quality.append(rule("expression", params={"sql": expression}, name=name))
    elif kind == "foreign_key" and isinstance(target, str) and fields:
        _relate(prop or item, _dataset(target), fields, columns if prop is None else None)
    elif kind not in ("not_null", "primary_key"):
        source.note(path, kind or expression or value, "there is no check of this kind")
    source.rest(found, path, "it says nothing about the rows of the dataset")


def _property(item: SchemaObject, column: str) -> Property:
    held = item.find(column)
    if held is None:
        held = Property(name=column)
        item.properties.append(held)
    return held


def _relate(
    held: SchemaObject | Property, dataset: str, fields: list[str], columns: list[str] | None
) -> None:
    targets = [f"{dataset}.{field}" for field in fields]
    origin: str | list[str] | None = None
    if isinstance(held, SchemaObject) and columns is not None:
        origin = [f"{held.name}.{column}" for column in columns]
    if len(targets) == 1:
        held.relationships.append(Relationship(to=targets[0], from_=origin[0] if origin else None))
    else:
        held.relationships.append(Relationship(to=targets, from_=origin))


def _dataset(reference: Any) -> str:
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


# -- tests -------------------------------------------------------------------------------------------------


def _test(source: Source, item: SchemaObject, prop: Property | None, value: Any, path: str) -> None:
    test = _taken_apart(source, prop, value, path)
    if test is None:
        return
    try:
        found = _rule(test)
        quality = _quality(source, test, found)
    except MisfitError as error:
        source.note(path, test.name, str(error))
        return
    for key, stated in test.args.items():
        if stated not in (None, False, [], {}):
            source.note(f"{path}.{key}", stated, f"{test.name} takes no such argument")
    if prop is not None and quality is None and _native(prop, found):
        return
    quality = quality or rule(found.kind, params=found.params, where=found.where, tolerance=found.tolerance)
    own = prop is not None and not found.columns and found.column == prop.name
    implementation = quality.implementation
    if not own and isinstance(implementation, dict):
        named: dict[str, Any] = {"column": found.column} if found.column else {}
        named |= {"columns": found.columns} if found.columns else {}
        quality.implementation = {"check": found.kind, **named, **implementation}
    (prop.quality if own and prop is not None else item.quality).append(quality)


def _taken_apart(source: Source, prop: Property | None, value: Any, path: str) -> Test | None:
    if isinstance(value, str):
        return Test(name=value, path=path, column=prop.name if prop else None, args={}, config={})
    entry = source.mapping(value, path)
    if "test_name" in entry:
        name, args = entry.pop("test_name"), entry
    elif len(entry) >= 1:
        name = next(iter(entry))
        args = {**source.mapping(entry.pop(name), f"{path}.{name}"), **entry}
    else:
        source.refuse(path, "a test has a name")
    args |= source.mapping(args.pop("arguments", None), f"{path}.arguments")
    config = source.mapping(args.pop("config", None), f"{path}.config")
    config |= {key: args.pop(key) for key in (*CONFIG, *STORAGE, "tags", "meta") if key in args}
    column = args.pop("column_name", None) or (prop.name if prop else None)
    label, description = args.pop("name", None), args.pop("description", None)
    return Test(
        name=source.string(name, path),
        path=path,
        column=column if isinstance(column, str) else None,
        args=args,
        config=config,
        label=label if isinstance(label, str) else None,
        description=description if isinstance(description, str) else None,
    )


def _native(prop: Property, found: Rule) -> bool:
    """State a bare test as fields of the property."""
    if found.where or found.tolerance or found.columns or found.column != prop.name:
        return False
    if found.kind == "foreign_key" and not found.where:
        _relate(prop, found.params["dataset"], found.params["fields"], None)
        return True
    return found.kind in ("not_null", "unique", "in_set") and say(prop, found.kind, found.params)


def _quality(source: Source, test: Test, found: Rule) -> Quality | None:
    """The rule of a test that has a configuration or a name of its own; None for a bare one."""
    config = dict(test.config)
    if config.pop("enabled", True) in (False, "false"):
        raise MisfitError("it is switched off")
    where = config.pop("where", None)
    if isinstance(where, str) and "{{" in where:
        raise MisfitError(f"its filter {where!r} is computed by dbt")
    threshold, severity = _levels(source, test, config)
    tags = config.pop("tags", [])
    meta = source.mapping(config.pop("meta", None), f"{test.path}.config.meta")
    source.rest(config, f"{test.path}.config", "it says how dbt stores results, not what the data is")
    where = (
        " AND ".join(f"({part})" for part in (found.where, where) if part)
        if found.where and where
        else (found.where or where)
    )
    if not any((where, threshold, severity, tags, meta, test.label, test.description)):
        return None
    quality = rule(
        found.kind,
        params=found.params,
        where=where,
        tolerance=found.tolerance,
        threshold=threshold,
        severity=severity,
        name=test.label,
        description=test.description,
    )
    quality.tags = [tags] if isinstance(tags, str) else source.strings(tags, f"{test.path}.config.tags")
    quality.custom_properties = from_meta(meta)
    return quality


def _levels(source: Source, test: Test, config: dict[str, Any]) -> tuple[dict[str, Any] | None, str | None]:
    """Threshold and severity out of `severity`, `warn_if`, `error_if`."""
    stated = config.pop("severity", None)
    warn, error = config.pop("warn_if", None), config.pop("error_if", None)
    warns = str(stated).lower() == "warn"
    if not warns and error is not None and warn is not None:
        source.note(f"{test.path}.config.warn_if", warn, "a number of rows has one level; error_if is kept")
    text = warn if warns else error
    if text is None and not warns and warn is not None:
        source.note(
            f"{test.path}.config.warn_if", warn, "a number of rows has one level; it fails on any row"
        )
    severity = SEVERITIES.get(str(stated).lower()) if stated is not None else None
    if text is None:
        return None, severity
    match = _CONDITION.match(str(text))
    if match is None:
        raise MisfitError(f"the condition {text!r} is no comparison with a number")
    number = float(match[2])
    bound = {NEGATED[match[1]]: int(number) if number.is_integer() else number}
    return (None if bound in ({"equal": 0}, {"less_or_equal": 0}) else bound), severity


def _rule(test: Test) -> Rule:
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
        kwargs["other_table_name"] = _dataset(kwargs.pop("compare_model"))
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


def _number(value: Any) -> Any:
    """A bound of a range: a number, or a date in quotes; SQL is computed by the warehouse."""
    if isinstance(value, str):
        inner = value.strip().strip("'")
        if re.fullmatch(r"\d{4}-\d\d-\d\d([T ][\d:.]+)?", inner):
            return inner
        raise MisfitError(f"the bound {value!r} is computed by the warehouse")
    return value


def _range(args: dict[str, Any], _: Test) -> Rule:
    inclusive = args.pop("inclusive", True) not in (False, "false")
    params: dict[str, Any] = {}
    for side in ("min", "max"):
        value = _number(args.pop(f"{side}_value", None))
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
    params = {"dataset": _dataset(args.pop("to", None)), "fields": [field]}
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
        return Rule(kind=kind, params={"dataset": _dataset(args.pop("compare_model", None))})

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


# -- writing ------------------------------------------------------------------------------------------------


def write(found: Contract) -> Written:
    """Write every schema object as a model."""
    notes = unheld(found, WHY)
    models = []
    for item in found.schema:
        model, missed = _model(item)
        models.append(model)
        notes += missed
    return Written(dump_yaml({"version": 2, "models": models}), notes)


def _model(item: SchemaObject) -> tuple[dict[str, Any], list[Note]]:
    handled = {"description", "tags", "custom_properties"}
    known = {"object": handled | {"physical_name"}, "property": handled | {"physical_type"}, "nested": ()}
    notes = structure_notes(item, WHY, handled=known)
    model: dict[str, Any] = {"name": item.name or item.physical_name, **_texts(item)}
    key = item.primary_key
    columns = {prop.column: _written(prop, alone=key == [prop.column]) for prop in item.properties}
    tests: list[Any] = []
    for clause in clauses(item):
        if clause.kind == "type" and clause.quality is None:
            notes += _untyped(clause, item)
            continue
        made, missed = _made(clause)
        notes += missed
        if made is None:
            continue
        held = columns.get(clause.column) if clause.column else None
        if held is None and clause.column is not None and "dbt_utils.recency" not in made:
            made = made if isinstance(made, dict) else {made: {}}
            test = next(iter(made.values()))
            if "." in clause.column or "[" in clause.column:
                notes.append(clause.refuse("dbt tests columns, not fields within them"))
                continue
            test.setdefault("arguments", {})["column_name"] = clause.column
        (tests if held is None else held.setdefault("data_tests", [])).append(made)
    if columns:
        model["columns"] = list(columns.values())
    if len(key) > 1:
        model["constraints"] = [{"type": "primary_key", "columns": key}]
    if tests:
        model["data_tests"] = tests
    return model, notes


def _texts(item: SchemaObject | Property) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    if item.description:
        texts["description"] = item.description
    config: dict[str, Any] = {}
    if isinstance(item, SchemaObject) and item.physical_name and item.name:
        config["alias"] = item.physical_name
    if item.tags:
        config["tags"] = item.tags
    if item.custom_properties:
        config["meta"] = {member.property: member.value for member in item.custom_properties}
    return texts | ({"config": config} if config else {})


def _written(prop: Property, *, alone: bool) -> dict[str, Any]:
    column = {"name": prop.column, **_texts(prop)}
    kind = prop.physical_type or prop.logical_type
    key = {"constraints": [{"type": "primary_key"}]} if alone else {}
    return column | ({"data_type": kind} if kind else {}) | key


def _untyped(clause: Clause, item: SchemaObject) -> list[Note]:
    """A type is written as `data_type`; nested fields have no line of their own."""
    prop = next((prop for prop in item.properties if prop.column == clause.column), None)
    if prop is None:
        return [clause.refuse("dbt describes columns, not fields within them")]
    word = LOGICAL.get((prop.physical_type or prop.logical_type or "").lower().partition("(")[0].strip())
    return (
        []
        if word == prop.logical_type
        else [clause.refuse(f"dbt is told the physical type {prop.physical_type!r}")]
    )


def _made(clause: Clause) -> tuple[Any, list[Note]]:
    """One clause as a test, with notes for what of it is lost."""
    config: dict[str, Any] = {}
    notes = unsaid(clause, handled={"name", "description", "severity", "tags", "custom_properties"}, why=WHY)
    try:
        name, args = _named(clause)
        if clause.threshold:
            config["error_if"] = _failing(clause.threshold)
    except MisfitError as error:
        return None, [clause.refuse(str(error))]
    if clause.where:
        config["where"] = clause.where
    top: dict[str, Any] = {}
    if clause.quality is not None:
        notes += _configured(clause, clause.quality, config, top)
    body = top | ({"arguments": args} if args else {}) | ({"config": config} if config else {})
    return ({name: body} if body else name), notes


def _configured(clause: Clause, quality: Quality, config: dict[str, Any], top: dict[str, Any]) -> list[Note]:
    top |= {key: getattr(quality, key) for key in ("name", "description") if getattr(quality, key)}
    if quality.tags:
        config["tags"] = quality.tags
    if quality.custom_properties:
        config["meta"] = to_meta(quality.custom_properties)
    words = {ours: theirs for theirs, ours in SEVERITIES.items()}
    if quality.severity in words:
        config["severity"] = words[quality.severity]
        if quality.severity == "WARNING" and "error_if" in config:
            config["warn_if"] = config.pop("error_if")
    elif quality.severity:
        return [Note(f"{clause.path}.severity", quality.severity, "dbt knows warn and error")]
    return []


def _failing(threshold: dict[str, Any]) -> str:
    """The condition under which a test fails: the threshold negated."""
    signs = {ours: theirs for theirs, ours in NEGATED.items() if theirs not in ("<>", "==")}
    if len(threshold) != 1 or next(iter(threshold)) not in signs:
        raise MisfitError("dbt compares the number of failing rows with one number")
    word, number = next(iter(threshold.items()))
    return f"{signs[word]}{number}"


def _named(clause: Clause) -> tuple[str, dict[str, Any]]:  # noqa: C901, PLR0911  (one per test)
    """Name and arguments of the test that says what a clause says."""
    params = dict(clause.params)
    if clause.tolerance is not None:
        if clause.kind != "not_null" or not isinstance(clause.tolerance, int | float):
            raise MisfitError("dbt tolerates numbers of rows, not shares of them")
        return "dbt_utils.not_null_proportion", {"at_least": share(clause.tolerance)}
    match clause.kind, params:
        case ("not_null" | "unique") as kind, {**rest} if not rest:
            return str(kind), {}
        case "in_set", {"values": [*values], **rest} if not rest:
            return "accepted_values", {"values": values} | (
                {} if all(isinstance(value, str) for value in values) else {"quote": False}
            )
        case "not_in_set", {"values": [*values], **rest} if not rest:
            return "dbt_utils.not_accepted_values", {"values": values}
        case "foreign_key", {"dataset": dataset, "fields": [field], **rest} if not rest and clause.column:
            return "relationships", {"to": f"ref('{dataset}')", "field": field}
        case "between", {**bounds}:
            return "dbt_utils.accepted_range", _accepted(bounds)
        case "expression", {"sql": sql, **rest} if not rest and not clause.column:
            return "dbt_utils.expression_is_true", {"expression": sql}
        case "unique_together", {"ignore_missing": "never", **rest} if not rest:
            return "dbt_utils.unique_combination_of_columns", {"combination_of_columns": list(clause.columns)}
        case "row_count_equals" | "equals_table" as kind, {"dataset": dataset, **rest} if not rest:
            name = "equal_rowcount" if kind == "row_count_equals" else "equality"
            return f"dbt_utils.{name}", {"compare_model": f"ref('{dataset}')"}
        case "freshness", {"max_age": str(age), **rest} if not rest and clause.column:
            units = {ours: theirs for theirs, ours in UNITS.items()}
            if age[:-1].isdigit() and age[-1:] in units:
                interval = {"datepart": units[age[-1]], "interval": int(age[:-1])}
                return "dbt_utils.recency", {"field": clause.column, **interval}
    return _expected(clause)


def _accepted(bounds: dict[str, Any]) -> dict[str, Any]:
    strict = {bool(bounds.get(f"strict_{side}")) for side in ("min", "max") if side in bounds}
    if len(strict) != 1 or not set(bounds) <= {"min", "max", "strict_min", "strict_max"}:
        raise MisfitError("dbt takes both bounds as open or both as closed")
    args: dict[str, Any] = {}
    for side in ("min", "max"):
        value = bounds.get(side)
        if value is not None:
            args[f"{side}_value"] = f"'{_number(value)}'" if isinstance(value, str) else value
    return args | ({"inclusive": False} if strict == {True} else {})


def _expected(clause: Clause) -> tuple[str, dict[str, Any]]:
    """A test of dbt_expectations."""
    name, kwargs = expectation(clause.kind, clause.column, clause.columns, clause.params)
    kwargs.pop("column", None)
    if name in ABSENT:
        raise MisfitError("neither dbt, dbt_utils nor dbt_expectations has such a test")
    strict = {kwargs.pop(f"strict_{side}", False) for side in ("min", "max") if f"{side}_value" in kwargs}
    if strict == {True}:
        kwargs["strictly"] = True
    elif len(strict) > 1:
        raise MisfitError("dbt takes both bounds as open or both as closed")
    for ours, theirs in (("type_", "column_type"), ("other_table_name", "compare_model")):
        if ours in kwargs:
            kwargs[theirs] = kwargs.pop(ours)
    return f"dbt_expectations.{name}", kwargs


ABSENT = {
    "expect_column_values_to_be_json_parseable",
    "expect_column_values_to_be_dateutil_parseable",
    "expect_column_values_to_match_strftime_format",
    "expect_column_value_z_scores_to_be_less_than",
    "expect_column_kl_divergence_to_be_less_than",
    "expect_column_chisquare_test_p_value_to_be_greater_than",
    "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than",
    "expect_column_pair_cramers_phi_value_to_be_less_than",
    "expect_column_quantile_values_to_be_between",
    "expect_column_proportion_of_non_null_values_to_be_between",
    "unexpected_rows_expectation",
}
"""Expectations of Great Expectations that dbt_expectations lacks, or has with another meaning."""

"""Great Expectations' core expectations and the checks of the catalogue: one table, read both ways.

dbt_expectations uses the same names and arguments. Source: https://greatexpectations.io/expectations/
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sentineldq.contracts.formats.base import IGNORED, share

Domain = Literal["column", "columns", "pair", "table"]

BOUNDS = {"min_value": "min", "max_value": "max", "strict_min": "strict_min", "strict_max": "strict_max"}
PAIR_MISSING = {
    "both_values_are_missing": "all",
    "either_value_is_missing": "any",
    "neither": "never",
    "never": "never",
}
MULTI_MISSING = {"all_values_are_missing": "all", "any_value_is_missing": "any", "never": "never"}


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """One expectation: its name, the kind of check it is, and how its arguments are called there.

    args: argument to parameter, both values the same.
    lists: argument to parameter, the parameter being a list around the argument.
    fixed: parameters that the expectation implies.
    selects: an argument and the value it must have (or be absent for, when it is the default).
    missing: the words of `ignore_row_if` and those of `ignore_missing`; the first is the default.
    nullable: parameters for which null is a value (GX takes it for "no demand").
    """

    name: str
    kind: str
    domain: Domain = "column"
    args: dict[str, str] = {}
    lists: dict[str, str] = {}
    fixed: dict[str, Any] = {}
    selects: tuple[str, str, bool] | None = None
    missing: dict[str, str] = {}
    nullable: frozenset[str] = frozenset()


def _between(name: str, kind: str, *, domain: Domain = "column") -> Expectation:
    return Expectation(name=name, kind=kind, domain=domain, args=BOUNDS)


E = Expectation
_SET = frozenset({"values"})
TABLE: tuple[Expectation, ...] = (
    # one column, row by row
    E(name="expect_column_values_to_not_be_null", kind="not_null"),
    E(name="expect_column_values_to_be_null", kind="null"),
    E(name="expect_column_values_to_be_unique", kind="unique"),
    E(
        name="expect_column_values_to_be_in_set",
        kind="in_set",
        args={"value_set": "values"},
        nullable=_SET,
    ),
    E(
        name="expect_column_values_to_not_be_in_set",
        kind="not_in_set",
        args={"value_set": "values"},
        nullable=_SET,
    ),
    _between("expect_column_values_to_be_between", "between"),
    _between("expect_column_value_lengths_to_be_between", "length"),
    E(name="expect_column_value_lengths_to_equal", kind="length", args={"value": "min=max"}),
    E(name="expect_column_values_to_match_regex", kind="matches", args={"regex": "pattern"}),
    E(name="expect_column_values_to_not_match_regex", kind="not_matches", args={"regex": "pattern"}),
    E(
        name="expect_column_values_to_match_regex_list",
        kind="matches_any",
        args={"regex_list": "patterns"},
        selects=("match_on", "any", True),
    ),
    E(
        name="expect_column_values_to_match_regex_list",
        kind="matches_all",
        args={"regex_list": "patterns"},
        selects=("match_on", "all", False),
    ),
    E(
        name="expect_column_values_to_not_match_regex_list",
        kind="matches_none",
        args={"regex_list": "patterns"},
    ),
    E(name="expect_column_values_to_match_like_pattern", kind="like", args={"like_pattern": "pattern"}),
    E(
        name="expect_column_values_to_match_like_pattern_list",
        kind="like_any",
        args={"like_pattern_list": "patterns"},
        selects=("match_on", "any", True),
    ),
    E(
        name="expect_column_values_to_match_like_pattern_list",
        kind="like_all",
        args={"like_pattern_list": "patterns"},
        selects=("match_on", "all", False),
    ),
    E(
        name="expect_column_values_to_not_match_like_pattern_list",
        kind="not_like",
        args={"like_pattern_list": "patterns"},
    ),
    E(
        name="expect_column_values_to_not_match_like_pattern",
        kind="not_like",
        lists={"like_pattern": "patterns"},
    ),
    E(
        name="expect_column_values_to_match_strftime_format",
        kind="date_format",
        args={"strftime_format": "format"},
    ),
    E(name="expect_column_values_to_be_dateutil_parseable", kind="parseable_date"),
    E(name="expect_column_values_to_be_json_parseable", kind="format", fixed={"format": "json"}),
    E(name="expect_column_values_to_match_json_schema", kind="json_schema", args={"json_schema": "schema"}),
    E(name="expect_column_values_to_be_of_type", kind="type", args={"type_": "type"}),
    E(name="expect_column_values_to_be_in_type_list", kind="type", args={"type_list": "type"}),
    E(
        name="expect_column_values_to_be_increasing",
        kind="increasing",
        args={"strictly": "strict"},
    ),
    E(
        name="expect_column_values_to_be_decreasing",
        kind="decreasing",
        args={"strictly": "strict"},
    ),
    E(
        name="expect_column_value_z_scores_to_be_less_than",
        kind="zscore",
        args={"threshold": "max", "double_sided": "double_sided"},
    ),
    # several columns, row by row
    E(
        name="expect_column_pair_values_to_be_equal",
        kind="pair_equal",
        domain="pair",
        missing=PAIR_MISSING,
    ),
    E(
        name="expect_column_pair_values_a_to_be_greater_than_b",
        kind="pair_greater",
        domain="pair",
        args={"or_equal": "or_equal"},
        missing=PAIR_MISSING,
    ),
    E(
        name="expect_column_pair_values_to_be_in_set",
        kind="pair_in_set",
        domain="pair",
        args={"value_pairs_set": "pairs"},
        missing=PAIR_MISSING,
        nullable=frozenset({"pairs"}),
    ),
    E(
        name="expect_compound_columns_to_be_unique",
        kind="unique_together",
        domain="columns",
        missing=MULTI_MISSING,
    ),
    E(
        name="expect_select_column_values_to_be_unique_within_record",
        kind="unique_within_record",
        domain="columns",
        missing=MULTI_MISSING,
    ),
    E(
        name="expect_multicolumn_values_to_be_unique",
        kind="unique_within_record",
        domain="columns",
        missing=MULTI_MISSING,
    ),
    E(
        name="expect_multicolumn_sum_to_equal",
        kind="sum_equals",
        domain="columns",
        args={"sum_total": "total"},
        missing=MULTI_MISSING,
    ),
    # metrics of a column
    _between("expect_column_min_to_be_between", "min"),
    _between("expect_column_max_to_be_between", "max"),
    _between("expect_column_mean_to_be_between", "mean"),
    _between("expect_column_median_to_be_between", "median"),
    _between("expect_column_stdev_to_be_between", "std"),
    _between("expect_column_sum_to_be_between", "sum"),
    _between("expect_column_unique_value_count_to_be_between", "distinct_count"),
    _between("expect_column_proportion_of_unique_values_to_be_between", "distinct_share"),
    _between("expect_column_proportion_of_non_null_values_to_be_between", "null_share"),
    E(
        name="expect_column_distinct_values_to_be_in_set",
        kind="distinct_in_set",
        args={"value_set": "values"},
        nullable=_SET,
    ),
    E(
        name="expect_column_distinct_values_to_equal_set",
        kind="distinct_equals_set",
        args={"value_set": "values"},
        nullable=_SET,
    ),
    E(
        name="expect_column_distinct_values_to_contain_set",
        kind="distinct_contains_set",
        args={"value_set": "values"},
        nullable=_SET,
    ),
    E(
        name="expect_column_most_common_value_to_be_in_set",
        kind="most_common",
        args={"value_set": "values", "ties_okay": "ties_okay"},
        nullable=_SET,
    ),
    E(
        name="expect_column_quantile_values_to_be_between",
        kind="quantiles",
        args={"quantile_ranges": "quantiles+ranges"},
    ),
    E(
        name="expect_column_kl_divergence_to_be_less_than",
        kind="distribution",
        fixed={"method": "kl"},
        args={
            "partition_object": "reference",
            "threshold": "max",
            "tail_weight_holdout": "tail_weight_holdout",
        },
    ),
    E(
        name="expect_column_chisquare_test_p_value_to_be_greater_than",
        kind="distribution",
        fixed={"method": "chi2", "strict_min": True},
        args={
            "partition_object": "reference",
            "p": "min",
            "tail_weight_holdout": "tail_weight_holdout",
        },
    ),
    E(
        name="expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than",
        kind="ks_test",
        args={"distribution": "distribution", "params": "params", "p_value": "p_value"},
    ),
    E(
        name="expect_column_pair_cramers_phi_value_to_be_less_than",
        kind="cramers_phi",
        domain="pair",
        args={
            "threshold": "max",
            "bins_A": "bins_a",
            "bins_B": "bins_b",
            "n_bins_A": "n_bins_a",
            "n_bins_B": "n_bins_b",
        },
    ),
    # the table
    _between("expect_table_row_count_to_be_between", "row_count", domain="table"),
    E(
        name="expect_table_row_count_to_equal",
        kind="row_count",
        domain="table",
        args={"value": "min=max"},
    ),
    E(
        name="expect_table_row_count_to_equal_other_table",
        kind="row_count_equals",
        domain="table",
        args={"other_table_name": "dataset"},
    ),
    E(
        name="expect_table_column_count_to_be_between",
        kind="column_count",
        domain="table",
        args={"min_value": "min", "max_value": "max"},
    ),
    E(
        name="expect_table_column_count_to_equal",
        kind="column_count",
        domain="table",
        args={"value": "min=max"},
    ),
    E(
        name="expect_table_columns_to_match_set",
        kind="columns_equal_set",
        domain="table",
        args={"column_set": "columns", "exact_match": "exact"},
        nullable=frozenset({"columns"}),
    ),
    E(
        name="expect_table_columns_to_match_ordered_list",
        kind="columns_in_order",
        domain="table",
        args={"column_list": "columns"},
        nullable=frozenset({"columns"}),
    ),
    E(
        name="expect_column_to_exist",
        kind="column_exists",
        domain="table",
        args={"column": "name", "column_index": "position"},
    ),
    E(
        name="unexpected_rows_expectation",
        kind="query_returns_none",
        domain="table",
        args={"unexpected_rows_query": "query"},
    ),
)

ALTERING = {"internal_weight_holdout": 0, "bucketize_data": True}
"""Arguments that change the verdict and have no counterpart, and what they are unless told."""
OURS = {"double_sided": True, "exact": True}  # what a check takes unless told
FLAGS = {"strict_min", "strict_max", "strict", "or_equal"}  # off unless set
UNSUPPORTED = {
    "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than": "its verdict is random by design",
    "expect_multicolumn_sum_to_be_between": "it would need a kind `sum_between`",
    "expect_query_results_to_match_comparison": "it would need a kind that compares two queries",
    "expect_column_pair_values_to_have_diff": "it would need a kind `pair_difference`",
}

DEFAULTS: dict[str, dict[str, Any]] = {
    "expect_column_pair_cramers_phi_value_to_be_less_than": {"threshold": 0.1},
    "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than": {"p_value": 0.05},
    "expect_column_chisquare_test_p_value_to_be_greater_than": {"p": 0.05},
}

TYPES = {
    "string": (
        "str", "string", "text", "varchar", "char", "stringtype", "nvarchar", "nchar", "utf8", "large_string",
    ),
    "integer": (
        "int", "integer", "bigint", "smallint", "tinyint", "long", "short", "byte",
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "integertype", "longtype", "shorttype", "bytetype", "int_", "biginteger", "smallinteger",
    ),
    "number": (
        "float", "double", "real", "numeric", "decimal", "number", "float16", "float32", "float64",
        "floattype", "doubletype", "decimaltype", "float_", "double_precision", "float4", "float8",
    ),
    "boolean": ("bool", "boolean", "booleantype", "bool_"),
    "date": ("date", "datetype"),
    "timestamp": (
        "datetime", "timestamp", "timestamptype", "datetime64", "datetime64[ns]", "timestamp_ntz",
        "timestamptz", "timestamp_tz", "timestamp_ltz", "datetime2", "timestamp without time zone",
        "timestamp with time zone",
    ),
    "time": ("time", "timetype"),
    "object": (
        "dict", "object", "struct", "structtype", "json", "jsonb", "record", "variant", "map", "maptype",
    ),
    "array": ("list", "array", "arraytype"),
}  # fmt: skip
ANYTHING = {"object", "object_", "any", "variant"}
"""Types that hold anything: pandas calls a column of texts `object`."""
LOGICAL = {word: logical for logical, words in TYPES.items() for word in words}
WORDS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "date": "date",
    "timestamp": "datetime",
    "time": "time",
    "object": "dict",
    "array": "list",
}


ROWS = {item.kind for item in TABLE[: [item.kind for item in TABLE].index("min")]}
"""Kinds that look at each row, so that a share of the rows may fail."""


class MisfitError(ValueError):
    """An expectation that cannot be a check, or the other way round; the text is the reason."""


class Demand(msgspec.Struct, kw_only=True):
    """An expectation as a check: kind, column(s), parameters; `ignored` holds arguments nobody asked for."""

    kind: str
    column: str | None = None
    columns: list[str] = []
    params: dict[str, Any] = {}
    ignored: dict[str, Any] = {}


def demand(name: str, kwargs: dict[str, Any]) -> Demand:
    """What an expectation demands. Raises MisfitError where no check says the same."""
    found = _select(name, kwargs)
    left = {**DEFAULTS.get(name, {}), **kwargs}
    result = Demand(kind=found.kind, params=dict(found.fixed))
    if found.selects:
        left.pop(found.selects[0], None)
    _columns(found, left, result)
    if found.missing:
        word = left.pop("ignore_row_if", None) or next(iter(found.missing))
        if word not in found.missing:
            raise MisfitError(f"ignore_row_if {word!r} is not known")
        if found.missing[word] != IGNORED.get(found.kind, "any"):
            result.params["ignore_missing"] = found.missing[word]
    for arg, param in found.args.items():
        if arg in left:
            _take(param, left.pop(arg), result.params, nullable=found.nullable)
    for arg, param in found.lists.items():
        result.params[param] = [left.pop(arg, None)]
    result.params = _ours(found, result.params)
    for arg, usual in ALTERING.items():
        if left.pop(arg, None) not in (None, usual):
            raise MisfitError(f"its {arg} has no counterpart")
    result.ignored = {key: value for key, value in left.items() if value is not None}
    return result


def _ours(item: Expectation, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters in the words of the catalogue; `_theirs` is the way back."""
    if item.kind == "null_share":
        return _mirrored(params)
    if item.kind == "type":
        return {**params, "type": _logical(params.get("type"))}
    if item.kind == "query_returns_none":
        return {**params, "query": str(params.get("query", "")).replace("{batch}", "${table}")}
    return params


def _select(name: str, kwargs: dict[str, Any]) -> Expectation:
    lower = name.lower()
    named = [item for item in TABLE if item.name == lower]
    if not named:
        raise MisfitError(UNSUPPORTED.get(lower, "there is no check of this kind"))
    for item in named:
        if item.selects is None:
            return item
        key, wanted, default = item.selects
        if kwargs.get(key) == wanted or (default and kwargs.get(key) is None):
            return item
    raise MisfitError(f"{named[0].selects[0]} {kwargs.get(named[0].selects[0])!r} is not known")  # type: ignore[index]


def _columns(found: Expectation, left: dict[str, Any], result: Demand) -> None:
    if found.domain == "column":
        result.column = left.pop("column", None) or left.pop("column_name", None)
        if not isinstance(result.column, str):
            raise MisfitError("it names no column")
    elif found.domain == "pair":
        pair = [left.pop(key, None) for key in ("column_A", "column_B")]
        result.columns = [name for name in pair if isinstance(name, str)]
        if len(result.columns) != 2:
            raise MisfitError("it needs column_A and column_B")
    elif found.domain == "columns":
        names = left.pop("column_list", None)
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise MisfitError("it needs column_list")
        result.columns = names


def _take(param: str, value: Any, params: dict[str, Any], *, nullable: frozenset[str]) -> None:
    """Put one argument among the parameters; what says nothing (null, a flag that is off) is left out."""
    if param == "min=max":
        params |= {"min": value, "max": value}
    elif param == "quantiles+ranges":
        ranges = value if isinstance(value, dict) else {}
        params |= {"quantiles": ranges.get("quantiles"), "ranges": ranges.get("value_ranges")}
    elif (value is None and param not in nullable) or (value is False and param in FLAGS):
        return
    elif param not in OURS or value != OURS[param]:
        params[param] = value


def _mirrored(params: dict[str, Any]) -> dict[str, Any]:
    """Bounds of a share as bounds of its complement: at least 0.9 present is at most 0.1 missing."""
    swap = {"min": "max", "max": "min", "strict_min": "strict_max", "strict_max": "strict_min"}
    return {
        swap[key]: share(value) if key in ("min", "max") and isinstance(value, int | float) else value
        for key, value in params.items()
    }


def logical_of(name: Any) -> str | None:
    """The logical type that a type's name stands for: `VARCHAR(10)` is a string."""
    return LOGICAL.get(str(name).lower().partition("(")[0].strip())


def _logical(names: Any) -> str:
    """The one logical type that a type name, or each of a list of them, stands for."""
    words = names if isinstance(names, list) else [names]
    found = {logical_of(word) for word in words if str(word).lower() not in ANYTHING} or {None}
    if found == {"integer", "number"}:
        return "number"
    if len(found) != 1 or None in found:
        raise MisfitError(f"{', '.join(map(str, words))} is no single logical type")
    return str(found.pop())


def expectation(
    kind: str, column: str | None, columns: tuple[str, ...], params: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Name and arguments of the expectation that says what a check says; MisfitError where none does."""
    candidates = [item for item in TABLE if item.kind == kind]
    if not candidates or (kind == "type" and params.get("type") not in WORDS):
        raise MisfitError("Great Expectations has no such expectation")
    for item in candidates:
        kwargs = _kwargs(item, column, columns, params)
        if kwargs is not None:
            return item.name, kwargs
    raise MisfitError("Great Expectations has no such parameters")


def _kwargs(
    item: Expectation, column: str | None, columns: tuple[str, ...], params: dict[str, Any]
) -> dict[str, Any] | None:
    """The arguments for one candidate; None when it cannot say it."""
    kwargs = _domain(item, column, columns)
    if kwargs is None or any(params.get(key) != value for key, value in item.fixed.items()):
        return None
    left = {key: value for key, value in _theirs(item, params).items() if key not in item.fixed}
    if item.missing:
        words = {ours: theirs for theirs, ours in reversed(item.missing.items())}
        word = left.pop("ignore_missing", IGNORED.get(item.kind, "any"))
        if word not in words:
            return None
        kwargs["ignore_row_if"] = words[word]
    if item.selects:
        kwargs[item.selects[0]] = item.selects[1]
    for arg, param in item.args.items():
        if param == "min=max":
            if "min" not in left or left.pop("min") != left.get("max"):
                return None
            kwargs[arg] = left.pop("max")
        elif param == "quantiles+ranges":
            kwargs[arg] = {"quantiles": left.pop("quantiles", None), "value_ranges": left.pop("ranges", None)}
        elif param in left:
            kwargs[arg] = left.pop(param)
    for arg, param in item.lists.items():
        values = left.pop(param, None)
        if not isinstance(values, list) or len(values) != 1:
            return None
        kwargs[arg] = values[0]
    return None if left else kwargs


def _theirs(item: Expectation, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters in the words of Great Expectations."""
    if item.kind == "null_share" and set(params) <= set(BOUNDS.values()):
        return _mirrored(params)
    if item.kind == "type":
        return {**params, "type": WORDS[params["type"]]}
    if item.kind == "zscore":
        return {"double_sided": True, **params}
    if item.kind == "query_returns_none":
        return {**params, "query": str(params.get("query", "")).replace("${table}", "{batch}")}
    return params


def _domain(item: Expectation, column: str | None, columns: tuple[str, ...]) -> dict[str, Any] | None:
    if item.domain == "column" and column is not None and not columns:
        return {"column": column}
    if item.domain == "pair" and len(columns) == 2:
        return dict(zip(("column_A", "column_B"), columns, strict=True))
    if item.domain == "columns" and columns:
        return {"column_list": list(columns)}
    return {} if item.domain == "table" and column is None and not columns else None

"""From a check to a bound check: parameters validated and converted, columns resolved."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, get_args, get_origin

import msgspec
import narwhals as nw

from sentineldq.checks.catalogue.formats import VALUE_FORMATS, format_name
from sentineldq.checks.definition import Definition, definition_of, family, temporal
from sentineldq.checks.engines.base import Engine
from sentineldq.checks.literals import limits
from sentineldq.checks.model import Check, Threshold
from sentineldq.checks.regex import like_to_regex, translate
from sentineldq.checks.resolve import Column
from sentineldq.checks.scope import Scope
from sentineldq.errors import CheckDefinitionError, InexactError, suggest

INJECTED = ("engine", "dtype", "column")
BOUNDS = ("min", "max", "strict_min", "strict_max")


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A check ready to be planned: its definition, its columns, its call's keyword arguments."""

    check: Check
    definition: Definition
    columns: list[Column] = field(default_factory=list)
    arguments: dict[str, Any] = field(default_factory=dict)
    threshold: Threshold | None = None
    where: nw.Expr | None = None

    @property
    def unit(self) -> str | None:
        return self.columns[0].unit if self.columns else None

    @property
    def idle(self) -> bool:
        """Whether there is nothing to evaluate: a column without a type has no value."""
        return not self.definition.nulls and any(column.untyped for column in self.columns)

    @property
    def values(self) -> list[nw.Expr]:
        return [column.expr for column in self.columns]

    def call(self, **statistics: Any) -> Any:
        """Call the definition's function with the value expression(s)."""
        target: Any = self.values if self.definition.many else self.values[0]
        return self.definition.function(target, **self.arguments, **statistics)


def bind(check: Check, scope: Scope) -> Bound:
    """Bind a check to a scope; raises CheckDefinitionError or ValueError with the reason."""
    check = _direct(check)
    definition = definition_of(check.kind)
    paths = [check.column] if check.column else list(check.columns)
    columns = [scope.column(path) for path in paths] if definition.shape != "schema" else []
    _fit(definition, columns, paths)
    if definition.alike:
        columns = _comparable(columns, scope.engine)
    params, threshold = _split_bounds(check, definition, columns)
    arguments = _arguments(definition, params, columns, scope)
    if check.where and any(column.unit is not None for column in columns):
        raise CheckDefinitionError(
            "`where` reads the columns of the table, which the elements of an array do not have",
        )
    where = _sql(check.where, scope) if check.where else None
    return Bound(
        check=check,
        definition=definition,
        columns=columns,
        arguments=arguments,
        threshold=threshold,
        where=where,
    )


def _sql(text: str, scope: Scope) -> nw.Expr:
    def read(name: str) -> tuple[nw.Expr, nw.dtypes.DType] | None:
        column = scope.column(name) if scope.text else None
        return None if column is None or column.text is None else (column.expr, column.dtype)

    from sentineldq.checks.sql.expression import to_narwhals

    return to_narwhals(text, columns=scope.schema, engine=scope.engine.name, read=read)


def _direct(check: Check) -> Check:
    """A format with a check of its own is that check."""
    if check.kind == "format" and "format" in check.params:
        name = format_name(check.params["format"])
        if name in VALUE_FORMATS:
            return msgspec.structs.replace(check, kind=name, params={})
    return check


def _fit(definition: Definition, columns: list[Column], paths: list[str]) -> None:
    """Refuse the wrong number of columns, several array paths, and types the check does not take."""
    if (
        definition.shape in {"row", "relation", "value", "metric"}
        and not definition.many
        and len(columns) != 1
    ):
        raise CheckDefinitionError(
            f"{definition.kind} takes one column, not {len(columns)}", hint="name it in `column`"
        )
    if len({column.unit for column in columns}) > 1:
        raise CheckDefinitionError(f"{' and '.join(paths)} are not in the same array")
    for column in columns:
        if not column.untyped and not definition.types(column.dtype):
            raise CheckDefinitionError(
                f"{definition.kind} takes no column of type {column.dtype}, as {column.path!r} is",
                hint=(definition.types.__doc__ or "").split("\n", 1)[0] or None,
            )


def _comparable(columns: list[Column], engine: Engine) -> list[Column]:
    """Columns that can be compared; raises CheckDefinitionError.

    Instants beside dates or times without a zone lose theirs, in UTC; raises InexactError elsewhere.
    """
    families = {family(column.dtype) for column in columns if not column.untyped}
    if len(families) > 1:
        raise CheckDefinitionError(f"{' and '.join(sorted(families))} cannot be compared with each other")
    zones = {zone for column in columns if (zone := _zone(column)) is not None}
    bare = any(temporal(column.dtype) and _zone(column) is None for column in columns)
    if not zones or not bare:
        return columns
    if zones != {"UTC"}:
        raise InexactError(
            engine.name,
            "timestamps with a zone beside some without, in a session that is not in UTC",
            hint="set the session's time zone to UTC",
        )
    return [
        replace(column, expr=column.expr.dt.replace_time_zone(None), plain=None) if _zone(column) else column
        for column in columns
    ]


def _zone(column: Column) -> str | None:
    return column.dtype.time_zone if isinstance(column.dtype, nw.Datetime) else None


def _split_bounds(
    check: Check, definition: Definition, columns: list[Column]
) -> tuple[dict[str, Any], Threshold | None]:
    """Take `min`, `max` and their strictness of a metric out of its parameters, as its threshold."""
    if not definition.bounds:
        return check.params, check.threshold
    given = {name: check.params[name] for name in BOUNDS if name in check.params}
    rest = {name: value for name, value in check.params.items() if name not in BOUNDS}
    if not given:
        return rest, check.threshold
    as_column = definition.kind in {"min", "max"}
    ends = {
        name: columns[0].literal(given[name]) if as_column else given[name]
        for name in ("min", "max")
        if given.get(name) is not None
    }
    lower = "greater" if given.get("strict_min") else "greater_or_equal"
    upper = "less" if given.get("strict_max") else "less_or_equal"
    named = {lower: ends.get("min"), upper: ends.get("max")}
    return rest, Threshold(**{name: end for name, end in named.items() if end is not None})


def _arguments(
    definition: Definition, params: Mapping[str, Any], columns: list[Column], scope: Scope
) -> dict[str, Any]:
    parameters = {name: item for name, item in definition.parameters.items() if name not in INJECTED}
    for name in params:
        if name not in parameters:
            raise CheckDefinitionError(
                f"{definition.kind} has no parameter {name!r}", hint=suggest(name, parameters)
            )
    missing = [
        name
        for name, item in parameters.items()
        if item.default is inspect.Parameter.empty and name not in params
    ]
    if missing:
        raise CheckDefinitionError(f"{definition.kind} needs {', '.join(missing)}")
    hints = definition.hints
    arguments = {
        name: _convert(definition, name, value, hints.get(name, Any), columns, scope)
        for name, value in params.items()
    }
    column = columns[0] if columns else None
    injected = {"engine": scope.engine.name, "dtype": column.dtype if column else None, "column": column}
    return arguments | {name: injected[name] for name in INJECTED if name in definition.parameters}


def _convert(
    definition: Definition, name: str, value: Any, hint: Any, columns: list[Column], scope: Scope
) -> Any:
    kind = _marker(hint)
    if kind is not None and value is None:
        return None
    match kind:
        case "bound":
            return scope.engine.literal(columns[0].literal(value))
        case "bounds":
            return [scope.engine.literal(item) for item in _members(definition, value, columns[0])]
        case "pattern":
            return translate(_text(definition, name, value), scope.engine.name)
        case "patterns":
            return [translate(_text(definition, name, item), scope.engine.name) for item in value]
        case "like":
            return translate(like_to_regex(_text(definition, name, value)), scope.engine.name)
        case "likes":
            return [
                translate(like_to_regex(_text(definition, name, item)), scope.engine.name) for item in value
            ]
        case "sql":
            return _sql(value, scope)
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        raise CheckDefinitionError(f"{definition.kind}: {name}: {error}") from error


def _holds(dtype: nw.dtypes.DType, value: Any) -> bool:
    """Whether a number can be in a column: no integer is a fraction, or beyond its type."""
    if not dtype.is_integer():
        return True
    low, high = limits(dtype)
    return isinstance(value, int) and low <= value <= high


def _marker(hint: Any) -> str | None:
    """`bound` of `Annotated[Any, "bound"]`, also within `… | None`."""
    if get_origin(hint) is Annotated:
        return str(get_args(hint)[1])
    return next((found for part in get_args(hint) if (found := _marker(part))), None)


def _text(definition: Definition, name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise CheckDefinitionError(f"{definition.kind}: {name} must be text, not {value!r}")
    return value


def _members(definition: Definition, values: Any, column: Column) -> list[Any]:
    """The members of a set that a column of this type can hold; a set with none of them is an error."""
    if not isinstance(values, (list, tuple, set, frozenset)):
        raise CheckDefinitionError(f"{definition.kind}: values must be a list, not {values!r}")
    found = []
    for value in values:
        try:
            converted = column.literal(value)
        except ValueError:
            continue
        if converted is not None and _holds(column.dtype, converted):
            found.append(converted)
    if values and not found and any(value is not None for value in values):
        raise CheckDefinitionError(
            f"{definition.kind}: none of {list(values)!r} can be in a column of type {column.dtype}"
        )
    return found

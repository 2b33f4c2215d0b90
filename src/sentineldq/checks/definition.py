"""How a check is defined: one function returning a Narwhals expression, registered by a decorator.

    @row_check("even", dimension="accuracy", types=INTEGERS, says="even")
    def even(value: nw.Expr) -> nw.Expr:
        return value % 2 == 0

Every built-in check is made this way. The function's keyword-only parameters are the check's parameters:
their annotations say how they are validated and converted (`Bound`, `Pattern`, `Like`, `Sql` and their plurals are
converted to the column's type, the engine's regex dialect or an expression before the call).

A row check's expression is true (holds), false (violates) or null (not evaluated, the value is missing).
A metric check's expression is one number over the whole batch.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

import narwhals as nw

from sentineldq.contracts.model import Dimension
from sentineldq.errors import CheckDefinitionError, suggest

Bound = Annotated[Any, "bound"]
Bounds = Annotated[list[Any], "bounds"]
Pattern = Annotated[str, "pattern"]
Patterns = Annotated[list[str], "patterns"]
Like = Annotated[str, "like"]
Likes = Annotated[list[str], "likes"]
Sql = Annotated[str, "sql"]

Shape = Literal["row", "relation", "value", "metric", "schema", "query"]
Types = Callable[[nw.dtypes.DType], bool]
Rule = TypeVar("Rule", bound=Callable[..., nw.Expr | bool])

ENTRY_POINTS = "sentineldq.checks"


def any_type(dtype: nw.dtypes.DType) -> bool:
    """Every type."""
    return dtype is not None


def numeric(dtype: nw.dtypes.DType) -> bool:
    """Numbers: integers, floats, decimals."""
    return dtype.is_numeric()


def countable(dtype: nw.dtypes.DType) -> bool:
    """Numbers, and true or false counted as 1 or 0."""
    return dtype.is_numeric() or dtype == nw.Boolean


def text(dtype: nw.dtypes.DType) -> bool:
    """Text: strings, and categories, which are compared as strings."""
    return any(dtype == kind for kind in (nw.String, nw.Categorical, nw.Enum))


def temporal(dtype: nw.dtypes.DType) -> bool:
    """Points in time: dates and timestamps."""
    return any(dtype == kind for kind in (nw.Date, nw.Datetime))


def ordered(dtype: nw.dtypes.DType) -> bool:
    """Whatever has an order: numbers, text, dates, times, timestamps."""
    return numeric(dtype) or text(dtype) or temporal(dtype) or dtype == nw.Time


def family(dtype: nw.dtypes.DType) -> str:
    """What a type can be compared with: numbers with numbers, text with text, dates with timestamps."""
    kinds = {"numbers": numeric, "text": text, "dates": temporal}
    return next((name for name, kind in kinds.items() if kind(dtype)), str(dtype).split("(")[0])


def listed(dtype: nw.dtypes.DType) -> bool:
    """Arrays: lists of any length or of a fixed one."""
    return any(dtype == kind for kind in (nw.List, nw.Array))


def scalar(dtype: nw.dtypes.DType) -> bool:
    """Whatever is not nested."""
    return not dtype.is_nested()


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A metric of several numbers: the parts are aggregated in the pass, `observe` makes one value of them.

    `judge` tells whether the observed value is good; without it the metric's bounds decide.
    """

    parts: Mapping[str, nw.Expr]
    observe: Callable[[dict[str, Any]], Any]
    judge: Callable[[Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Relation:
    """What a relation check gets: add the boolean column `target` to `frame`, computed from `columns`.

    group: a column that is true in the rows that a filter keeps; the values are missing in the others.
    """

    frame: nw.LazyFrame[Any]
    columns: list[str]
    target: str
    dataset: Callable[[str], nw.LazyFrame[Any]]
    order: str | None = None
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a query check found; `holds` decides when there are no counts."""

    holds: bool
    observed: Any = None
    evaluated: int | None = None
    failed: int | None = None
    samples: list[Any] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One kind of check, as registered."""

    kind: str
    shape: Shape
    function: Callable[..., Any]
    dimension: Dimension
    says: str
    types: Types = any_type
    many: bool = False
    alike: bool = False
    ordered: bool = False
    needs: Mapping[str, Callable[[nw.Expr], nw.Expr]] = field(default_factory=dict)
    probe: Callable[..., nw.Expr] | None = None
    nulls: bool = False
    bounds: bool = False

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The check's own parameters: keyword-only, without the statistics it needs."""
        found = inspect.signature(self.function).parameters
        return {
            name: parameter
            for name, parameter in found.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name not in self.needs
        }

    @cached_property
    def hints(self) -> dict[str, Any]:
        return get_type_hints(self.function, include_extras=True)

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.function) or "").split("\n", 1)[0]


_REGISTRY: dict[str, Definition] = {}


def _register(definition: Definition) -> None:
    known = _REGISTRY.get(definition.kind)
    if known is not None and known.function.__module__ != definition.function.__module__:
        raise CheckDefinitionError(
            f"a check named {definition.kind!r} is already registered by {known.function.__module__}",
            hint="give yours another name",
        )
    _REGISTRY[definition.kind] = definition


def row_check(
    kind: str,
    *,
    dimension: Dimension = "accuracy",
    says: str = "",
    types: Types = any_type,
    many: bool = False,
    alike: bool = False,
    nulls: bool = False,
    needs: Mapping[str, Callable[[nw.Expr], nw.Expr]] | None = None,
) -> Callable[[Rule], Rule]:
    """Register a row check: a function from value expression(s) to a boolean expression.

    says: what is expected, in words; `{parameter}` is filled in.
    types: which column types it takes.
    many: the function takes a list of expressions, one per column.
    alike: those columns are compared with each other.
    nulls: missing values are evaluated too (they are left out otherwise).
    needs: aggregates known before, given to the function as keyword arguments.
    """

    def register(function: Rule) -> Rule:
        _register(
            Definition(
                kind=kind,
                shape="row",
                function=function,
                dimension=dimension,
                says=says or kind.replace("_", " "),
                types=types,
                many=many,
                alike=alike,
                nulls=nulls,
                needs=needs or {},
            )
        )
        return function

    return register


def relation_check(
    kind: str,
    *,
    dimension: Dimension,
    says: str = "",
    types: Types = any_type,
    many: bool = False,
    ordered: bool = False,
    probe: Callable[[list[str]], nw.Expr] | None = None,
) -> Callable[[Callable[..., nw.LazyFrame[Any]]], Callable[..., nw.LazyFrame[Any]]]:
    """Register a row check that looks at other rows or datasets: it adds a boolean column to the frame.

    The function takes a Relation (the frame, the names of its value columns, the name to add) and returns the
    frame with that column: true, false or null per row, no row added or lost.
    ordered: it needs the order of the rows.
    probe: from the names of hashed value columns, an aggregate that is true only when no row can fail.
    """

    def register(function: Callable[..., nw.LazyFrame[Any]]) -> Callable[..., nw.LazyFrame[Any]]:
        _register(
            Definition(
                kind=kind,
                shape="relation",
                function=function,
                dimension=dimension,
                says=says or kind.replace("_", " "),
                types=types,
                many=many,
                ordered=ordered,
                probe=probe,
            )
        )
        return function

    return register


def value_check(
    kind: str, *, dimension: Dimension = "conformity", says: str = "", types: Types = text
) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
    """Register a check in plain Python: a function from one value to true or false.

    It is called once per distinct value, the same code on every engine; slower than an expression.
    """

    def register(function: Callable[..., bool]) -> Callable[..., bool]:
        _register(
            Definition(
                kind=kind,
                shape="value",
                function=function,
                dimension=dimension,
                says=says or kind.replace("_", " "),
                types=types,
            )
        )
        return function

    return register


def metric_check(
    kind: str,
    *,
    dimension: Dimension = "accuracy",
    says: str = "",
    types: Types = any_type,
    many: bool = False,
    needs: Mapping[str, Callable[[nw.Expr], nw.Expr]] | None = None,
    bounds: bool = True,
    nulls: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a metric check: a function from value expression(s) to one aggregate, or to a Measure.

    bounds: the check takes `min`, `max`, `strict_min`, `strict_max` for what it measures.
    nulls: the function gets, in place of the value, whether it is missing.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _register(
            Definition(
                kind=kind,
                shape="metric",
                function=function,
                dimension=dimension,
                says=says or kind.replace("_", " "),
                types=types,
                many=many,
                needs=needs or {},
                bounds=bounds,
                nulls=nulls,
            )
        )
        return function

    return register


def schema_check(
    kind: str, *, says: str, dimension: Dimension = "conformity"
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a check of names and types only: a function from the schema to (holds, observed)."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _register(Definition(kind=kind, shape="schema", function=function, dimension=dimension, says=says))
        return function

    return register


def query_check(
    kind: str, *, says: str, dimension: Dimension = "consistency", types: Types = any_type, many: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a check that runs queries of its own: a function from a Batch to a Reading."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _register(
            Definition(
                kind=kind,
                shape="query",
                function=function,
                dimension=dimension,
                says=says,
                types=types,
                many=many,
            )
        )
        return function

    return register


@cache
def _load_plugins() -> None:
    """Import every entry point, once; the built-in catalogue comes first."""
    from importlib.metadata import entry_points

    _load_catalogue()
    for point in entry_points(group=ENTRY_POINTS):
        point.load()


def _load_catalogue() -> None:
    from importlib import import_module

    import_module("sentineldq.checks.catalogue")


def catalogue() -> dict[str, Definition]:
    """All checks by kind."""
    _load_plugins()
    return dict(_REGISTRY)


def definition_of(kind: str) -> Definition:
    """The definition of a kind; raises CheckDefinitionError with the closest name."""
    _load_catalogue()
    if kind in _REGISTRY:  # looking for entry points reads the metadata of every package installed
        return _REGISTRY[kind]
    known = catalogue()
    if kind not in known:
        hint = suggest(kind, known) or "`sentinel checks` lists them"
        raise CheckDefinitionError(f"there is no check named {kind!r}", hint=hint)
    return known[kind]

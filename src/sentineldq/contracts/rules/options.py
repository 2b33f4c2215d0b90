"""Rules over what values a property allows: options of its type, bounds, patterns, enums, examples."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import msgspec

from sentineldq.contracts.model import Property, TypeOptions
from sentineldq.contracts.rules.base import Fault, View, rule
from sentineldq.errors import suggest

_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_TIMES = ("format", *_BOUNDS)
_NUMBERS = ("format", "multipleOf", *_BOUNDS)
#: Which options a logical type has.
OPTIONS: dict[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "date": _TIMES,
    "timestamp": (*_TIMES, "timezone", "defaultTimezone"),
    "time": (*_TIMES, "timezone", "defaultTimezone"),
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "object": ("minProperties", "maxProperties", "required"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "boolean": (),
    "map": (),
    "vector": (
        "dimensions",
        "elementType",
        "distanceMetric",
        "embeddingModel",
        "embeddingModelVersion",
        "normalized",
    ),
}
_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "integer": {"format": ("i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128")},
    "number": {"format": ("f32", "f64")},
    "vector": {
        "elementType": ("bfloat16", "binary", "float16", "float32", "float64", "int8", "uint8"),
        "distanceMetric": ("cosine", "dotProduct", "euclidean", "hamming", "manhattan"),
    },
}
_TEMPORAL: dict[str, Any] = {"date": date, "timestamp": datetime, "time": time}


@rule("SDQ133", "error", "An option does not belong to the logical type.")
def option_misplaced(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        if item.logical_type is None or item.logical_type_options is None:
            continue
        allowed = OPTIONS[item.logical_type]
        for key in _given(item.logical_type_options):
            if key not in allowed:
                hint = f"{item.logical_type} takes {', '.join(allowed)}" if allowed else None
                yield Fault(
                    f"{path}.logicalTypeOptions.{key}", f"{key} is no option of {item.logical_type}", hint
                )


@rule("SDQ134", "error", "A pattern is no regular expression.")
def pattern_malformed(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        reason = regex_fault(item.options.pattern) if item.options.pattern is not None else None
        if reason:
            yield Fault(f"{path}.logicalTypeOptions.pattern", f"not a regular expression: {reason}")


@rule("SDQ135", "error", "Bounds exclude every value.")
def bounds_empty(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        options = item.options
        for low, high, strict in (
            ("minLength", "maxLength", False),
            ("minItems", "maxItems", False),
            ("minProperties", "maxProperties", False),
            ("minimum", "maximum", False),
            ("exclusiveMinimum", "maximum", True),
            ("minimum", "exclusiveMaximum", True),
            ("exclusiveMinimum", "exclusiveMaximum", True),
        ):
            least, most = _given(options).get(low), _given(options).get(high)
            if _beyond(least, most, strict=strict):
                yield Fault(
                    f"{path}.logicalTypeOptions.{high}",
                    f"{low} {least!r} leaves nothing below {high} {most!r}",
                )


@rule("SDQ136", "error", "A bound or size has the wrong type or sign.")
def bound_mistyped(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        given = _given(item.options)
        for key in _BOUNDS:
            if key in given and item.logical_type and not _bound_fits(given[key], item):
                message = f"{key} {given[key]!r} is no {item.logical_type}"
                yield Fault(f"{path}.logicalTypeOptions.{key}", message)
        for key in ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"):
            if given.get(key, 0) < 0:
                yield Fault(f"{path}.logicalTypeOptions.{key}", f"{key} is negative")
        for key in ("multipleOf", "dimensions"):
            if given.get(key, 1) <= 0:
                yield Fault(f"{path}.logicalTypeOptions.{key}", f"{key} must be above 0")


@rule("SDQ137", "error", "A value of an enum is not of the property's type.")
def enum_mistyped(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        for index, entry in enumerate(item.enum):
            if not value_fits(entry.value, item.logical_type):
                message = f"{entry.value!r} is no {item.logical_type}"
                yield Fault(f"{path}.enum[{index}].value", message, _quoting(entry.value, item.logical_type))


@rule("SDQ138", "error", "A value of an enum repeats.")
def enum_repeated(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        seen: set[tuple[type, Any]] = set()
        for index, entry in enumerate(item.enum):
            key = (type(entry.value), entry.value)
            if key in seen:
                yield Fault(f"{path}.enum[{index}].value", f"{entry.value!r} is in the enum already")
            seen.add(key)


@rule("SDQ139", "warning", "An example contradicts the property's type or enum.")
def example_mistyped(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        allowed = [entry.value for entry in item.enum]
        for index, value in enumerate(item.examples):
            if not value_fits(value, item.logical_type):
                yield Fault(f"{path}.examples[{index}]", f"example {value!r} is no {item.logical_type}")
            elif allowed and value not in allowed:
                yield Fault(f"{path}.examples[{index}]", f"example {value!r} is not in the enum")


@rule("SDQ145", "error", "An option has a value that the standard does not know.")
def option_unknown(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        given = _given(item.options)
        for key, words in _WORDS.get(item.logical_type or "", {}).items():
            if key in given and given[key] not in words:
                yield Fault(
                    f"{path}.logicalTypeOptions.{key}",
                    f"{given[key]!r} is no {key} of {item.logical_type}",
                    suggest(str(given[key]), words),
                )


@rule("SDQ146", "warning", "An object requires a property that it does not have.")
def required_unknown(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        known = {child.name for child in item.properties}
        for index, name in enumerate(item.options.required if known else ()):
            if name not in known:
                yield Fault(
                    f"{path}.logicalTypeOptions.required[{index}]", f"{name!r} is not among its properties"
                )


def regex_fault(pattern: str) -> str | None:
    """Why a text is no regular expression; ECMA's own notations are understood. None when it is one."""
    python = re.sub(r"\(\?<(?![=!])", "(?P<", pattern)
    python = re.sub(r"\\k<(\w+)>", r"(?P=\1)", python)
    python = re.sub(r"\\[pP]\{[^}]*\}", r"\\w", python).replace("[^]", r"[\s\S]")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(python)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def value_fits(value: Any, kind: str | None) -> bool:
    """Is a value, as YAML gives it, one of this logical type? Null fits all; times are text."""
    if value is None or kind is None:
        return True
    if kind in _TEMPORAL or kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("integer", "number"):
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return not isinstance(value, bool) and (whole or (kind == "number" and isinstance(value, float)))
    return True


def _given(options: TypeOptions) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(options)
    return found


def _beyond(least: Any, most: Any, *, strict: bool) -> bool:
    if isinstance(least, str) and isinstance(most, str):
        return least >= most if strict else least > most
    if isinstance(least, int | float) and isinstance(most, int | float):
        return least >= most if strict else least > most
    return False


def _bound_fits(value: Any, item: Property) -> bool:
    kind = item.logical_type
    if kind in ("integer", "number"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind not in _TEMPORAL:
        return True
    if not isinstance(value, str):
        return False
    if item.options.format or "${" in value:
        return True
    try:
        _TEMPORAL[kind].fromisoformat(value)
    except ValueError:
        return False
    return True


def _quoting(value: Any, kind: str | None) -> str | None:
    if kind == "string" and isinstance(value, bool | int | float):
        return f'quote it: "{str(value).lower() if isinstance(value, bool) else value}"'
    return None

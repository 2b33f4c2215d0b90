"""Leaves by logical type: what msgspec checks of each, what it cannot, and the words for both."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Context, Decimal
from operator import ge, gt, le, lt
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Raw
from msgspec.json import Decoder

from sentineldq.checks.records.clock import Kind, reader, utc
from sentineldq.checks.records.leaf import FAULTS, Encoded, Leaf, Rule, chain
from sentineldq.checks.regex import compile_python
from sentineldq.contracts.model import Property, TypeOptions
from sentineldq.errors import CheckDefinitionError, InexactError

T = TypeVar("T")
INT64 = (-(2**63), 2**63 - 1)
FLOAT32_MAX = 3.4028234663852886e38
NEARLY = 1e-9
"""How far from a whole multiple a quotient of fractions may be; the same as in the catalogue."""

UNCHECKED_FORMATS = ("password", "binary")
"""Formats of ODCS that say how text is meant, not what it holds."""

_STR, _INT, _FLOAT, _BOOL = Decoder(str), Decoder(int), Decoder(float), Decoder(bool)
_EXACT = Context(prec=76)
_DECIMAL = re.compile(r"\s*(?:decimal|numeric|number|dec)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", re.IGNORECASE)
_WORDS = {
    "minimum": "at least",
    "exclusive_minimum": "more than",
    "maximum": "at most",
    "exclusive_maximum": "less than",
}
_INTEGERS = {f"i{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64, 128)} | {
    f"u{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64, 128)
}


def leaf(item: Property, *, masked: bool) -> Leaf:
    """The leaf of a property without members.

    Raises CheckDefinitionError where an option has no meaning, InexactError where it cannot be met exactly.
    """
    made = _LEAVES[item.logical_type](item)
    made.masked = masked
    return made


# ---------------------------------------------------------------------------------------------- text


def _string(item: Property) -> Leaf:
    meta: dict[str, Any] = {}
    rules: list[Rule] = []
    low, high = item.options.min_length, item.options.max_length
    if low is not None:
        meta["min_length"] = low
        rules.append(Rule("length", f"at least {low} characters", lambda text: len(text) >= low, fast=True))
    if high is not None:
        meta["max_length"] = high
        rules.append(Rule("length", f"at most {high} characters", lambda text: len(text) <= high, fast=True))
    if item.options.pattern is not None:
        pattern = compile_python(item.options.pattern)
        meta["pattern"] = pattern.pattern
        rules.append(Rule("pattern", f"text matching {item.options.pattern}", _finds(pattern), fast=True))
    if item.options.format is not None and item.options.format not in UNCHECKED_FORMATS:
        rules.append(_format(item.options.format, meta))
    return _with_enum(Leaf("string", "string", _annotated(str, meta), _STR.decode), rules, item, str)


def _format(name: str, meta: dict[str, Any]) -> Rule:
    """The rule of a named format; a regex goes to msgspec (`meta`) where no other does."""
    from sentineldq.checks.catalogue import formats  # loads all checks, which most contracts do without

    known, expected = formats.format_name(name), f"text in the format {name}"
    if known in formats.PATTERNS:
        pattern = compile_python(formats.PATTERNS[known])
        fast = meta.setdefault("pattern", pattern.pattern) is pattern.pattern
        return Rule("format", expected, _finds(pattern), fast=fast)
    if known in formats.SETS:
        return Rule("format", expected, formats.SETS[known].__contains__)
    check: Callable[[str], bool] = getattr(formats, known)
    return Rule("format", expected, check)


def _finds(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.search(text) is not None


# ------------------------------------------------------------------------------------------- numbers


def _integer(item: Property) -> Leaf:
    options = item.options
    bounds = _bounds(options, _number)
    low, high = max([INT64[0], *_lowest(bounds)]), min([INT64[1], *_highest(bounds)])
    rules = [_bound(side, value) for side, value in bounds.items()]
    rules.append(_within(*INT64, "an integer of 64 bits"))
    if options.format in _INTEGERS:
        first, last = _INTEGERS[options.format]
        low, high = max(low, first), min(high, last)
        rules.append(_within(first, last, f"an integer of type {options.format}"))
    if low <= INT64[1] and high >= INT64[0]:  # msgspec takes bounds of 64 bits only
        rules = [rule._replace(fast=True) for rule in rules]
    else:
        low, high = INT64
    meta = {"ge": low, "le": high}
    of = options.multiple_of
    if isinstance(of, int) and 0 < of <= INT64[1]:
        meta["multiple_of"] = of
        rules.append(_multiple(of)._replace(fast=True))
    elif of is not None:
        rules.append(_multiple(of))
    return _with_enum(Leaf("integer", "integer", _annotated(int, meta), _whole), rules, item, int)


def _lowest(bounds: dict[str, Decimal]) -> Iterator[int]:
    if "minimum" in bounds:
        yield math.ceil(bounds["minimum"])
    if "exclusive_minimum" in bounds:
        yield math.floor(bounds["exclusive_minimum"]) + 1


def _highest(bounds: dict[str, Decimal]) -> Iterator[int]:
    if "maximum" in bounds:
        yield math.floor(bounds["maximum"])
    if "exclusive_maximum" in bounds:
        yield math.ceil(bounds["exclusive_maximum"]) - 1


def _within(low: int, high: int, expected: str) -> Rule:
    return Rule("range", expected, lambda value: low <= value <= high)


def _whole(raw: Encoded) -> int:
    """A whole number however it is written: `1`, `1.0` and `1e3` are integers, as in JSON Schema."""
    try:
        return _INT.decode(raw)
    except FAULTS:
        number = _exact(raw)
    if number and (number.adjusted() > 18 or number != number.to_integral_value()):
        raise ValueError("not a whole number of 64 bits")
    return int(number) if number else 0


def _exact(raw: Any) -> Decimal:
    """The value of a JSON number, digit for digit; a Decimal stays as it is."""
    if isinstance(raw, Decimal):
        return raw
    text = bytes(raw)
    if not text[:1].isdigit() and text[:1] != b"-":
        raise ValueError("not a number")
    try:
        number = Decimal(text.decode("ascii"))
    except ArithmeticError as problem:
        raise ValueError("the exponent is out of range") from problem
    if not number.is_finite():
        raise ValueError("the exponent is out of range")
    return number


def _number_leaf(item: Property) -> Leaf:
    declared = _DECIMAL.match(item.physical_type or "")
    return _float(item) if declared is None else _decimal(item, int(declared[1]), int(declared[2] or 0))


def _decimal(item: Property, precision: int, scale: int) -> Leaf:
    if not (1 <= precision <= 38 and scale <= precision):
        raise InexactError("records", item.physical_type or "", hint="a decimal has 1 to 38 digits")
    rules = [Rule("precision", f"decimal({precision},{scale})", lambda value: _fits(value, precision, scale))]
    rules += [_bound(side, value) for side, value in _bounds(item.options, _number).items()]
    if item.options.multiple_of is not None:
        rules.append(_multiple(item.options.multiple_of))
    if item.enum:
        rules.append(_one_of([_number(value) for value in _allowed(item, int, float)]))
    return Leaf("decimal", "number", Raw, _exact, _exact, tuple(rules), digits=(precision, scale))


def _fits(value: Decimal, precision: int, scale: int) -> bool:
    """True when no digit is lost in decimal(precision, scale); zeros at either end do not count."""
    _, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    kept = text.rstrip("0")
    last = int(exponent) + len(text) - len(kept)
    return not kept or (last >= -scale and len(kept) + last <= precision - scale)


def _float(item: Property) -> Leaf:
    bounds = _bounds(item.options, lambda value: float(_number(value)))
    rules = [_bound(side, value)._replace(fast=True) for side, value in bounds.items()]
    if item.options.format == "f32":
        rules.append(Rule("range", "a number of type f32", lambda value: abs(value) <= FLOAT32_MAX))
    if item.options.multiple_of is not None:
        rules.append(_multiple(item.options.multiple_of))
    if item.enum:
        rules.append(_one_of([float(value) for value in _allowed(item, int, float)]))
    type_ = _annotated(float, _tightest(bounds))
    return Leaf("number", "number", type_, _FLOAT.decode, rules=tuple(rules))


def _tightest(bounds: dict[str, float]) -> dict[str, float]:
    """The same bounds for msgspec, which takes one lower and one upper."""
    meta: dict[str, float] = {}
    low, above = bounds.get("minimum", -math.inf), bounds.get("exclusive_minimum", -math.inf)
    high, below = bounds.get("maximum", math.inf), bounds.get("exclusive_maximum", math.inf)
    if max(low, above) > -math.inf:
        meta |= {"gt": above} if above >= low else {"ge": low}
    if min(high, below) < math.inf:
        meta |= {"lt": below} if below <= high else {"le": high}
    return meta


def _multiple(of: float) -> Rule:
    """The rule of the catalogue's `multiple_of`: whole numbers exactly, fractions within NEARLY."""
    if not of or not math.isfinite(of):
        raise CheckDefinitionError(f"multipleOf must be a number other than 0, found {of}")
    if isinstance(of, int) or of.is_integer():
        divisor = int(of)
        return Rule("multiple_of", f"a multiple of {of}", lambda value: _remainder(value, divisor) == 0)

    def holds(value: float | Decimal) -> bool:
        try:
            ratio = float(value) / of
        except OverflowError:
            return False
        return math.isfinite(ratio) and abs(ratio - round(ratio)) < NEARLY

    return Rule("multiple_of", f"a multiple of {of}", holds)


def _remainder(value: Any, divisor: int) -> Any:
    """A Decimal of more digits than any column holds has no remainder to speak of."""
    if not isinstance(value, Decimal):
        return value % divisor
    return _EXACT.remainder(value, Decimal(divisor)) if abs(value.adjusted()) <= _EXACT.prec // 2 else 1


def _boolean(item: Property) -> Leaf:
    rules = (_one_of(_allowed(item, bool)),) if item.enum else ()
    return Leaf("boolean", "boolean", bool, _BOOL.decode, rules=rules)


# ------------------------------------------------------------------------------ dates, times, moments

_MOMENTS: dict[Kind, type] = {"date": date, "time": time, "timestamp": datetime}


def _date(item: Property) -> Leaf:
    return _moment(item, "date", zoned=None)


def _time(item: Property) -> Leaf:
    return _moment(item, "time", zoned=item.options.timezone)


def _timestamp(item: Property) -> Leaf:
    return _moment(item, "timestamp", zoned=item.options.timezone)


def _moment(item: Property, kind: Kind, *, zoned: bool | None) -> Leaf:
    options = item.options
    zone = _zone(options.default_timezone)
    suffix = {None: "", True: " with an offset", False: " without an offset"}[zoned]
    type_ = _annotated(_MOMENTS[kind], {} if zoned is None else {"tz": zoned})
    if options.format:
        finish = reader(options.format, kind, zoned=zoned)
        expected = f"{kind}{suffix} in the format {options.format}"
        made = Leaf(kind, expected, str, chain(_STR.decode, finish), finish, zone=zone)
    else:
        made = Leaf(kind, f"{kind}{suffix} (RFC 3339)", type_, Decoder(type_).decode, zone=zone)

    def limit(value: Any) -> Any:
        return utc(_written(value, kind, made.finish), zone)

    rules = [_bound(side, value) for side, value in _bounds(options, limit).items()]
    if item.enum:
        rules.append(_one_of([limit(value) for value in _allowed(item, str)]))
    made.rules = tuple(
        rule._replace(holds=chain(lambda value: utc(value, zone), rule.holds)) for rule in rules
    )
    return made


def _written(value: Any, kind: Kind, declared: Callable[[str], Any] | None) -> Any:
    """A bound, written like the values or in the standard form; one of timestamps may be a bare date."""
    standard = [lambda text, type_=type_: msgspec.convert(text, type_) for type_ in (_MOMENTS[kind], date)]
    for read in [declared, *(standard if kind == "timestamp" else standard[:1])]:
        try:
            found = read(value) if read else None
        except (msgspec.ValidationError, ValueError, TypeError):
            continue
        if isinstance(found, date) and not isinstance(found, datetime) and kind == "timestamp":
            return datetime.combine(found, time())
        if found is not None:
            return found
    raise ValueError(f"not a {kind}")


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name and name not in {"UTC", "Etc/UTC"} else UTC
    except (KeyError, ValueError) as problem:  # ZoneInfoNotFoundError is a KeyError
        raise CheckDefinitionError(f"defaultTimezone {name!r} is not a time zone") from problem


# ----------------------------------------------------------------------------------------- any value


def _json(item: Property) -> Leaf:
    """Any JSON value, kept as it is written."""
    if not item.enum:
        return Leaf("json", "a value", Raw, Raw)
    rule = _one_of([entry.value for entry in item.enum])
    texts = {_canonical(entry.value) for entry in item.enum}
    return Leaf("json", "a value", Raw, Raw, rules=(rule._replace(holds=lambda raw: _text(raw) in texts),))


def _text(raw: Raw) -> bytes | None:
    """The value in a form that is equal for equal values; None for a number too large for any type."""
    try:
        return _canonical(msgspec.json.decode(raw))
    except (*FAULTS, OverflowError):
        return None


def _canonical(value: Any) -> bytes:
    return msgspec.json.encode(float(value) if type(value) is int else value)


# --------------------------------------------------------------------------------------------- shared


def _annotated(type_: type, meta: dict[str, Any]) -> Any:
    return Annotated[type_, Meta(**meta)] if meta else type_


def _with_enum(made: Leaf, rules: list[Rule], item: Property, type_: type) -> Leaf:
    """The leaf with its rules; allowed values that meet them all make a Literal, which needs no more."""
    if item.enum:
        allowed = _allowed(item, type_)
        kept = [value for value in allowed if all(rule.holds(value) for rule in rules)]
        rules.append(_one_of(allowed))
        if kept:
            made.type = Literal[tuple(kept)]
            rules = [rule._replace(fast=True) for rule in rules]
    made.rules = tuple(rules)
    return made


def _allowed(item: Property, *types: type) -> list[Any]:
    """The allowed values of these types; others can never be met, and null is a matter of `required`.

    Among integers, 1.0 is 1.
    """
    values = [entry.value for entry in item.enum]
    if types == (int,):
        values = [int(value) if type(value) is float and value.is_integer() else value for value in values]
    return [value for value in values if type(value) in types]


def _one_of(values: Sequence[Any]) -> Rule:
    shown = ", ".join(repr(value) if isinstance(value, str) else str(value) for value in values[:10])
    more = f" and {len(values) - 10} more" if len(values) > 10 else ""
    allowed = frozenset(values)
    return Rule("enum", f"one of {shown}{more}", lambda value: value in allowed)


def _bounds(options: TypeOptions, parse: Callable[[Any], T]) -> dict[str, T]:
    """The bounds that are given, by side."""
    return {
        side: _parsed(side, value, parse) for side in _WORDS if (value := getattr(options, side)) is not None
    }


def _parsed(side: str, value: Any, parse: Callable[[Any], T]) -> T:
    try:
        return parse(value)
    except (ValueError, ArithmeticError) as problem:
        raise CheckDefinitionError(
            f"{side} {value!r} cannot be compared with the values: {problem}"
        ) from problem


def _number(value: Any) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number


def _bound(side: str, limit: Any) -> Rule:
    compare = {"minimum": ge, "exclusive_minimum": gt, "maximum": le, "exclusive_maximum": lt}[side]
    return Rule(side, f"{_WORDS[side]} {limit}", lambda value: bool(compare(value, limit)))


_LEAVES: dict[str | None, Callable[[Property], Leaf]] = {
    None: _json,
    "string": _string,
    "integer": _integer,
    "number": _number_leaf,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
}

"""The script of faults: what it may say, and what it means for a shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
import yaml

from sentineldq.errors import UsageError, first_line, suggest
from sentineldq.sources.simulate.clock import Change
from sentineldq.sources.simulate.moment import moment, span
from sentineldq.sources.simulate.shape import BLOCK, Facts

Outcome = Literal["refused", "duplicate", "accepted"]
Kind = Literal[
    "bad_type", "missing_field", "null_field", "bad_value", "malformed_json", "truncated", "duplicate", "late",
    "out_of_order", "volume_drop", "volume_spike", "new_type", "shift", "spread", "tail", "swap", "prior", "covariate",
    "schema_add", "schema_drop", "schema_rename",
]  # fmt: skip
REFUSED = {"bad_type", "missing_field", "null_field", "bad_value", "malformed_json", "truncated"}
VOLUME = {"volume_drop": 0.1, "volume_spike": 10.0}
RESAMPLED = {"prior", "covariate"}
SWEEPING = {"shift", "spread", "swap", "schema_add", "schema_drop", "schema_rename"}
"""Kinds that strike all records where the script says neither `rate` nor `count`."""
SHARED = SWEEPING | {"tail"}
"""Kinds that change a record together with others: those that move a distribution or a schema."""
EVERYWHERE = {"kind", "from", "until", "expect"}
CHOICE = {"rate", "count", "only", "over"}
OWN_KEYS: dict[str, set[str]] = {
    "bad_type": {"field", "value"},
    "missing_field": {"field"},
    "null_field": {"field"},
    "bad_value": {"field", "value"},
    "duplicate": {"by"},
    "late": {"by"},
    "out_of_order": {"by"},
    "volume_drop": {"factor"},
    "volume_spike": {"factor"},
    "new_type": {"value"},
    "shift": {"field", "value", "factor", "add"},
    "spread": {"field", "factor", "around"},
    "tail": {"field", "factor"},
    "swap": {"field", "values"},
    "prior": {"value"},
    "covariate": {"field", "above", "below"},
    "schema_add": {"field", "value"},
    "schema_drop": {"field"},
    "schema_rename": {"field", "to"},
}
MOST_BACK = 20 * BLOCK


class Fault(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One line of the script; docs/guides/sources/simulate.md says what each key means for each kind."""

    kind: Kind
    rate: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    count: Annotated[int, msgspec.Meta(gt=0)] | None = None
    start: Any = msgspec.field(name="from", default=None)
    end: Any = msgspec.field(name="until", default=None)
    only: str | list[str] = []
    field: str | list[str] = []
    value: Any = msgspec.UNSET
    by: int | float | str | None = None
    factor: Annotated[float, msgspec.Meta(ge=0)] | None = None
    add: float | None = None
    expect: Outcome | None = None
    over: int | str | None = None
    around: float | None = None
    above: float | None = None
    below: float | None = None
    values: dict[str, Any] = {}
    to: str = ""


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A fault made ready for a shape.

    It strikes from record `low` to below `high` (none: without end), with its whole rate from record `full` on and ever
    more until then. by: seconds for a late one, else records.
    """

    number: int
    fault: Fault
    low: int
    high: int | None
    full: int
    only: frozenset[str]
    fields: tuple[str, ...]
    by: float
    expected: Outcome

    @property
    def kind(self) -> Kind:
        return self.fault.kind


def read(faults: str | Iterable[Mapping[str, Any]], *, root: Path) -> tuple[Fault, ...]:
    """The faults of a list, or of a YAML file that holds one, itself or under `faults`. Raises UsageError."""
    listed: Any = _load(root / faults) if isinstance(faults, str) else list(faults)
    if not isinstance(listed, list):
        raise UsageError("faults: a list is expected")
    return tuple(_fault(entry, f"fault {number}") for number, entry in enumerate(listed, start=1))


def changes(faults: Iterable[Fault]) -> list[Change]:
    """The faults that change the volume. Raises UsageError."""
    found = []
    for number, fault in enumerate(faults, start=1):
        if fault.kind not in VOLUME:
            continue
        factor = VOLUME[fault.kind] if fault.factor is None else fault.factor
        if (factor < 1) != (fault.kind == "volume_drop"):
            raise UsageError(f"fault {number}: the factor of a {fault.kind} cannot be {factor}")
        limits = [_limit(limit, f"fault {number}") for limit in (fault.start, fault.end)]
        found.append(Change(factor=factor, start=0 if limits[0] is None else limits[0], end=limits[1]))
    return found


def resolve(
    number: int, fault: Fault, *, facts: Facts, records: int | None, position: Callable[[float], int]
) -> Resolved:
    """What a fault means for a shape; `position` gives the number of the first record not before a time."""
    name = f"fault {number + 1} ({fault.kind})"
    _fits(fault, facts, name)
    begin = _limit(fault.start, name)
    low, high = (_record(limit, position) for limit in (begin, _limit(fault.end, name)))
    low = low or 0
    if records is not None:
        high = records if high is None else min(high, records)
    if fault.count is not None:
        if high is None:
            raise UsageError(f"{name}: `count` needs an end", hint="say `until`, or `records` of the whole")
        if fault.count > high - low:
            raise UsageError(
                f"{name}: {fault.count} of the {max(0, high - low)} records from {low} are too many"
            )
    return Resolved(
        number=number,
        fault=fault,
        low=low,
        high=high,
        full=_full(fault, low, begin, name=name, position=position),
        only=frozenset(_several(fault.only)),
        fields=tuple(_several(fault.field)),
        by=_back(fault, name),
        expected=fault.expect or ("refused" if fault.kind in REFUSED else _mild(fault.kind)),
    )


def _load(path: Path) -> Any:
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise UsageError(f"faults: cannot read {path}: {first_line(problem)}") from None
    return loaded.get("faults") if isinstance(loaded, dict) else loaded


def _fault(entry: Any, name: str) -> Fault:
    if not isinstance(entry, Mapping):
        raise UsageError(f"{name}: a mapping with `kind` is expected")
    kind = entry.get("kind")
    if kind not in get_args(Kind):
        raise UsageError(f"{name}: there is no kind {kind!r}", hint=suggest(str(kind), get_args(Kind)))
    known = EVERYWHERE | OWN_KEYS.get(str(kind), set()) | (set() if kind in VOLUME else CHOICE)
    for key in entry:
        if key not in known:
            raise UsageError(f"{name} ({kind}): `{key}` means nothing here", hint=suggest(str(key), known))
    try:
        fault = msgspec.convert(dict(entry), Fault)
    except msgspec.ValidationError as problem:
        raise UsageError(f"{name} ({kind}): {problem}") from None
    _complete(fault, f"{name} ({kind})")
    return fault


def _complete(fault: Fault, name: str) -> None:
    """Keys that belong together."""
    chosen = (fault.rate is not None) + (fault.count is not None)
    if chosen > 1:
        raise UsageError(f"{name}: either `rate` or `count`")
    if not chosen and fault.kind not in {*VOLUME, *SWEEPING}:
        raise UsageError(f"{name}: `rate` or `count` is missing")
    if fault.over is not None and fault.count is not None:
        raise UsageError(f"{name}: `over` is for a `rate`: a `count` is spread evenly")
    if fault.kind == "shift":
        ways = (fault.value is not msgspec.UNSET) + (fault.factor is not None or fault.add is not None)
        if not fault.field or ways != 1:
            raise UsageError(f"{name}: `field` is needed, and either `value` or `factor` and `add`")
    if fault.kind in {"bad_value", "bad_type"} and fault.value is not msgspec.UNSET and not fault.field:
        raise UsageError(f"{name}: `value` needs a `field`")
    if fault.kind.startswith("schema_") and not isinstance(fault.field, str) and len(fault.field) > 1:
        raise UsageError(f"{name}: one field at a time")
    _whole(fault, name)


def _whole(fault: Fault, name: str) -> None:
    """What the kinds that move a distribution cannot do without."""
    if (
        fault.kind in {"spread", "tail", "swap", "covariate", "schema_drop", "schema_rename"}
        and not fault.field
    ):
        raise UsageError(f"{name}: `field` is missing")
    if fault.kind == "covariate" and (
        isinstance(fault.field, list) or (fault.above is None) == (fault.below is None)
    ):
        raise UsageError(f"{name}: one `field`, and either `above` or `below`")
    needed = {"spread": ("factor", "around"), "swap": ("values",), "schema_rename": ("to",)}
    for key in needed.get(fault.kind, ()):
        if getattr(fault, key) in (None, "", {}):
            raise UsageError(f"{name}: `{key}` is missing")
    if fault.kind == "prior" and not isinstance(fault.value, str):
        raise UsageError(f"{name}: `value` is missing: the type that there is to be more of")


def _fits(fault: Fault, facts: Facts, name: str) -> None:
    if fault.kind in VOLUME and not facts.paced:
        raise UsageError(f"{name}: no rate decides when records of this shape come, so it cannot change")
    if fault.kind in {"late", "out_of_order"} and facts.time is None:
        raise UsageError(f"{name}: records of this shape have no time")
    if fault.kind in RESAMPLED and not facts.own:
        raise UsageError(
            f"{name}: records of this shape belong to others, so none can take the place of another",
            hint="`table` and `github` have records that stand alone",
        )
    if (fault.kind == "new_type" or fault.only) and facts.kind is None:
        raise UsageError(f"{name}: records of this shape have no type")
    if fault.kind == "bad_value" and fault.field and fault.value is msgspec.UNSET:
        known = {wrong.field for wrong in facts.wrong}
        for field in _several(fault.field):
            if field not in known:
                raise UsageError(
                    f"{name}: no bad value is known for {field!r}: say `value`", hint=suggest(field, known)
                )


def _back(fault: Fault, name: str) -> float:
    if fault.kind == "late":
        return span("6h" if fault.by is None else fault.by, name=f"{name}, by")
    back = {"duplicate": 100, "out_of_order": 50}.get(fault.kind, 1) if fault.by is None else fault.by
    if not isinstance(back, int) or not 1 <= back <= MOST_BACK:
        raise UsageError(f"{name}: `by` is a number of records from 1 to {MOST_BACK:,}")
    return back


def _full(fault: Fault, low: int, begin: float | None, *, name: str, position: Callable[[float], int]) -> int:
    """The record from which on a fault has its whole rate."""
    if fault.over is None:
        return low
    if isinstance(fault.over, int):
        return low + fault.over
    if not isinstance(begin, float):
        raise UsageError(
            f"{name}: a span in `over` needs a time in `from`", hint="else say a number of records"
        )
    return position(begin + span(fault.over, name=f"{name}, over"))


def _mild(kind: Kind) -> Outcome:
    return "duplicate" if kind == "duplicate" else "accepted"


def _limit(value: Any, name: str) -> float | None:
    """A record's number as it is, a time as epoch seconds (float)."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    return moment(value, name=f"{name}, from or until")


def _record(limit: float | None, position: Callable[[float], int]) -> int | None:
    return position(limit) if isinstance(limit, float) else limit


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value

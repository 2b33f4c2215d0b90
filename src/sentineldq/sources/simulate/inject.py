"""How each kind of fault changes one record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import msgspec

from sentineldq.sources.simulate.clock import iso, precise
from sentineldq.sources.simulate.path import ABSENT, get, put
from sentineldq.sources.simulate.script import Resolved
from sentineldq.sources.simulate.shape import Facts

Document = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """A record after a fault, and what the fault did: the field (none: the record as such), before and after."""

    record: bytes
    field: str | None
    before: Any
    after: Any


@dataclass(frozen=True)
class Field:
    """A field and the value it shall have; `ABSENT`: none. name: a new one, where only that changes."""

    path: str
    value: Any
    name: str = ""


def edit(fault: Resolved, record: bytes, *, facts: Facts, kind: str, random: Random) -> Edit | None:
    """The record with the fault in it; none where it has nothing that the fault could change."""
    if fault.kind in TEXTUAL:
        return TEXTUAL[fault.kind](record, random)
    document: Document = msgspec.json.decode(record)
    field = FIELDS[fault.kind](fault, document, facts, kind, random)
    if field is None:
        return None
    before = get(document, field.path)
    if field.name:
        put(document, field.name, before)
        put(document, field.path, ABSENT)
        return Edit(msgspec.json.encode(document), field.path, field.path, field.name)
    if type(before) is type(field.value) and before == field.value:
        return None
    put(document, field.path, field.value)
    told = [None if value is ABSENT else value for value in (before, field.value)]
    return Edit(msgspec.json.encode(document), field.path, *told)


def donors(fault: Resolved, records: Sequence[bytes], kinds: Sequence[str]) -> list[int]:
    """The records of a block that others may give way to: those of the type, or those beyond the limit."""
    if fault.kind == "prior":
        return [place for place, kind in enumerate(kinds) if kind == fault.fault.value]
    low, high, path = fault.fault.above, fault.fault.below, fault.fields[0]
    values = [get(msgspec.json.decode(record), path) for record in records]
    return [
        place
        for place, value in enumerate(values)
        if isinstance(value, int | float) and (value > low if low is not None else value < (high or 0))
    ]


def replace(fault: Resolved, record: bytes, donor: bytes, *, facts: Facts) -> Edit:
    """The donor, with what stays a record's own: another distribution of what is told, all else as it depends on it."""
    old, new = msgspec.json.decode(record), msgspec.json.decode(donor)
    for path in facts.own:
        put(new, path, get(old, path))
    field = facts.kind or "" if fault.kind == "prior" else fault.fields[0]
    before, after = (None if get(one, field) is ABSENT else get(one, field) for one in (old, new))
    return Edit(msgspec.json.encode(new), field, before, after)


def _malformed(record: bytes, random: Random) -> Edit:
    """One of the slips that hand-made JSON has; all on one line, all valid UTF-8."""
    name, text = random.choice(
        (
            ("trailing comma", record[:-1] + b",}"),
            ("brace too many", record + b"}"),
            ("key without quotes", b"{sent:1," + record[1:]),
            ("equals sign for colon", record.replace(b'":', b'"=', 1)),
            ("NaN", record[:-1] + b',"score":NaN}'),
            ("single quotes", b"{'sent':1," + record[1:]),
        )
    )
    return Edit(text, None, None, name)


def _truncated(record: bytes, random: Random) -> Edit:
    """Cut off somewhere within, yet not within a character."""
    cut = max(1, int(len(record) * (0.05 + 0.9 * random.random())))
    while record[cut] & 0xC0 == 0x80:
        cut -= 1
    return Edit(record[:cut], None, len(record), cut)


def _bad_type(fault: Resolved, document: Document, facts: Facts, _kind: str, random: Random) -> Field | None:
    path = _pick(fault.fields or facts.required, document, random, null=False)
    if path is None:
        return None
    if fault.fault.value is not msgspec.UNSET:
        return Field(path, fault.fault.value)
    value = get(document, path)
    if isinstance(value, str):
        return Field(path, random.choice((4711, True, [value])))
    if isinstance(value, bool):
        return Field(path, "yes")
    return Field(path, f"#{value}" if isinstance(value, int | float) else "[object Object]")


def _missing(fault: Resolved, document: Document, facts: Facts, _kind: str, random: Random) -> Field | None:
    path = _pick(fault.fields or facts.required, document, random, null=True)
    return None if path is None else Field(path, ABSENT)


def _null(fault: Resolved, document: Document, facts: Facts, _kind: str, random: Random) -> Field | None:
    path = _pick(fault.fields or facts.required, document, random, null=False)
    return None if path is None else Field(path, None)


def _bad_value(fault: Resolved, document: Document, facts: Facts, kind: str, random: Random) -> Field | None:
    if fault.fault.value is not msgspec.UNSET:
        path = _pick(fault.fields, document, random, null=True)
        return None if path is None else Field(path, fault.fault.value)
    fitting = [
        wrong
        for wrong in facts.wrong
        if (not fault.fields or wrong.field in fault.fields)
        and (not wrong.only or kind in wrong.only)
        and get(document, wrong.field) is not ABSENT
    ]
    if not fitting:
        return None
    wrong = random.choice(fitting)
    return Field(wrong.field, wrong.value)


def _late(fault: Resolved, document: Document, facts: Facts, _kind: str, _random: Random) -> Field:
    path = facts.time or ""
    text = get(document, path)
    time = datetime.fromisoformat(text).timestamp() - fault.by
    return Field(path, precise(time) if "." in text else iso(time))


def _new_type(fault: Resolved, _document: Document, facts: Facts, kind: str, _random: Random) -> Field:
    return Field(facts.kind or "", _or(fault, facts.new_kind.replace("{}", kind)))


def _shift(fault: Resolved, document: Document, _facts: Facts, _kind: str, random: Random) -> Field | None:
    path = _pick(fault.fields, document, random, null=False)
    if path is None:
        return None
    if fault.fault.value is not msgspec.UNSET:
        return Field(path, fault.fault.value)
    factor, add = _factor(fault), fault.fault.add or 0
    return _moved(path, document, lambda value: value * factor + add)


def _spread(fault: Resolved, document: Document, _facts: Facts, _kind: str, random: Random) -> Field | None:
    path = _pick(fault.fields, document, random, null=False)
    around = fault.fault.around or 0
    return _moved(path, document, lambda value: around + (value - around) * _factor(fault))


def _tail(fault: Resolved, document: Document, _facts: Facts, _kind: str, random: Random) -> Field | None:
    """Pareto's law with exponent 1.5: three times as much on average, without a finite variance."""
    path = _pick(fault.fields, document, random, null=False)
    times = _factor(fault) * (1 - random.random()) ** (-1 / 1.5)
    return _moved(path, document, lambda value: value * times)


def _swap(fault: Resolved, document: Document, _facts: Facts, _kind: str, random: Random) -> Field | None:
    path = _pick(fault.fields, document, random, null=False)
    value = path and get(document, path)
    return Field(path, fault.fault.values[value]) if path and value in fault.fault.values else None


def _moved(path: str | None, document: Document, move: Callable[[float], float]) -> Field | None:
    """A number's new value, whole where it was whole; none where there is no number."""
    value = None if path is None else get(document, path)
    if path is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    moved = move(value)
    return Field(path, round(moved) if isinstance(value, int) else round(moved, 6))


def _factor(fault: Resolved) -> float:
    return 1.0 if fault.fault.factor is None else fault.fault.factor


def _added(fault: Resolved, document: Document, _facts: Facts, _kind: str, _random: Random) -> Field | None:
    path = fault.fields[0] if fault.fields else "schema_version"
    parent, _, _ = path.rpartition(".")
    if get(document, path) is not ABSENT or (parent and not isinstance(get(document, parent), dict)):
        return None
    return Field(path, _or(fault, 2))


def _drop(fault: Resolved, document: Document, _facts: Facts, _kind: str, _random: Random) -> Field | None:
    path = fault.fields[0]
    return None if get(document, path) is ABSENT else Field(path, ABSENT)


def _rename(fault: Resolved, document: Document, _facts: Facts, _kind: str, _random: Random) -> Field | None:
    path = fault.fields[0]
    parent, dot, _ = path.rpartition(".")
    name = f"{parent}{dot}{fault.fault.to}"
    if get(document, path) is ABSENT or get(document, name) is not ABSENT:
        return None
    return Field(path, ABSENT, name=name)


def _or(fault: Resolved, default: Any) -> Any:
    return default if fault.fault.value is msgspec.UNSET else fault.fault.value


def _pick(paths: tuple[str, ...], document: Document, random: Random, *, null: bool) -> str | None:
    """One of the fields that the document has, and whose value is not null unless that will do."""
    absent = (ABSENT,) if null else (ABSENT, None)
    there = [path for path in paths if not any(get(document, path) is value for value in absent)]
    return random.choice(there) if there else None


TEXTUAL: dict[str, Callable[[bytes, Random], Edit]] = {"malformed_json": _malformed, "truncated": _truncated}
FIELDS: dict[str, Callable[[Resolved, Document, Facts, str, Random], Field | None]] = {
    "bad_type": _bad_type,
    "missing_field": _missing,
    "null_field": _null,
    "bad_value": _bad_value,
    "late": _late,
    "new_type": _new_type,
    "shift": _shift,
    "spread": _spread,
    "tail": _tail,
    "swap": _swap,
    "schema_drop": _drop,
    "schema_rename": _rename,
    "schema_add": _added,
}

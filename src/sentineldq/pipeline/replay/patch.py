"""Mending quarantined records: values set by path, then an SQL expression over each record.

The bytes of a record that a patch does not name stay as they were sent. Nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from sentineldq.errors import UsageError, first_line
from sentineldq.pipeline.gold.query import session

Step = str | int | None
"""Into an object by name, into a list by position, or (None) into each of its members."""

_STEP = re.compile(r"\.?([^.\[\]=\s][^.\[\]=]*)|\[(\d*)\]")
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_CELLS = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Setting:
    """`path=JSON`: what a value is to be."""

    text: str
    path: tuple[Step, ...]
    value: Any


@dataclass(frozen=True, kw_only=True)
class Patch:
    """What is done to each record before it is judged again; nothing by default."""

    settings: tuple[Setting, ...] = ()
    sql: str | None = None

    def __bool__(self) -> bool:
        return bool(self.settings) or self.sql is not None

    @property
    def told(self) -> dict[str, Any]:
        """The patch as it was given, to be written down."""
        return {"set": [setting.text for setting in self.settings], "sql": self.sql} if self else {}


@dataclass(kw_only=True)
class Patched:
    """What became of records, by their position: new bytes, taken away, or as they were since nothing fitted."""

    changed: dict[int, bytes] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    unfit: set[int] = field(default_factory=set)


def make_patch(settings: Sequence[str] = (), sql: str | None = None) -> Patch:
    """A patch from what a user wrote. Raises UsageError."""
    if sql is not None:
        _demand_expression(sql)
    return Patch(settings=tuple(map(_setting, settings)), sql=sql)


def apply(patch: Patch, rows: pa.Table) -> Patched:
    """Patch records (QUARANTINE's columns). Raises UsageError where the SQL fails.

    A record that is no JSON can be mended only by SQL that reads its text (`raw`); NULL leaves it as it was.
    """
    found = Patched()
    raws: list[bytes] = rows["raw"].to_pylist()
    forms: list[str] = rows["_form"].to_pylist()
    for position, (raw, form) in enumerate(zip(raws, forms, strict=True)):
        try:
            for setting in patch.settings:
                raw = _set(raw, setting, form)  # noqa: PLW2901  # one setting after the other
        except (msgspec.MsgspecError, TypeError, LookupError):
            found.unfit.add(position)
            continue
        if raw != raws[position]:
            found.changed[position] = raw
    if patch.sql is not None:
        _apply_sql(patch.sql, rows, found)
    return found


# ------------------------------------------------------------------------------------------ values by path


def make_setting(path: str, value: Any) -> Setting:
    """What a value at a path is to be. Raises UsageError for a path that is none."""
    steps = _steps(path.strip())
    if not steps:
        raise UsageError(f"{path!r} is not a path", hint="for example payload.size or items[].sku")
    return Setting(text=f"{path}={msgspec.json.encode(value).decode()}", path=steps, value=value)


def _setting(text: str) -> Setting:
    path, equals, value = text.partition("=")
    if not equals or not _steps(path.strip()):
        raise UsageError(
            f"--set {text!r} is not PATH=JSON",
            hint="for example --set payload.size=0 or --set 'items[].sku=null'",
        )
    try:
        return Setting(text=text, path=_steps(path.strip()), value=msgspec.json.decode(value))
    except msgspec.MsgspecError as fault:
        raise UsageError(
            f"--set {text!r}: the value is not JSON", hint=f"text needs quotes: --set '{path}=\"{value}\"'"
        ) from fault


def _steps(path: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            return ()
        name, place = found.groups()
        steps.append(name if name is not None else int(place) if place else None)
        at = found.end()
    return tuple(steps)


def _set(raw: bytes, setting: Setting, form: str) -> bytes:
    if form == "text":  # a row of cells: all of them text, none within another
        cells = _CELLS.decode(raw)
        name, *rest = setting.path
        if rest or not isinstance(name, str):
            raise LookupError
        return msgspec.json.encode({**cells, name: _cell(setting.value)})
    return _put(raw, setting.path, msgspec.json.encode(setting.value))


def _cell(value: Any) -> str | None:
    return value if isinstance(value, str | None) else msgspec.json.encode(value).decode()


def _put(raw: bytes | msgspec.Raw, path: tuple[Step, ...], value: bytes) -> bytes:
    """JSON with a value in another's place; what is on neither side of the path keeps its bytes."""
    if not path:
        return value
    step, *rest = path
    if isinstance(step, str):
        members = _OBJECT.decode(raw if bytes(raw).strip() != b"null" else b"{}")
        inner = members.get(step, msgspec.Raw(b"null"))
        return msgspec.json.encode({**members, step: msgspec.Raw(_put(inner, tuple(rest), value))})
    items = _LIST.decode(raw)
    if step is not None:
        items[step]  # raises IndexError for one that is not there
    chosen = range(len(items)) if step is None else (step,)
    for place in chosen:
        items[place] = msgspec.Raw(_put(items[place], tuple(rest), value))
    return msgspec.json.encode(items)


# ------------------------------------------------------------------------------------------ SQL

INPUT = pa.schema(
    {
        "position": pa.int64(),
        "raw": pa.large_string(),
        "hash": pa.large_string(),
        "checks": pa.list_(pa.large_string()),
        "_partition": pa.large_string(),
        "_batch": pa.int64(),
        "_row": pa.int32(),
        "_origin": pa.large_string(),
        "_received_at": pa.timestamp("us", tz="UTC"),
    }
)
"""What the expression sees of a record, `record` (its JSON) beside it."""


def _demand_expression(sql: str) -> None:
    """Raises UsageError for what is not one expression."""
    try:
        tree = parse_one(f"SELECT ({sql}\n)", dialect="duckdb")
    except SqlglotError as fault:
        raise UsageError(f"--sql is not an expression: {first_line(fault)}", hint=_EXAMPLE) from fault
    one = isinstance(tree, exp.Select) and set(_parts(tree)) == {"expressions"} and len(tree.expressions) == 1
    if not one or isinstance(tree.expressions[0], exp.Tuple):
        raise UsageError("--sql is one expression, not a query", hint=_EXAMPLE)


def _reads_text(sql: str) -> bool:
    """Whether the expression looks at the record's text, so that it can mend what is no JSON."""
    tree = parse_one(f"SELECT ({sql}\n)", dialect="duckdb")
    return any(column.name.lower() == "raw" for column in tree.find_all(exp.Column))


def _parts(tree: exp.Expr) -> Mapping[str, Any]:
    return {name: part for name, part in tree.args.items() if part}


_EXAMPLE = """for example --sql "json_merge_patch(record, '{\\"public\\": true}')\""""


def _apply_sql(sql: str, rows: pa.Table, found: Patched) -> None:
    """Evaluate the expression for each record that the settings left fit."""
    raws: list[bytes] = rows["raw"].to_pylist()
    given = [position for position in range(rows.num_rows) if position not in found.unfit]
    texts = [_text(found.changed.get(position, raws[position])) for position in given]
    taken = rows.take(pa.array(given, pa.int64()))
    table = (
        pa.table(
            {
                "position": given,
                "raw": texts,
                "checks": [[error["check"] for error in errors] for errors in taken["errors"].to_pylist()],
                **{name: taken[name] for name in INPUT.names if name in taken.column_names and name != "raw"},
            }
        )
        .select(INPUT.names)
        .cast(INPUT)
    )
    textual = _reads_text(sql)
    for position, (readable, text) in _evaluate(sql, table).items():
        if not readable and not textual:  # else a patch merged into nothing would invent a record
            found.unfit.add(position)
        elif text is not None:
            new = text.encode()
            if new != raws[position]:
                found.changed[position] = new
            else:
                found.changed.pop(position, None)
        elif readable:
            found.changed.pop(position, None)
            found.dropped.add(position)
        else:
            found.unfit.add(position)


def _evaluate(sql: str, table: pa.Table) -> dict[int, tuple[bool, str | None]]:
    """By position: whether the record is JSON, and what the expression gives."""
    query = f"""
        SELECT position, record IS NOT NULL, CAST((
            {sql}
        ) AS VARCHAR)
        FROM (SELECT *, TRY_CAST(raw AS JSON) AS record FROM given) AS records
    """
    try:
        with session({}) as con:
            con.register("given", table)
            answers = con.execute(query).fetchall()
    except duckdb.Error as fault:
        told = first_line(fault).partition("  Input:")[0]  # which quotes the record
        raise UsageError(f"--sql fails: {told}", hint=_EXAMPLE) from fault
    found = {position: (readable, text) for position, readable, text in answers}
    if len(answers) != table.num_rows or len(found) != table.num_rows:
        raise UsageError("--sql gives several values for one record", hint=_EXAMPLE)
    return found


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None

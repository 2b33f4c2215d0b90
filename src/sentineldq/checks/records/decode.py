"""Records: JSON bytes and a contract in; typed records out, and every error of each record that does not fit.

Good records pass msgspec's typed decoder and nothing else. Only a record it refuses is read again, member by
member, to name every reason (see shape.py); should there be none (a key given twice, `1.0` for an integer),
it is good after all.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import islice, pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import pyarrow as pa

from sentineldq.checks.records.leaf import FAULTS, FieldError, Path, fault, spell
from sentineldq.checks.records.shape import Record, compile_shape, split_members
from sentineldq.contracts.model import Contract, SchemaObject
from sentineldq.errors import UsageError, suggest

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Decoded", "FieldError", "RecordError", "decode", "validate_record"]

MAX_BYTES = 64 * 1024 * 1024
Extra = Literal["ignore", "forbid"]

STRETCH = 1_000
"""Records that are decoded at a stretch, in C: other threads wait so long for Python's lock."""


@dataclass(frozen=True, slots=True)
class RecordError:
    """One record that does not fit: its place among the records (from 0), its bytes, and every error."""

    index: int
    raw: bytes = field(repr=False)
    errors: tuple[FieldError, ...]


@dataclass(kw_only=True)
class Decoded:
    """What became of a batch: every record given is in `records` or in `errors`, both in the order given.

    `records` are msgspec structs with one attribute per declared field; `blank` counts skipped lines.
    """

    shape: Record = field(repr=False)
    records: list[Any] = field(repr=False)
    errors: list[RecordError]
    blank: int = 0

    @property
    def total(self) -> int:
        """The number of records given."""
        return len(self.records) + len(self.errors)

    @cached_property
    def positions(self) -> list[int]:
        """The place of each good record among all records, from 0."""
        faulty = {error.index for error in self.errors}
        return [index for index in range(self.total) if index not in faulty]

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The good records as typed columns."""
        from sentineldq.checks.records.columns import to_frame

        return to_frame(self.shape, self.records)

    @cached_property
    def salvaged(self) -> pl.DataFrame:
        """One row per record in `errors`, in their order: what of it fits, and null for the rest."""
        from sentineldq.checks.records.columns import to_frame

        return to_frame(self.shape, [self.shape.salvage(error.raw) for error in self.errors])


def decode(
    data: bytes | str | Iterable[bytes] | pa.LargeBinaryArray,
    contract: Contract | SchemaObject,
    *,
    dataset: str | None = None,
    extra: Extra = "ignore",
    max_bytes: int = MAX_BYTES,
) -> Decoded:
    """Typed records, and all that is wrong with the others.

    `data` is NDJSON (bytes or text, one record per line, blank lines skipped and counted) or an iterable of
    JSON bytes, one per record, or an Arrow array of them (without nulls), which are not copied. `dataset`
    names the schema object of a contract with several. With `extra="forbid"` a field that is not declared is
    an error. A record of more than `max_bytes` is not read.

    Never raises for what `data` holds; raises UsageError where the contract or the dataset cannot be used.
    """
    shape = compile_shape(_table(contract, dataset), forbid=extra == "forbid")
    raws, blank = _split(data)
    refused = _oversized(raws, max_bytes)
    refused = refused if _is_text(data) else _misencoded(raws) | refused
    readable = [b"" if index in refused else raw for index, raw in enumerate(raws)] if refused else raws
    records: list[Any] = []
    errors: list[RecordError] = []
    rest = map(shape.read, readable)
    while (index := len(records) + len(errors)) < len(raws):
        try:
            records.extend(islice(rest, STRETCH))  # keeps what came before a fault, and goes on behind it
        except FAULTS:
            index = len(records) + len(errors)
            raw = bytes(raws[index])
            record, found = (None, [refused[index]]) if index in refused else _explain(shape, raw)
            if found:
                errors.append(RecordError(index, raw, tuple(found)))
            else:
                records.append(record)
    return Decoded(shape=shape, records=records, errors=errors, blank=blank)


def validate_record(
    value: Any,
    contract: Contract | SchemaObject,
    *,
    dataset: str | None = None,
    extra: Extra = "ignore",
) -> list[FieldError]:
    """Every error of one record that is already parsed: those `decode` names for the same value as JSON.

    NaN and the infinities are errors, as JSON does not have them.
    """
    shape = compile_shape(_table(contract, dataset), forbid=extra == "forbid")
    odd: list[FieldError] = []
    try:
        raw = _ENCODE(_finite(value, (), odd))
    except (TypeError, ValueError, RecursionError) as problem:
        return [FieldError("", "json", "a value that JSON can hold", str(problem))]
    places = {error.path for error in odd}
    return odd + [error for error in _explain(shape, raw)[1] if error.path not in places]


_ENCODE = msgspec.json.Encoder(decimal_format="number").encode


def _finite(value: Any, path: Path, errors: list[FieldError]) -> Any:
    """The value with null for numbers that JSON cannot hold, each of them noted as an error."""
    match value:
        case dict():
            return {key: _finite(member, (*path, str(key)), errors) for key, member in value.items()}
        case list() | tuple():
            return [_finite(member, (*path, index), errors) for index, member in enumerate(value)]
        case float() | Decimal() if not isfinite(value):
            errors.append(FieldError(spell(path), "json", "a finite number", f"number {value}"))
            return None
    return value


def _table(contract: Contract | SchemaObject, dataset: str | None) -> SchemaObject:
    if isinstance(contract, SchemaObject):
        return contract
    table = contract.object(dataset)
    if table is not None:
        return table
    names = [item.name for item in contract.schema if item.name]
    what = f"no dataset {dataset!r}" if dataset else "no schema"
    raise UsageError(f"contract {contract.id} has {what}", hint=suggest(dataset or "", names))


def _split(
    data: bytes | str | Iterable[bytes] | pa.LargeBinaryArray,
) -> tuple[Sequence[bytes | memoryview], int]:
    """Records, and the number of blank lines among them."""
    if isinstance(data, pa.LargeBinaryArray):
        return _slices(data), 0
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if not isinstance(data, bytes | bytearray | memoryview):
        return [bytes(raw) for raw in data], 0
    lines = bytes(data).split(b"\n")
    if not lines[-1]:
        lines.pop()
    raws = [line for line in lines if line and not line.isspace()]
    return raws, len(lines) - len(raws)


def _slices(array: pa.LargeBinaryArray) -> list[memoryview]:
    """The values of an array without nulls, where they are."""
    _, offsets, content = array.buffers()
    edges = memoryview(offsets).cast("q")[array.offset : array.offset + len(array) + 1] if len(array) else []
    whole = memoryview(content or b"").cast("B")
    return [whole[start:stop] for start, stop in pairwise(edges)]


def _is_text(data: object) -> bool:
    """Whether it is an array of which each value is UTF-8: found out at once, outside of Python's lock."""
    if not isinstance(data, pa.LargeBinaryArray):
        return False
    text = pa.LargeStringArray.from_buffers(len(data), *data.buffers()[1:], offset=data.offset)
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _oversized(raws: Sequence[bytes | memoryview], most: int) -> dict[int, FieldError]:
    if max(map(len, raws), default=0) <= most:
        return {}
    return {
        index: FieldError("", "size", f"at most {most} bytes", f"{len(raw)} bytes")
        for index, raw in enumerate(raws)
        if len(raw) > most
    }


def _misencoded(raws: Sequence[bytes | memoryview]) -> dict[int, FieldError]:
    """Records that are not UTF-8, which msgspec overlooks where it skips."""
    refused: dict[int, FieldError] = {}
    for index, raw in enumerate(raws):
        try:
            codecs.utf_8_decode(raw, "strict", True)
        except UnicodeDecodeError as problem:
            found = f"byte 0x{raw[problem.start]:02x} at {problem.start}"
            refused[index] = FieldError("", "encoding", "UTF-8", found)
    return refused


def _explain(shape: Record, raw: bytes) -> tuple[Any, list[FieldError]]:
    """The record after all, or every reason against it."""
    errors: list[FieldError] = []
    try:
        members = split_members(raw)
    except RecursionError:
        return None, [FieldError("", "depth", "nesting that can be followed", "too many levels")]
    except msgspec.ValidationError:
        errors.append(fault((), "type", "object", raw, masked=shape.masked))
        return None, errors
    except msgspec.DecodeError as problem:
        return None, [FieldError("", "json", "JSON (RFC 8259)", _syntax(raw, str(problem)))]
    return shape.collect(members, (), errors), errors


def _syntax(raw: bytes, problem: str) -> str:
    """What is wrong with the JSON; msgspec calls a lone surrogate a truncated input."""
    if raw.startswith(codecs.BOM_UTF8):
        return "a byte order mark"
    if "truncated" in problem and raw.rstrip()[-1:] == b"}":
        return "an unpaired surrogate or an end too soon"
    return problem.removeprefix("JSON is malformed: ")

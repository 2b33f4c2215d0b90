"""Numbers, times and booleans of a chunk."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sentineldq.profiles import murmur
from sentineldq.profiles.counted import few
from sentineldq.profiles.gather import HOURS, Gather
from sentineldq.profiles.tally import suspects

BLOCK = 1 << 14
"""Values hashed at a time."""

_THURSDAY = 72  # 1970 began on a Thursday: hours of the week that had gone by
_HOUR = 3_600_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


def take_boolean(gather: Gather, values: pa.Array) -> None:
    """Booleans without nulls."""
    gather.widen("boolean")
    trues = values.true_count
    falses = len(values) - trues
    gather.types["boolean"] += len(values)
    gather.trues = (gather.trues or 0) + trues
    named = [(name, count) for name, count in (("true", trues), ("false", falses)) if count]
    counts = np.array([count for _, count in named], np.int64)
    gather.tally.take(counts, lambda places: [named[place][0] for place in places])


def take_number(gather: Gather, values: pa.Array) -> None:
    """Integers, floats, decimals, durations and times of day (both as seconds), without nulls."""
    gather.widen("number")
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if pa.types.is_floating(kind):
        _take(gather, values, _float_texts, _floats, name="number")
    elif pa.types.is_integer(kind):
        _take(gather, values, _integer_texts, _integers, name="integer")
    else:
        name = "number" if pa.types.is_decimal(kind) else "duration" if pa.types.is_duration(kind) else "time"
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        numbers = _decimals(values) if name == "number" else _seconds(values)
        _take(gather, numbers, _float_texts, _floats, name=name)


def take_time(gather: Gather, values: pa.Array) -> None:
    """Dates and timestamps without nulls: naive ones are taken for UTC, nanoseconds are cut to microseconds."""
    gather.widen("time")
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    day = pa.types.is_date(values.type)
    found = micros(values)
    numbers = found.to_numpy(zero_copy_only=False)
    gather.types["date" if day else "timestamp"] += len(numbers)
    write = _date_text if day else _time_text
    counted = few(found)
    if counted is not None:
        numbers, counts = counted[0].to_numpy(zero_copy_only=False), counted[1]
        gather.numbers.weigh(numbers / 1e6, counts)
        _hash(gather, numbers.view(np.uint64))
    else:
        counts = None
        gather.numbers.take(numbers / 1e6)
        _many(gather, numbers.view(np.uint64), found, _texts_by(write))
    if not len(numbers):
        return
    low, high = int(numbers.min()), int(numbers.max())
    gather.stretch(low, high)
    if gather.hidden:
        return
    gather.bound("time", write(low), write(high))
    hours = (numbers // _HOUR + _THURSDAY) % HOURS
    gather.beat(np.bincount(hours, counts, HOURS).astype(np.int64))
    if counts is not None:
        gather.tally.take(counts, lambda places: [write(int(value)) for value in numbers[places]])


Reading = tuple[Floats, Words, Callable[[int], int | float]]
"""Numbers as floats, as words to be hashed, and the exact value at a place."""


def _take(
    gather: Gather,
    values: pa.Array,
    texts: Callable[[pa.Array], list[str]],
    read: Callable[[pa.Array], Reading],
    *,
    name: str,
) -> None:
    counted = few(values)
    values, counts = (values, None) if counted is None else counted
    floats, words, value_at = read(values)
    finite = np.isfinite(floats)
    whole = bool(finite.all())
    numbers = floats if whole else floats[finite]
    if not whole:
        _not_finite(gather, floats, counts)
    weights = counts if counts is None or whole else counts[finite]
    gather.types[name] += len(numbers) if weights is None else int(weights.sum())
    if weights is None:
        gather.numbers.take(numbers)
    else:
        gather.numbers.weigh(numbers, weights)
    if len(numbers):
        places = np.flatnonzero(finite) if not whole else None
        least, most = int(numbers.argmin()), int(numbers.argmax())
        if places is not None:
            least, most = int(places[least]), int(places[most])
        _bound(gather, values, floats, (least, most), value_at)
    if counts is None:
        _many(gather, words, values, texts)
        return
    _hash(gather, words)
    if not gather.hidden:
        gather.tally.take(counts, lambda chosen: texts(values.take(pa.array(chosen))))


def _bound(
    gather: Gather,
    values: pa.Array,
    floats: Floats,
    places: tuple[int, int],
    value_at: Callable[[int], int | float],
) -> None:
    """Least and greatest: as floats found, exact where integers are too large for floats."""
    if pa.types.is_integer(values.type) and max(abs(floats[at]) for at in places) >= 2**53:
        bounds = pc.min_max(values)
        gather.bound("number", bounds["min"].as_py(), bounds["max"].as_py())
    else:
        gather.bound("number", value_at(places[0]), value_at(places[1]))


def _not_finite(gather: Gather, floats: Floats, counts: Integers | None) -> None:
    ones = np.ones(len(floats), np.int64) if counts is None else counts
    gather.types["nan"] += int(ones[np.isnan(floats)].sum())
    gather.types["infinity"] += int(ones[np.isinf(floats)].sum())


def _hash(gather: Gather, words: Words) -> None:
    for start in range(0, len(words), BLOCK):
        gather.union.take_hashes(*murmur.of_words(words[start : start + BLOCK]))


def _many(gather: Gather, words: Words, values: pa.Array, texts: Callable[[pa.Array], list[str]]) -> None:
    """Many distinct values: hashed all, counted only where their hashes crowd."""
    lows = np.empty(len(words), np.uint16)
    for start in range(0, len(words), BLOCK):
        low, high = murmur.of_words(words[start : start + BLOCK])
        gather.union.take_hashes(low, high)
        lows[start : start + BLOCK] = low.astype(np.uint16)
    if not gather.hidden:
        crowd(gather, lows, values, texts)


def crowd(
    gather: Gather, lows: npt.NDArray[np.uint16], values: pa.Array, texts: Callable[[pa.Array], list[str]]
) -> None:
    """Count those values of a chunk that may be frequent, by the low 16 bits of their hashes."""
    rows, unseen = suspects(lows)
    found = pc.value_counts(values.take(pa.array(rows)))
    distinct, counts = found.field(0), found.field(1).to_numpy()
    gather.tally.take(
        counts,
        lambda places: texts(distinct.take(pa.array(places))),
        unseen=unseen,
        total=len(lows),
    )


# ------------------------------------------------------------------------------------------ values


def _integers(values: pa.Array) -> Reading:
    numbers = values.to_numpy(zero_copy_only=False)
    # int64, or uint64 whose bits are those of the int64 that a Java long would hold
    words = numbers.astype(np.uint64 if numbers.dtype == np.uint64 else np.int64, copy=False).view(np.uint64)
    return numbers.astype(np.float64), words, lambda at: int(numbers[at])


def _floats(values: pa.Array) -> Reading:
    numbers = values.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    plain = numbers + 0.0  # -0.0 is 0.0
    unclear = np.isnan(plain)
    if unclear.any():
        plain[unclear] = np.nan
    return numbers, plain.view(np.uint64), lambda at: number(float(numbers[at]))


def _decimals(values: pa.Array) -> pa.Array:
    return values.cast(pa.float64())


def _seconds(values: pa.Array) -> pa.Array:
    """Durations and times of day as seconds."""
    unit = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[values.type.unit]
    wide = pa.int32() if pa.types.is_time32(values.type) else pa.int64()
    return pa.array(values.view(wide).to_numpy(zero_copy_only=False) / unit)


def micros(values: pa.Array) -> pa.Array:
    """Dates and timestamps as microseconds since 1970."""
    if pa.types.is_date32(values.type):
        days = values.view(pa.int32()).to_numpy(zero_copy_only=False)
        return pa.array(days.astype(np.int64) * (24 * _HOUR))
    unit = "ms" if pa.types.is_date64(values.type) else values.type.unit
    ticks = values.view(pa.int64()).to_numpy(zero_copy_only=False)
    if unit == "ns":
        return pa.array(ticks // 1000)
    scale = {"s": 1_000_000, "ms": 1000, "us": 1}[unit]
    if scale == 1:
        return values.view(pa.int64())
    most = np.iinfo(np.int64).max // scale
    return pa.array(np.clip(ticks, -most, most) * scale)


def number(value: float) -> int | float:
    """A whole float as an integer, so that a column's texts stay when its type widens."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _float_texts(values: pa.Array) -> list[str]:
    return [_float_text(value) for value in values.to_pylist()]


def _float_text(value: float | Decimal) -> str:
    plain = float(value)
    if math.isnan(plain):
        return "nan"
    return str(number(plain)) if math.isfinite(plain) else ("inf" if plain > 0 else "-inf")


def _integer_texts(values: pa.Array) -> list[str]:
    return [str(value) for value in values.to_pylist()]


def _texts_by(write: Callable[[int], str]) -> Callable[[pa.Array], list[str]]:
    return lambda values: [write(value) for value in values.to_pylist()]


def _time_text(micros: int) -> str:
    """ISO 8601 in UTC; what is beyond the years 1 to 9999 is put at their ends."""
    moment = _EPOCH + timedelta(microseconds=min(max(micros, _FIRST), _LAST))
    return moment.isoformat().replace("+00:00", "Z")


def _date_text(micros: int) -> str:
    return _time_text(micros).partition("T")[0]

"""What the readers of files hand on: records of one file that go into one batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

HEAD: Final = 1 << 20
"""Bytes kept of what cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much goes into one batch; `record` is the size in bytes above which a record is not held in memory."""

    rows: int = 25_000
    size: int = 48 << 20
    record: int = 64 << 20


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some records, in their order.

    at: the position behind them, where reading goes on (uncompressed bytes, or records). last: they are the end of
    the file as it is now. fault: why they are no records but the bytes (their head) of something unreadable.
    """

    records: pa.LargeBinaryArray
    at: int
    last: bool = False
    fault: str | None = None


def fitting(limits: Limits, mean: float) -> int:
    """How many records of a mean size in bytes go into one batch."""
    return max(1, min(limits.rows, int(limits.size / max(mean, 1.0))))

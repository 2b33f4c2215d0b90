"""What a source gives: batches of records, each with the cursor that says where to go on after it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any, Literal

import pyarrow as pa

Cursor = Mapping[str, Any]
"""Where a source stands in one partition; JSON, and of a size that fits beside every commit (a few KB)."""

Form = Literal["json", "text"]
"""Whether a record's values have the types they were sent with, or are all text (CSV)."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Records of one partition of a source, in their order.

    records: `large_binary`, one JSON document each, byte for byte as sent where the source sends JSON (its line's
    end included); of tabular data each row as a JSON object, whose cells are all text with `form="text"`.
    cursor: where to go on once this batch is committed. time: UTC, of what the batch holds (its newest event, its
    file's), never the clock's, so that a retry gives the same batch again. origin: the file or URL it is from.
    fault: why the batch cannot be read at all; `records` then hold its bytes, and the whole goes to quarantine.
    """

    partition: str
    records: pa.LargeBinaryArray
    cursor: Cursor
    time: datetime
    origin: str
    form: Form = "json"
    fault: str | None = None


def records_of(documents: Iterable[bytes]) -> pa.LargeBinaryArray:
    """JSON documents as an Arrow array (`large_binary`), copied once."""
    held = list(documents)
    offsets = array("q", accumulate(map(len, held), initial=0))
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(held), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(held))]
    )

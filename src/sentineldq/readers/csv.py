"""Read CSV, TSV and their like, however they are written, into one table.

A regular file (proved by a pass over its bytes, `regular.py`) is scanned lazily by Polars and may be larger
than memory. Any other file is read record by record; what does not fit the table becomes a finding.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from itertools import chain, islice
from typing import Any, Final

import polars as pl

from sentineldq.errors import UsageError
from sentineldq.readers import columns, labels, layout, lexer, regular
from sentineldq.readers.careful import Misfit, Reading
from sentineldq.readers.dialect import Dialect, sniff, split
from sentineldq.readers.encoding import Encoding, detect
from sentineldq.readers.finding import Finding
from sentineldq.readers.layout import Layout
from sentineldq.readers.spill import spill
from sentineldq.readers.spool import BLOCK, Source, Spool, keep, spool
from sentineldq.readers.table import Table

_SAMPLE: Final = 1 << 17
_RECORDS: Final = 1_000
_NO_DELIMITER: Final = "\x1f"


def read_csv(
    source: Source,
    *,
    name: str | None = None,
    dialect: Dialect | None = None,
    has_header: bool | None = None,
    encoding: str | None = None,
    typed: bool = True,
    null_values: Sequence[str] = (),
    strings: Collection[str] = (),
) -> Table:
    """Read delimited text from a path, bytes or a binary stream, plain or compressed (gz, zst, bz2).

    What is not told (`dialect`, `has_header`, `encoding`) is found. `typed=False` keeps every column as text,
    `strings` names columns to keep so; texts in `null_values` are read as null. `Table.details` holds `dialect`,
    `encoding`, `header` (rows), `preamble` (rows), `regular` and `misfits`. Raises ReadError when the source
    cannot be opened or decompressed.
    """
    raw = spool(source, name=name)
    codec = _encoding(raw, encoding)
    text = raw if codec.plain else _transcode(raw, codec)
    found, plan = _look(text, dialect, has_header=has_header)
    if found is None:
        return _empty(raw, codec, dialect or Dialect())
    names, findings = labels.name(plan)
    frame = _scan(text, found, plan, names) if codec.valid else None
    regular_, misfits = frame is not None, list[Misfit]()
    if frame is None:
        reading = Reading(plan, names)
        frame = spill(reading.batches(lexer.records(_lines(text), found, plan.width)), name=raw.name)
        findings, misfits = findings + reading.findings, reading.misfits
    if null_values:
        frame = frame.with_columns(pl.when(~pl.all().is_in(list(null_values))).then(pl.all()).name.keep())
    details = {
        "dialect": found,
        "encoding": codec.name,
        "header": plan.header,
        "preamble": plan.preamble,
        "regular": regular_,
        "misfits": misfits,
    }
    return Table(
        name=name or raw.name,
        frame=columns.typed(frame, [name for name in names if name not in strings]) if typed else frame,
        findings=_codec_findings(codec) + findings,
        text=True,
        format="csv",
        details=details,
    )


def rows(table: Table) -> Iterator[list[str]]:
    """Yield the table as text: its header if it has one, then every record, fit or not, in their order.

    The texts are verbatim for a table read with `typed=False`; null is "".
    """
    if table.details["header"]:
        yield list(table.frame.collect_schema())
    misfits = iter(table.details["misfits"])
    waiting = next(misfits, None)
    texts = table.frame.select(pl.all().cast(pl.String).fill_null("")).collect()
    for position, row in enumerate(texts.iter_rows()):
        while waiting and waiting.position <= position:
            yield [cell or "" for cell in waiting.cells]
            waiting = next(misfits, None)
        yield list(row)
    for misfit in chain([waiting] if waiting else [], misfits):
        yield [cell or "" for cell in misfit.cells]


def _encoding(raw: Spool, told: str | None) -> Encoding:
    if told is None:
        return detect(raw.head(_SAMPLE), raw.blocks())
    try:
        name = codecs.lookup(told).name
    except LookupError as error:
        raise UsageError(f"unknown encoding {told!r}") from error
    if name != "utf-8":
        return Encoding(name)
    seen = detect(raw.head(_SAMPLE), raw.blocks())
    return Encoding("utf-8", valid=seen.valid and seen.name.startswith("utf-8"))


def _transcode(raw: Spool, codec: Encoding) -> Spool:
    decoder = codecs.getincrementaldecoder(codec.name)(errors="replace")
    blocks = (decoder.decode(block).encode("utf-8", "replace") for block in raw.blocks())
    rest = (decoder.decode(b"", final=True).encode("utf-8", "replace") for _ in range(1))
    return keep(chain(blocks, rest), raw.name)


def _codec_findings(codec: Encoding) -> list[Finding]:
    if codec.valid:
        return []
    message = f"some bytes are not valid {codec.name}; they read as the replacement character U+FFFD"
    return [Finding(type="encoding-error", message=message)]


def _lines(text: Spool) -> Iterator[str]:
    """Yield the lines with their endings, whichever these are, without a byte order mark."""
    with text.open() as stream, TextIOWrapper(stream, encoding="utf-8-sig", newline="") as lines:
        yield from lines


def _look(text: Spool, told: Dialect | None, *, has_header: bool | None) -> tuple[Dialect | None, Layout]:
    """Find dialect and layout from the beginning of the text; no dialect when there is no record at all."""
    sample, complete = _head(text)
    found = told or sniff(sample, complete=complete)
    lines = split(sample)
    if not complete and len(lines) > 1:
        lines.pop()
    loose = [record.cells for record in islice(lexer.records(lines, found), _RECORDS)]
    size = layout.width(loose)
    if not size:
        return None, Layout(0)
    exact = [record.cells for record in islice(lexer.records(lines, found, size), _RECORDS)]
    return found, layout.find(exact, has_header=has_header)


def _head(text: Spool) -> tuple[str, bool]:
    size = _SAMPLE
    while True:
        data = text.head(size)
        complete = len(data) < size
        sample = data.decode("utf-8-sig", "ignore")
        if complete or sample.count("\n") + sample.count("\r") >= 20 or size > BLOCK:
            return sample, complete
        size *= 4


def _empty(raw: Spool, codec: Encoding, dialect: Dialect) -> Table:
    details: dict[str, Any] = {"header": 0, "preamble": 0, "regular": True, "misfits": []}
    return Table(
        name=raw.name,
        frame=pl.LazyFrame(),
        findings=[Finding(type="source-error", message="the file is empty")],
        text=True,
        format="csv",
        details={"dialect": dialect, "encoding": codec.name, **details},
    )


def _scan(text: Spool, dialect: Dialect, plan: Layout, names: list[str]) -> pl.LazyFrame | None:
    """Scan a regular file; None where the file is not, or repeats its header."""
    plain = dialect.escape is None and len(dialect.delimiter.encode()) <= 1 == len(dialect.quote.encode())
    if not plain or plan.preamble or plan.header > 1 or any(len(row) != plan.width for row in plan.labels):
        return None
    dialect = replace(dialect, delimiter=dialect.delimiter or _NO_DELIMITER)
    header = plan.labels[0] if plan.labels else ()
    mark = max((label for label in header if dialect.quote not in label), key=len, default="")
    proof = regular.prove(text.blocks(), dialect, plan.width, mark=mark)
    if proof is None:
        return None
    frame = pl.scan_csv(
        text.path or BytesIO(text.data),
        separator=dialect.delimiter,
        quote_char=dialect.quote,
        eol_char="\r" if dialect.newline == "\r" else "\n",
        has_header=plan.header > 0,
        new_columns=names,
        infer_schema=False,
        n_rows=proof.records - plan.header,
    )
    # the longest label is rarely found again, so most files are spared this look
    return None if (not mark or proof.marks > 1) and _repeats(frame, header) else frame


def _repeats(frame: pl.LazyFrame, header: Sequence[str]) -> bool:
    """Whether some row is the header once more, as where files were joined."""
    if len(header) < 2:
        return False
    same = [pl.nth(at).fill_null("") == label for at, label in enumerate(header)]
    return bool(frame.select(pl.all_horizontal(same).any()).collect(engine="streaming").item())

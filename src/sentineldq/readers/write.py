"""Write a table to a file, streaming: the format follows from the name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors

from sentineldq.errors import UsageError, WriteError, suggest

# A spreadsheet runs a cell that begins with one of these as a formula (CWE-1236; OWASP "CSV Injection").
_FORMULA = r"^[=+\-@\t\r]"


def write_table(frame: pl.DataFrame | pl.LazyFrame, path: str | Path) -> None:
    """Write a frame to .csv, .tsv, .ndjson, .jsonl, .parquet, .arrow or .feather; text also as .gz or .zst.

    In CSV, nested values are JSON text, bytes are Base64, and a text that begins with = + - @, a tab or a
    carriage return gets a ' in front, so that no spreadsheet runs it. Numbers stay numbers. The other formats
    are exact. The file appears when it is whole. Raises UsageError for an unknown extension, WriteError where
    the file cannot be written; what the engine that is read from raises passes through.
    """
    write_tables([(frame, path)])


def write_tables(outputs: Sequence[tuple[pl.DataFrame | pl.LazyFrame, str | Path]]) -> None:
    """Write several frames, each as `write_table` does; what they have in common is read once."""
    targets = [Path(path) for _, path in outputs]
    parts = [target.with_name(f".{target.name}.part") for target in targets]
    sinks = []
    for (frame, _), target, part in zip(outputs, targets, parts, strict=True):
        write, options = writer_of(target)
        sinks.append(write(frame.lazy(), part, **options))
    try:
        pl.collect_all(sinks, engine="streaming")
        for part, target in zip(parts, targets, strict=True):
            part.replace(target)
    except OSError as error:
        if error.errno is None and "(os error" not in str(error):  # of a source that is read while writing
            raise
        names = ", ".join(map(str, targets))
        raise WriteError(names, error.strerror or str(error)) from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def writer_of(path: Path) -> tuple[Callable[..., Any], dict[str, Any]]:
    """What writes a file of that name, and with which options; raises UsageError for an unknown extension."""
    extensions = [suffix.lower() for suffix in path.suffixes[-2:]]
    packed = {".gz": "gzip", ".zst": "zstd"}.get(extensions[-1]) if extensions else None
    extension = (extensions[:-1] if packed else extensions)[-1:]
    found = _WRITERS.get(extension[0]) if extension else None
    if found is None or (packed and found[0] not in {_csv, _ndjson}):
        hint = suggest("".join(extensions), _WRITERS)
        raise UsageError(f"{path.name}: the extension names no format to write", hint=hint)
    write, options = found
    return write, options | ({"compression": packed} if packed else {})


def _csv(frame: pl.LazyFrame, path: Path, **options: Any) -> pl.LazyFrame:
    return safe_csv(frame).sink_csv(path, check_extension=False, lazy=True, **options)


def _ndjson(frame: pl.LazyFrame, path: Path, **options: Any) -> pl.LazyFrame:
    return frame.sink_ndjson(path, check_extension=False, lazy=True, **options)


def _parquet(frame: pl.LazyFrame, path: Path) -> pl.LazyFrame:
    return frame.sink_parquet(path, lazy=True)


def _arrow(frame: pl.LazyFrame, path: Path) -> pl.LazyFrame:
    return frame.sink_ipc(path, compression="zstd", lazy=True)


def safe_csv(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Turn every column into what one cell can hold, and texts into what no spreadsheet runs."""
    schema = frame.collect_schema()
    nested = [name for name, dtype in schema.items() if dtype.is_nested()]
    texts = [name for name, dtype in schema.items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    frame = frame.with_columns(
        *(_json(name, schema[name]) for name in nested),
        selectors.binary().bin.encode("base64"),
        selectors.duration().dt.to_string("iso"),
        *(_harmless(pl.col(name).cast(pl.String)) for name in texts),
    )
    return frame.rename(_names(list(schema)))


def _json(name: str, dtype: pl.DataType) -> pl.Expr:
    """Nested values as JSON; Polars encodes only structs, so lists go inside one and are cut out again."""
    if isinstance(dtype, pl.Struct):
        return pl.when(pl.col(name).is_not_null()).then(pl.col(name).struct.json_encode()).alias(name)
    boxed = pl.struct(pl.col(name).alias("v")).struct.json_encode()
    inner = boxed.str.strip_prefix('{"v":').str.head(-1)
    return pl.when(pl.col(name).is_not_null()).then(inner).alias(name)


def _harmless(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_FORMULA)).then(pl.lit("'") + text).otherwise(text).name.keep()


def _names(names: list[str]) -> dict[str, str]:
    """Headers are cells too."""
    return {name: f"'{name}" for name in names if name[:1] in tuple("=+-@\t\r")}


_WRITERS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    ".csv": (_csv, {}),
    ".tsv": (_csv, {"separator": "\t"}),
    ".ndjson": (_ndjson, {}),
    ".jsonl": (_ndjson, {}),
    ".parquet": (_parquet, {}),
    ".arrow": (_arrow, {}),
    ".feather": (_arrow, {}),
    ".ipc": (_arrow, {}),
}

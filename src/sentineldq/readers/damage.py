"""Files that open well and hold data that cannot be decoded: only reading all of it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from sentineldq.errors import EngineError, InexactError, ReadError, SentinelError, first_line
from sentineldq.readers.table import Table

# Polars panics on some damaged files; its PanicException is no Exception.
FAULTS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, UnicodeDecodeError)

ENGINES = {"polars", "duckdb", "pyspark", "py4j"}
SCANS: dict[str, Callable[..., pl.LazyFrame]] = {"parquet": pl.scan_parquet, "arrow": pl.scan_ipc}


@contextmanager
def reading(table: Table) -> Iterator[None]:
    """Within it a fault of an engine becomes a ReadError where it is the table that cannot be read."""
    try:
        yield
    except pl.exceptions.PanicException as fault:
        refuse_damage(table)
        raise EngineError(f"polars: {first_line(fault)}") from fault
    except Exception as fault:
        if _of_engine(fault):
            refuse_damage(table)
        raise


def _of_engine(fault: Exception) -> bool:
    """Whether an engine failed at its work; one that is not in use is not imported to find out."""
    if isinstance(fault, SentinelError):
        return isinstance(fault, EngineError) and not isinstance(fault, InexactError)
    library = type(fault).__module__.partition(".")[0].lstrip("_")
    return isinstance(fault, FAULTS) or library in ENGINES


def refuse_damage(table: Table) -> None:
    """Read all of a table, batch by batch; raises ReadError, naming the file where it is known.

    A relation or frame handed in belongs to its own engine and is left alone.
    """
    if table.native is not None:
        return
    for name, frame in _pieces(table):
        try:
            for _ in frame.collect_batches():
                pass
        except FAULTS as fault:
            hint = "copy or write it again; it was changed or cut short on its way"
            raise ReadError(name, f"its data is damaged ({first_line(fault)})", hint=hint) from fault


def _pieces(table: Table) -> Iterator[tuple[str, pl.LazyFrame]]:
    scan = SCANS.get(table.format)
    if scan is None or not table.paths:
        yield table.name, table.frame
        return
    for path in table.paths:
        yield path, scan(path, glob=False)

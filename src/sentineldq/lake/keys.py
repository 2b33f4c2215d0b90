"""Which rows of a batch are new, by the contract's key, against everything that a table holds.

In memory is a hash of every key, with the number of the file it is from: 12 bytes a row. A hash that is found again
is looked up in its file, so that two keys of one hash are never taken for one. What is indexed follows the data files
of the table's head, whatever became of them: appended, deleted, compacted, rolled back. A file is read (its key columns
alone) when its bounds first allow it to hold a key of a batch; keys that grow with time never need the old ones.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.conversions import from_bytes
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.manifest import DataFile, ManifestContent, ManifestFile
from pyiceberg.table import Table
from pyiceberg.types import (
    DateType,
    IntegerType,
    LongType,
    NestedField,
    PrimitiveType,
    StringType,
    TimestampType,
    TimestamptzType,
)

from sentineldq.errors import LakeError
from sentineldq.lake.files import located
from sentineldq.lake.runs import Runs

HELD = 64 * 1024 * 1024
"""Bytes of keys kept as they are, beside the hashes: those of the files that were asked for last."""

FILES, ROWS = 64, 2_000_000
"""Most files, and about as many keys, that are in memory at the same time while they are read."""

THREADS = 4

Item = TypeVar("Item")

_WIDTHS: dict[type, int] = {IntegerType: 4, LongType: 8, DateType: 4, TimestampType: 8, TimestamptzType: 8}
"""Bytes of a bound, by type; a bound of a file from before its column was widened is shorter, and not used."""


class _File(NamedTuple):
    path: str
    rows: int
    snapshot: int | None  # that added it
    low: tuple[Any, ...]  # of the key columns; None where unknown
    high: tuple[Any, ...]


class Keys:
    """The keys of one table, by columns; kept between batches, so that nothing is read twice."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self._stash: dict[int, pl.DataFrame] = {}
        self._seed = secrets.randbits(64)
        self._reset(None, pl.Schema())

    def __len__(self) -> int:
        """How many keys are indexed."""
        return len(self._runs)

    def fresh(self, table: Table, rows: pa.Table | pl.DataFrame) -> pl.Series:
        """A boolean for every row: True where neither the table's head nor an earlier row here has its key.

        A key with a null in it is equal to no other. Raises LakeError.
        """
        self._follow(table)
        keys = self._keys(table, rows)
        whole = keys.with_row_index("row").drop_nulls()
        first = whole.unique(self.columns, keep="first", maintain_order=True)
        self._load(table, self._awaited(first))
        again = pl.concat([whole.join(first, on="row", how="anti")["row"], self._held_by(table, first)])
        return pl.select(
            ~pl.int_range(keys.height, dtype=pl.UInt32).is_in(again.implode()).alias("fresh")
        ).to_series()

    def added(self, snapshot_id: int, rows: pa.Table | pl.DataFrame) -> None:
        """Take over the rows that a snapshot has added, so that its files need not be read."""
        self._stash[snapshot_id] = pl.DataFrame(rows).select(self.columns)

    # ------------------------------------------------------------------------------------ following the table

    def _reset(self, uuid: Any, types: pl.Schema) -> None:
        self._uuid = uuid
        self._types = types
        self._head: int | None = None
        self._manifests: dict[str, list[_File]] = {}
        self._waiting: dict[str, _File] = {}  # not indexed yet
        self._origins: dict[int, set[str]] = {}  # the files, live ones alone, that an origin's keys are in
        self._counts: dict[int, int] = {}
        self._next = 0
        self._runs = Runs()
        self._held: OrderedDict[int, pl.DataFrame] = OrderedDict()
        self._weight = 0  # bytes held

    def _follow(self, table: Table) -> None:
        """Bring the index to the table's head: forget files that are gone, note those that are new."""
        types = _types(table, self.columns)
        if table.metadata.table_uuid != self._uuid or types != self._types:
            self._reset(table.metadata.table_uuid, types)
        head = table.current_snapshot()
        if head is None or head.snapshot_id == self._head:
            return
        live = self._live(table, head.manifests(table.io))
        for paths in self._origins.values():
            paths.intersection_update(live)
        self._waiting = {path: file for path, file in self._waiting.items() if path in live}
        known = set(self._waiting).union(*self._origins.values())
        new = [file for path, file in live.items() if path not in known]
        self._waiting |= {file.path: file for file in self._take_over(new)}
        self._purge()
        self._head = head.snapshot_id

    def _live(self, table: Table, manifests: Iterable[ManifestFile]) -> dict[str, _File]:
        """The data files of the head; manifests never change, so each is read once."""
        fields = [table.schema().find_field(column) for column in self.columns]
        self._manifests = {
            manifest.manifest_path: self._manifests.get(manifest.manifest_path)
            or [
                _file(entry.data_file, entry.snapshot_id, fields)
                for entry in manifest.fetch_manifest_entry(table.io)
            ]
            for manifest in manifests
            if manifest.content == ManifestContent.DATA
        }
        return {file.path: file for files in self._manifests.values() for file in files}

    def _take_over(self, new: Iterable[_File]) -> Iterator[_File]:
        """Index what `added` gave; the new files that it does not account for."""
        by_snapshot: defaultdict[int | None, list[_File]] = defaultdict(list)
        for file in new:
            by_snapshot[file.snapshot].append(file)
        for snapshot, files in by_snapshot.items():
            stashed = self._stash.get(snapshot) if snapshot is not None else None
            if stashed is not None and stashed.height == sum(file.rows for file in files):
                keys = stashed.cast(self._types)
                origin = self._name({file.path for file in files}, keys.height)
                self._runs.add(self._entries(origin, keys))
                self._hold(origin, keys)
            else:
                yield from files
        self._stash.clear()

    def _purge(self) -> None:
        """Drop what is known of origins without a file, once that is worth a pass over the index."""
        gone = {origin for origin, paths in self._origins.items() if not paths}
        if sum(self._counts[origin] for origin in gone) * 4 > len(self._runs):
            self._runs.forget(gone)
            for origin in gone:
                del self._origins[origin], self._counts[origin]
                self._drop(origin)

    # ------------------------------------------------------------------------------------ indexing

    def _awaited(self, keys: pl.DataFrame) -> dict[str, int]:
        """The files not indexed yet whose bounds allow for one of the keys, column by column; with their rows."""
        files = list(self._waiting.values()) if keys.height else []
        for at, column in enumerate(self.columns):
            if not files:
                break
            low, high = (pl.Series([getattr(file, side)[at] for file in files]) for side in ("low", "high"))
            if pl.Null in {low.dtype, high.dtype}:
                continue
            values = keys[column].to_physical().unique().sort()
            fill = values[0]
            start = values.search_sorted(low.fill_null(fill).cast(values.dtype), side="left")
            end = values.search_sorted(high.fill_null(fill).cast(values.dtype), side="right")
            may = (end > start) | low.is_null() | high.is_null()
            files = [file for file, possible in zip(files, may, strict=True) if possible]
        return {file.path: file.rows for file in files}

    def _load(self, table: Table, files: Mapping[str, int]) -> None:
        """Index files that were waiting."""
        entries: list[pl.DataFrame] = []
        for path, keys in self._read(table, files):
            origin = self._name({path}, keys.height)
            entries.append(self._entries(origin, keys))
            del self._waiting[path]
        if entries:
            self._runs.add(pl.concat(entries))

    def _name(self, paths: set[str], rows: int) -> int:
        self._next += 1
        self._origins[self._next] = paths
        self._counts[self._next] = rows
        return self._next

    def _entries(self, origin: int, keys: pl.DataFrame) -> pl.DataFrame:
        whole = keys.drop_nulls()
        hashes = whole.hash_rows(seed=self._seed).alias("hash")
        return pl.DataFrame([hashes]).with_columns(pl.lit(origin, pl.UInt32).alias("origin"))

    # ------------------------------------------------------------------------------------ looking up

    def _held_by(self, table: Table, keys: pl.DataFrame) -> pl.Series:
        """The `row` of each key that the table has: found by its hash, then compared with the real one."""
        hits = self._runs.find(keys.select(self.columns).hash_rows(seed=self._seed)).unique()
        live = pl.Series([origin for origin, paths in self._origins.items() if paths], dtype=pl.UInt32)
        wanted = hits.filter(pl.col("origin").is_in(live.implode())).join(
            keys.with_columns(pl.col("row").alias("whose")).with_row_index("place"),
            left_on="row",
            right_on="place",
        )
        found = wanted.clear()["whose"]
        newest_first = sorted(set(wanted["origin"]), reverse=True)
        for origins in _portions({origin: self._counts[origin] for origin in newest_first}):
            asked = wanted.filter(
                pl.col("origin").is_in(pl.Series(origins, dtype=pl.UInt32).implode())
                & ~pl.col("whose").is_in(found.implode())
            )
            real = self._real(table, sorted(set(asked["origin"])))
            found = pl.concat([found, asked.join(real, on=["origin", *self.columns], how="semi")["whose"]])
        return found

    def _real(self, table: Table, origins: Sequence[int]) -> pl.DataFrame:
        """The keys of origins, with `origin`; read from their files where they are not held."""
        frames = {origin: self._held[origin] for origin in origins if origin in self._held}
        absent = {
            path: origin for origin in origins if origin not in frames for path in self._origins[origin]
        }
        parts: defaultdict[int, list[pl.DataFrame]] = defaultdict(list)
        for path, keys in self._read(table, {path: self._counts[origin] for path, origin in absent.items()}):
            parts[absent[path]].append(keys)
        frames |= {origin: pl.concat(read) for origin, read in parts.items()}
        for origin, frame in frames.items():
            self._hold(origin, frame)
        empty = pl.DataFrame(schema={**self._types, "origin": pl.UInt32})
        return pl.concat(
            [empty, *(keys.with_columns(pl.lit(o, pl.UInt32).alias("origin")) for o, keys in frames.items())]
        )

    def _hold(self, origin: int, keys: pl.DataFrame) -> None:
        """Keep keys at hand, and let go of those longest not asked for."""
        self._drop(origin)
        self._held[origin] = keys
        self._weight += int(keys.estimated_size())
        while len(self._held) > 1 and self._weight > HELD:
            self._drop(next(iter(self._held)))

    def _drop(self, origin: int) -> None:
        if origin in self._held:
            self._weight -= int(self._held.pop(origin).estimated_size())

    # ------------------------------------------------------------------------------------ reading

    def _keys(self, table: Table, rows: pa.Table | pl.DataFrame) -> pl.DataFrame:
        try:
            return pl.DataFrame(rows).select(self.columns).cast(self._types)
        except pl.exceptions.PolarsError as fault:
            raise LakeError(
                ".".join(table.name()), f"a batch lacks its key {self.columns}: {fault}"
            ) from fault

    def _read(self, table: Table, files: Mapping[str, int]) -> Iterator[tuple[str, pl.DataFrame]]:
        """The keys of files, of which the rows are known, a few files at a time."""
        known = {field.name for field in table.schema().fields}

        def read(path: str) -> pl.DataFrame:
            system, place = located(table.io, path)
            with (
                system.open_input_file(place) as stream,
                pq.ParquetFile(stream, page_checksum_verification=True) as file,
            ):
                if strange := [name for name in file.schema_arrow.names if name not in known]:
                    raise OSError(f"{path} is damaged: it has columns that the table has not ({strange})")
                stored = [column for column in self.columns if column in file.schema_arrow.names]
                found = file.read(columns=stored, use_threads=False)
                # Column by column: Polars panics at the names of a damaged schema.
                keys = pl.DataFrame({name: pl.Series(name, found[name]) for name in stored})
                count = file.metadata.num_rows
            absent = [pl.lit(None).alias(column) for column in self.columns if column not in stored]
            framed = (
                keys.with_columns(absent)
                if stored
                else pl.select(pl.repeat(None, count).alias(self.columns[0]))
            )
            return framed.select(self.columns).cast(self._types)

        with ThreadPoolExecutor(THREADS) as pool:
            for some in _portions(files):
                try:
                    yield from zip(some, pool.map(read, some), strict=True)
                except (OSError, pa.ArrowException, pl.exceptions.PolarsError) as fault:
                    raise LakeError(
                        ".".join(table.name()),
                        f"its keys cannot be read: {fault}",
                        hint="a data file is damaged or gone: restore it from a backup",
                    ) from fault


def _types(table: Table, columns: Sequence[str]) -> pl.Schema:
    """The types of the key columns. Raises LakeError for one that the table has not."""
    known = schema_to_pyarrow(table.schema())
    missing = [column for column in columns if column not in known.names]
    if missing or not columns:
        raise LakeError(".".join(table.name()), f"it has no key column {', '.join(missing) or 'at all'}")
    empty = pa.schema([known.field(column) for column in columns]).empty_table()
    return pl.DataFrame(pl.from_arrow(empty)).schema


def _file(file: DataFile, snapshot: int | None, fields: Sequence[NestedField]) -> _File:
    low = tuple(_bound(field, (file.lower_bounds or {}).get(field.field_id)) for field in fields)
    high = tuple(_bound(field, (file.upper_bounds or {}).get(field.field_id)) for field in fields)
    return _File(file.file_path, file.record_count, snapshot, low, high)


def _bound(field: NestedField, stored: bytes | None) -> Any:
    """A bound as a number or text; None where there is none that can be relied on."""
    kind = field.field_type
    if stored is None or not isinstance(kind, PrimitiveType):
        return None
    if not (isinstance(kind, StringType) or _WIDTHS.get(type(kind)) == len(stored)):
        return None
    return from_bytes(kind, stored)


def _portions(weights: Mapping[Item, int]) -> Iterator[list[Item]]:
    """Items in their order, as many at a time as may be in memory; at least one."""
    portion: list[Item] = []
    weight = 0
    for item, rows in weights.items():
        if portion and (len(portion) == FILES or weight + rows > ROWS):
            yield portion
            portion, weight = [], 0
        portion.append(item)
        weight += rows
    if portion:
        yield portion

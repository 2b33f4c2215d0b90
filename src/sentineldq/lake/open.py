"""The lake: its catalog of tables, and the folder or object store (the warehouse) that their files lie in."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NamespaceAlreadyExistsError,
    NoSuchNamespaceError,
    NoSuchTableError,
    RESTError,
    TableAlreadyExistsError,
)
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import parse_transform
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from sentineldq.errors import EvolutionError, LakeError, MissingExtraError, UsageError, first_line, suggest
from sentineldq.lake import lock
from sentineldq.lake.durable import make_folder
from sentineldq.lake.evolve import ATTEMPTS, evolve
from sentineldq.lake.iceberg import to_iceberg
from sentineldq.lake.place import WAREHOUSE
from sentineldq.lake.restore import UNREADABLE, damage, set_back
from sentineldq.lake.schema import storable

LAYERS = ("bronze", "silver", "quarantine", "gold")

PROPERTIES = {
    "commit.retry.num-retries": "0",  # PyIceberg would commit again without looking at the place
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "100",
    "commit.manifest.target-size-bytes": str(512 * 1024),
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    "write.parquet.compression-codec": "zstd",
    "write.parquet.compression-level": "1",
}
"""What every table of the lake is made with."""

UNMEASURED = {"raw": {"write.metadata.metrics.column.raw": "none"}}
"""And what one with such a column is: catalogs refuse it of a table without."""

_NAME = re.compile(rf"({'|'.join(LAYERS)})\.([^\W\d][\w-]*|\d[\w-]*)")
_REMOTE = re.compile(r"s3a?://[^/@]+(/[^@]*)?")


class Lake:
    """Tables by name, as `bronze.events`. Every error of the catalog or of its files is a LakeError."""

    def __init__(self, catalog: Catalog, warehouse: str) -> None:
        self.catalog = catalog
        self.warehouse = warehouse

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the catalog's connections."""
        self.catalog.close()

    def table(self, name: str) -> Table:
        """The table as it stands now. Raises LakeError where it is absent or damaged."""
        found = self._find(name)
        if found is None:
            raise LakeError(name, "there is no such table", hint=suggest(name, self.names()))
        return found

    def has(self, name: str) -> bool:
        return self._find(name) is not None

    def names(self, layer: str | None = None) -> list[str]:
        """The tables of one layer, or of all, sorted."""
        with refusals("the lake", self.catalog):
            return sorted(name for one in ([layer] if layer else LAYERS) for name in self._list(one))

    def ensure(
        self,
        name: str,
        schema: pa.Schema,
        *,
        partition: tuple[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> Table:
        """The table with these columns: made where it is absent, else changed (see `evolve`).

        partition: a top-level column and `day`, `month`, `year` or `identity`. properties: of the table, beside
        PROPERTIES. Raises EvolutionError where what is wanted would break what is there.
        """
        wanted = to_iceberg(storable(schema, table=name))
        chosen = {**_properties(wanted), **(properties or {})}
        table = self._find(name) or self._create(name, wanted, partition, chosen)
        with refusals(name, self.catalog):
            table = evolve(table, wanted)
            _demand_partition(table, _spec(wanted, partition, name))
            return _set_properties(table, {**chosen, **table.properties, **(properties or {})})

    def restore(self, name: str, location: str) -> Table:
        """Set a table whose metadata file is damaged back to an earlier one; its place goes back with it."""
        with refusals(name, self.catalog):
            set_back(self.catalog, split_name(name), location)
        return self.table(name)

    def _find(self, name: str) -> Table | None:
        identifier = split_name(name)
        try:
            with refusals(name, self.catalog):
                return self.catalog.load_table(identifier)
        except (NoSuchTableError, NoSuchNamespaceError):
            return None
        except UNREADABLE as fault:
            raise damage(self.catalog, identifier, fault) from fault

    def _create(
        self, name: str, schema: Schema, partition: tuple[str, str] | None, properties: Mapping[str, str]
    ) -> Table:
        layer, dataset = split_name(name)
        with refusals(name, self.catalog):
            try:
                self.catalog.create_namespace(layer)
            except (NamespaceAlreadyExistsError, IntegrityError):  # or another process does it just now
                pass
            except RESTError:  # which some catalogs call a fault of theirs
                if not self.catalog.namespace_exists(layer):
                    raise
            try:
                return self.catalog.create_table(
                    (layer, dataset),
                    schema,
                    location=f"{self.warehouse}/{layer}/{dataset}",
                    partition_spec=_spec(schema, partition, name),
                    properties=dict(properties),
                )
            except TableAlreadyExistsError:  # another process was first
                return self.table(name)

    def _list(self, layer: str) -> list[str]:
        try:
            return [".".join(identifier) for identifier in self.catalog.list_tables(layer)]
        except NoSuchNamespaceError:
            return []


def open_lake(
    *, warehouse: str, catalog: str | None = None, properties: Mapping[str, str] | None = None
) -> Lake:
    """Open a lake, making it where it is not there yet.

    warehouse: a local folder or `s3://bucket/prefix`. catalog: `sqlite:///…`, `postgresql://…` or the `http(s)://…`
    of an Iceberg REST catalog; None for a SQLite file `catalog.db` in the (local) warehouse. properties: of the
    catalog, as PyIceberg names them. Object stores take credentials from the environment alone: AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL. Raises UsageError, LakeError, MissingExtraError.
    """
    folder, access = locate(warehouse)
    url = catalog or _beside(folder)
    durable = "sentineldq.lake.durable.DurableFileIO"
    chosen = {"py-io-impl": durable, WAREHOUSE: folder, **access, **(properties or {})}
    with refusals("the lake", url):
        if url.startswith(("http://", "https://")):
            return Lake(_rest(url, chosen), folder)
        return Lake(_sql(url, {"warehouse": folder, **chosen}), folder)


def split_name(name: str) -> tuple[str, str]:
    """Layer and dataset of a table's name. Raises UsageError."""
    matched = _NAME.fullmatch(name)
    if matched is None:
        layers = ", ".join(LAYERS)
        raise UsageError(
            f"{name!r} is no name of a table",
            hint=f"a layer ({layers}), a dot, then letters, digits, '_' and '-': bronze.events",
        )
    return matched[1], matched[2]


@contextmanager
def refusals(name: str, catalog: Catalog | str | None = None) -> Iterator[None]:
    """What a catalog's own library raises, as LakeError; of one that is held, by which process."""
    try:
        yield
    except SQLAlchemyError as fault:
        hint = lock.advice(catalog) if lock.is_locked(fault) else None
        raise LakeError(name, f"the catalog refuses: {first_line(fault)}", hint=hint) from fault
    except (RESTError, CommitFailedException) as fault:
        raise LakeError(name, f"the catalog refuses: {first_line(fault)}") from fault


# ---------------------------------------------------------------------------------------- opening


def locate(warehouse: str) -> tuple[str, dict[str, str]]:
    """A warehouse's address, made absolute (a local folder: made), and the settings its files are reached with."""
    address = _warehouse(warehouse)
    return address, _object_store() if "://" in address else {}


def _warehouse(given: str) -> str:
    if given.startswith(("s3://", "s3a://")):
        if not _REMOTE.fullmatch(given):
            raise UsageError(
                "the warehouse's URL has more than a bucket and a prefix",
                hint="credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment",
            )
        return given.rstrip("/")
    path = given.removeprefix("file://")
    if "://" in path:
        raise UsageError(f"no warehouse can be at {given}", hint="use a local folder or s3://bucket/prefix")
    folder = Path(path).expanduser().absolute()
    try:
        make_folder(folder)
    except OSError as fault:
        raise LakeError("the lake", f"its folder cannot be made: {fault}") from fault
    return str(folder)


def _beside(folder: str) -> str:
    if "://" in folder:
        raise UsageError(
            f"the lake in {folder} needs a catalog",
            hint="set `catalog` to a postgresql://, sqlite:/// or http(s):// URL",
        )
    return f"sqlite:///{folder}/catalog.db"


def _object_store() -> dict[str, str]:
    """Where object stores are, out of the environment; without a region PyIceberg would go and ask for one."""
    found = {"s3.region": os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"}
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return {**found, "s3.endpoint": endpoint} if endpoint else found


def _sql(url: str, properties: Mapping[str, str]) -> Catalog:
    from pyiceberg.catalog.sql import SqlCatalog

    if url.startswith("sqlite:///"):
        address = url if "?" in url else f"{url}?timeout={lock.BUSY}"
    elif url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        address = re.sub(r"^postgres\w*(\+psycopg)?://", "postgresql+psycopg://", url)
    else:
        scheme = url.partition(":")[0]
        raise UsageError(
            f"no catalog is known by {scheme}: URLs", hint="use sqlite:///, postgresql:// or http(s)://"
        )
    settings = {**properties, "uri": address, "pool_pre_ping": "true"}
    try:
        return SqlCatalog("sentinel", **settings)
    except ModuleNotFoundError as fault:
        raise MissingExtraError("psycopg", extra="postgres", purpose="a Postgres catalog") from fault
    except SQLAlchemyError as fault:
        if lock.is_locked(fault):
            raise
        time.sleep(0.5)  # another process is making its tables just now
        return SqlCatalog("sentinel", **settings)


def _rest(url: str, properties: Mapping[str, str]) -> Catalog:
    from pyiceberg.catalog.rest import RestCatalog

    try:
        return RestCatalog("sentinel", **{**properties, "uri": url})
    except OSError as fault:  # what requests raises
        raise LakeError("the lake", f"the catalog at {url} does not answer: {first_line(fault)}") from fault


# ---------------------------------------------------------------------------------------- tables


def _properties(schema: Schema) -> dict[str, str]:
    found = dict(PROPERTIES)
    for column in schema.column_names:
        found |= UNMEASURED.get(column, {})
    return found


def _spec(schema: Schema, partition: tuple[str, str] | None, name: str) -> PartitionSpec:
    if partition is None:
        return PartitionSpec()
    column, transform = partition
    if column not in {field.name for field in schema.fields}:
        raise UsageError(f"table {name} has no column {column!r} to be partitioned by")
    title = column if transform == "identity" else f"{column}_{transform}"
    while transform != "identity" and title in schema.column_names:
        title += "_"
    source = schema.find_field(column).field_id
    return PartitionSpec(PartitionField(source, 1000, parse_transform(transform), title))


def _demand_partition(table: Table, wanted: PartitionSpec) -> None:
    has = [(field.name, str(field.transform)) for field in table.spec().fields]
    wants = [(field.name, str(field.transform)) for field in wanted.fields]
    if has != wants:
        told = [", ".join(name for name, _ in one) or "nothing" for one in (has, wants)]
        raise EvolutionError(
            ".".join(table.name()),
            [f"its partitions change from {told[0]} to {told[1]}"],
            hint="take the change back, or give the data a new dataset name",
        )


def _set_properties(table: Table, wanted: Mapping[str, str]) -> Table:
    for _ in range(ATTEMPTS):
        changed = {key: value for key, value in wanted.items() if table.properties.get(key) != value}
        if not changed:
            return table
        try:
            with table.transaction() as transaction:
                transaction.set_properties(changed)
        except CommitFailedException:
            table.refresh()
    raise LakeError(".".join(table.name()), "its properties are being changed by others all the time")

"""Tables and queries of databases: DuckDB and SQLite by their own libraries, all others through SQLAlchemy.

Databases are opened read-only and read in batches. A password appears in no name and no error.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
import sqlglot
from sqlglot import exp

from sentineldq.errors import MissingExtraError, ReadError, UsageError, first_line, suggest
from sentineldq.names import quote
from sentineldq.readers.finding import Finding
from sentineldq.readers.spill import scratch, spill
from sentineldq.readers.table import Table
from sentineldq.readers.values import column

BATCH = 50_000  # rows fetched at a time
_QUERY = re.compile(r"\s*(?:--.*\n\s*)*(?:select|with|values|from|table|\()\b", re.IGNORECASE)
_COLON = re.compile(r"(?<![:\w\\]):(?=\w)")  # what SQLAlchemy's text() would take for a parameter
_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT GLOB 'sqlite_*'"
_DUCKDB_TABLES = (
    "SELECT table_schema, table_name FROM information_schema.tables "
    "WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY ALL"
)
# What DuckDB writes to Parquet with loss, or as a type that Polars does not know.
_NO_PARQUET = {"HUGEINT": "DECIMAL(38, 0)", "UHUGEINT": "DECIMAL(38, 0)"}
_DUCKDB_TEXTS = ("INTERVAL", "TIME WITH TIME ZONE", "BIT", "UUID", "VARIANT", "UNION", "GEOMETRY", "BIGNUM")
_DTYPES: dict[str, Callable[[Any], pl.DataType]] = {
    "int": lambda _: pl.Int64(),
    "str": lambda _: pl.String(),
    "bool": lambda _: pl.Boolean(),
    "float": lambda _: pl.Float64(),
    "bytes": lambda _: pl.Binary(),
    "date": lambda _: pl.Date(),
    "time": lambda _: pl.Time(),
    "timedelta": lambda _: pl.Duration("us"),
    "datetime": lambda kind: pl.Datetime("us", "UTC" if getattr(kind, "timezone", False) else None),
    "Decimal": lambda kind: pl.Decimal(
        getattr(kind, "precision", None) or 38, getattr(kind, "scale", None) or 0
    ),
}


def is_query(wanted: str) -> bool:
    """Whether the part behind `#` is a query rather than a table's name."""
    return bool(_QUERY.match(wanted)) and bool(re.search(r"\s|\(", wanted.strip()))


def read_sqlite(path: Path, *, name: str, wanted: str | None = None) -> Table:
    """Read a table or query of an SQLite file. Types are those of the values: SQLite's columns have none."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            tables: set[tuple[str, ...]] = {(str(row[0]),) for row in connection.execute(_SQLITE_TABLES)}
            sql, table = _select(wanted, tables, str(path), "sqlite", quote)
            cursor = connection.execute(sql)
            names = _unique([str(part[0]) for part in cursor.description])
            findings: list[Finding] = []
            frame = spill(_batches(cursor.fetchmany, names, {}, findings), name=str(path), as_text=findings)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise ReadError(str(path), str(error)) from error
    return Table(name=table[-1] if table else name, frame=frame, findings=_once(findings), format="sqlite")


def read_duckdb(path: Path, *, name: str, wanted: str | None = None) -> Table:
    """Read a table or query of a DuckDB file, copied by DuckDB to Parquet, so that any engine can scan it."""
    import duckdb

    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = {tuple(map(str, row)) for row in connection.execute(_DUCKDB_TABLES).fetchall()}
            sql, table = _select(wanted, tables, str(path), "duckdb", quote, default="main")
            target = scratch(".parquet")
            exportable(connection.sql(sql), _NO_PARQUET).write_parquet(str(target))
    except duckdb.Error as error:
        hint = "close the process that writes to it" if "lock" in str(error).lower() else None
        raise ReadError(str(path), first_line(error), hint=hint) from error
    return Table(
        name=table[-1] if table else name,
        frame=pl.scan_parquet(target),
        format="duckdb",
        paths=(str(target),),
    )


def exportable(relation: Any, casts: Mapping[str, str]) -> Any:
    """A DuckDB relation with `casts` by type, and as text what Polars has no type for, such as intervals."""
    columns = []
    for label, kind in zip(relation.columns, map(str, relation.types), strict=True):
        text = kind.startswith(_DUCKDB_TEXTS) or kind == "STRUCT"  # one without fields
        cast = casts.get(kind) or ("VARCHAR" if text else None)
        quoted = quote(label)
        columns.append(f"CAST({quoted} AS {cast}) AS {quoted}" if cast else quoted)
    return relation.project(", ".join(columns))


def read_url(url: str, *, wanted: str | None = None, name: str | None = None) -> Table:
    """Read a table or query through a database URL (SQLAlchemy); `sqlite:` and `duckdb:` need no SQLAlchemy.

    Rows are streamed. Numerics come as Decimal, times with a zone as UTC. Raises MissingExtraError without
    the driver, ReadError where the database or the table cannot be reached.
    """
    scheme, _, rest = url.partition("://")
    if scheme in {"sqlite", "duckdb"}:
        return _file_url(scheme, rest, wanted=wanted, name=name)
    import sqlalchemy

    try:
        parsed = sqlalchemy.engine.make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        hint = "write driver://user:password@host/database#table; @ : / # in a password are %40 %3A %2F %23"
        raise ReadError(f"{scheme}://…", "it is no database URL", hint=hint) from None
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    shown = parsed.set(password=None, query={}).render_as_string()
    secrets = {secret for secret in (parsed.password, *_texts(parsed.query)) if secret}
    try:
        engine = sqlalchemy.create_engine(parsed, poolclass=sqlalchemy.pool.NullPool)
        return _through(engine, shown, wanted, name)
    except sqlalchemy.exc.NoSuchModuleError as error:
        raise ReadError(
            shown, str(error), hint="known: postgresql, sqlite, duckdb, and SQLAlchemy's own"
        ) from None
    except ImportError as error:
        module = error.name or "its driver"
        extra = "postgres" if "psycopg" in module else "sql"
        raise MissingExtraError(module, extra=extra, purpose=f"reading {shown}") from None
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise ReadError(shown, _masked(error, secrets)) from None


def _file_url(scheme: str, rest: str, *, wanted: str | None, name: str | None) -> Table:
    path = Path(unquote(rest.partition("?")[0]).removeprefix("/"))
    if not path.is_file():
        hint = f"{scheme}:///relative/path or {scheme}:////absolute/path"
        raise ReadError(str(path), "there is no such file", hint=hint)
    reader = read_sqlite if scheme == "sqlite" else read_duckdb
    return reader(path, name=name or path.stem, wanted=wanted)


def _through(engine: Any, shown: str, wanted: str | None, name: str | None) -> Table:
    import sqlalchemy

    findings: list[Finding] = []
    dialect = "postgres" if engine.dialect.name == "postgresql" else engine.dialect.name
    options: dict[str, Any] = {"stream_results": True, "yield_per": BATCH}
    if dialect == "postgres":
        options["postgresql_readonly"] = True
    with engine.connect().execution_options(**options) as connection:
        inspector = sqlalchemy.inspect(connection)
        preparer = engine.dialect.identifier_preparer
        sql, table = _select(
            wanted,
            _near(inspector, wanted),
            shown,
            dialect,
            lambda *parts: ".".join(preparer.quote_identifier(part) for part in parts if part),
            default=inspector.default_schema_name or "",
        )
        result = connection.execute(sqlalchemy.text(_COLON.sub(r"\\:", sql)))
        names = _unique(list(result.keys()))
        dtypes = _decimals(result.cursor.description, names)
        if table:
            dtypes |= _declared(inspector, *table)
        frame = spill(_batches(result.fetchmany, names, dtypes, findings), name=shown, as_text=findings)
    return Table(
        name=name or (table[-1] if table else shown), frame=frame, findings=_once(findings), format="sql"
    )


def _near(inspector: Any, wanted: str | None) -> set[tuple[str, ...]]:
    """The tables and views of the default schema, and of the one that `wanted` names."""
    default = inspector.default_schema_name
    named = wanted.partition(".")[0] if wanted and "." in wanted else default
    schemas = {default, named} & {default, *inspector.get_schema_names()}
    return {
        (schema or "", table)
        for schema in schemas
        for table in (*inspector.get_table_names(schema), *inspector.get_view_names(schema))
    }


def _declared(inspector: Any, schema: str, table: str) -> dict[str, pl.DataType]:
    """The declared types, for columns in which a batch holds no value."""
    found = {}
    for field in inspector.get_columns(table, schema or None):
        try:
            kind = field["type"].python_type.__name__
        except NotImplementedError:  # a type of the database's own; its values decide
            continue
        if kind in _DTYPES:
            found[str(field["name"])] = _DTYPES[kind](field["type"])
    return found


def _select(
    wanted: str | None,
    tables: set[tuple[str, ...]],
    source: str,
    dialect: str,
    quote: Callable[..., str],
    *,
    default: str = "",
) -> tuple[str, tuple[str, ...]]:
    """The statement that reads what is wanted, and the table's name in parts (none for a query)."""
    shown = {".".join(part for part in table if part != default): table for table in tables}
    if wanted and wanted not in shown and is_query(wanted):
        return _query(wanted, dialect), ()
    if not wanted:
        if len(shown) != 1:
            listed = ", ".join(sorted(shown)) or "none"
            raise ReadError(source, "which table?", hint=f"add #table to the name; tables: {listed}")
        wanted = next(iter(shown))
    table = shown.get(wanted) or shown.get(wanted.removeprefix(f"{default}."))
    if table is None:
        raise ReadError(source, f"it has no table {wanted!r}", hint=suggest(wanted, shown))
    return f"SELECT * FROM {quote(*table)}", table


def _query(sql: str, dialect: str) -> str:
    """A single statement that only reads; anything else is refused before the database sees it."""
    hint = "behind # goes a table's name or one SELECT"
    try:
        statements = [statement for statement in sqlglot.parse(sql, read=dialect) if statement]
    except (sqlglot.errors.ParseError, sqlglot.errors.TokenError) as error:
        raise UsageError(
            f"the query is not valid SQL: {str(error).partition(chr(10))[0]}", hint=hint
        ) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise UsageError("the query is not one SELECT", hint=hint)
    writes = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Drop, exp.Alter, exp.TruncateTable)
    found = next(
        (
            node
            for node in statements[0].walk()
            if isinstance(node, writes) and not isinstance(node, exp.Query)
        ),
        None,
    )
    if found:
        raise UsageError(f"the query does more than read ({found.key.upper()})", hint=hint)
    return sql.strip().rstrip(";")


def _batches(
    fetch: Callable[[int], Sequence[Sequence[Any]]],
    names: list[str],
    dtypes: dict[str, pl.DataType],
    findings: list[Finding],
) -> Iterator[pl.DataFrame]:
    """Frames of up to BATCH rows; at least one, so that an empty result has its columns."""
    first = True
    while (rows := fetch(BATCH)) or first:
        first = False
        values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        yield pl.DataFrame(
            [
                _typed(column(name, cells, findings), dtypes.get(name))
                for name, cells in zip(names, values, strict=True)
            ]
        )


def _typed(series: pl.Series, dtype: pl.DataType | None) -> pl.Series:
    """Give a column its declared type where that changes no value: nulls, and decimals of that scale."""
    if dtype is None or series.dtype == dtype:
        return series
    if series.dtype == pl.Null:
        return series.cast(dtype)
    if (
        isinstance(dtype, pl.Decimal)
        and isinstance(series.dtype, pl.Decimal)
        and series.dtype.scale <= dtype.scale
    ):
        return series.cast(dtype)
    return series


def _decimals(description: Iterable[Any], names: list[str]) -> dict[str, pl.DataType]:
    """Decimal types from the precision and scale of a cursor's description (PEP 249)."""
    found: dict[str, pl.DataType] = {}
    for name, part in zip(names, description, strict=True):
        precision, scale = part[4], part[5]
        if precision and scale is not None and 0 <= scale <= precision <= 38:
            found[name] = pl.Decimal(precision, scale)
    return found


def _unique(names: list[str]) -> list[str]:
    """Make a query's column names unique: `SELECT a.id, b.id` gives id and id_2."""
    found: list[str] = []
    for name in names:
        label, copy = name, 2
        while label in found:
            label, copy = f"{name}_{copy}", copy + 1
        found.append(label)
    return found


def _once(findings: list[Finding]) -> list[Finding]:
    """Each finding once: every batch of a column of mixed types reports it."""
    return list({(finding.field_name, finding.type): finding for finding in findings}.values())


def _texts(query: Any) -> Iterator[str]:
    for value in query.values():
        yield from (value,) if isinstance(value, str) else value


def _masked(error: Exception, secrets: set[str]) -> str:
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    for secret in secrets:
        reason = reason.replace(secret, "***")
    return reason

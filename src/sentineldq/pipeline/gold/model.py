"""A gold model: one SQL file, what its front matter says, and the tables it reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentineldq.checks.sql.query import check_query
from sentineldq.errors import CheckDefinitionError, UsageError, suggest

if TYPE_CHECKING:
    from sqlglot import exp

KEYS = ("description", "incremental", "source_date", "partition", "contract", "export")
TRANSFORMS = ("day", "identity", "month", "year")
LAYERS = ("gold", "silver")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ENTRY = re.compile(r"--\s*([a-z_]+)\s*:\s*(.*?)\s*")
_PARTITION = re.compile(r"(?:(\w+)\()?\s*(\w+)\s*\)?")

# A model gives the same rows whenever it is run over the same rows.
_CHANGING = re.compile(
    r"now|current_(date|time|timestamp|datetime|localtime|localtimestamp)|get_current_.*|today|transaction_timestamp"
    r"|localtime|localtimestamp|rand|random|uuid|gen_random_uuid|uuidv[47]|setseed"
)


@dataclass(frozen=True, kw_only=True)
class Model:
    """One gold table.

    sql: the query, as it stands in the file. reads: the tables in it, as `silver.x` or `gold.y`. incremental: the
    column of the answer whose changed dates are rebuilt; source_date: the column of the tables read whose date that
    is. partition: column and transform of the table. contract: the name of the contract it is audited by.
    """

    name: str
    path: Path
    sql: str
    reads: tuple[str, ...]
    description: str = ""
    incremental: str | None = None
    source_date: str | None = None
    partition: tuple[str, str] | None = None
    contract: str | None = None
    export: str | None = None

    @property
    def table(self) -> str:
        return f"gold.{self.name}"

    @property
    def upstream(self) -> tuple[str, ...]:
        """The names of the models it reads."""
        return tuple(name.removeprefix("gold.") for name in self.reads if name.startswith("gold."))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what decides its rows, 16 hex digits."""
        decisive = (check_query(self.sql), self.incremental, self.source_date, self.partition)
        return hashlib.sha256(repr(decisive).encode()).hexdigest()[:16]


def load_models(folder: Path | str, *, silver: Collection[str] | None = None) -> list[Model]:
    """The models in a folder (`*.sql`), each after those it reads; none where there is no such folder.

    silver: the silver tables that there can be, where they are known (`events` for `silver.events`). Raises
    UsageError for a file that is no model, a table that nothing makes, and models that read each other.
    """
    found = [read_model(path) for path in sorted(Path(folder).glob("*.sql"))]
    models = {model.name: model for model in found}
    for model in found:
        _refuse_unknown(model, models, silver)
    return ordered(found)


def ordered(models: Iterable[Model]) -> list[Model]:
    """Models so that each comes after those it reads, else by name. Raises UsageError for a circle."""
    by_name = {model.name: model for model in sorted(models, key=lambda model: model.name)}
    graph = {
        name: sorted(other for other in model.upstream if other in by_name) for name, model in by_name.items()
    }
    try:
        return [by_name[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        path = by_name[circle[0]].path
        raise UsageError(f"{path}: models read each other: {' reads '.join(circle)}") from None


def read_model(path: Path) -> Model:
    """One model from its file. Raises UsageError with the file and the line."""
    if not _NAME.fullmatch(path.stem):
        hint = "lower case letters, digits and _, beginning with a letter"
        raise UsageError(f"{path}: {path.stem!r} cannot be the name of a table", hint=hint)
    text = path.read_text("utf-8-sig")
    entries = _front(text, path)
    _refuse_options(entries, path)
    sql = _query(text, path)
    incremental = entries.get("incremental")
    partition = _partition(entries["partition"], path) if "partition" in entries else None
    if incremental is not None and partition is None:
        partition = (incremental, "day")
    if incremental is not None and partition != (incremental, "day"):
        hint = f"partition: day({incremental})"
        raise UsageError(f"{path}: what is rebuilt by date has to be partitioned by that date", hint=hint)
    return Model(
        name=path.stem,
        path=path,
        sql=sql,
        reads=_reads(sql, text, path),
        description=entries.get("description", ""),
        incremental=incremental,
        source_date=entries.get("source_date", incremental),
        partition=partition,
        contract=entries.get("contract"),
        export=entries.get("export"),
    )


def _front(text: str, path: Path) -> dict[str, str]:
    """The entries of the comment block a file begins with."""
    entries: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("--"):
            break
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            continue
        key, value = entry.groups()
        if key not in KEYS:
            raise UsageError(f"{path}:{number}: unknown key {key!r}", hint=suggest(key, KEYS))
        if key in entries:
            raise UsageError(f"{path}:{number}: {key} is given twice")
        if not value:
            raise UsageError(f"{path}:{number}: {key} has no value")
        entries[key] = value
    return entries


def _refuse_options(entries: Mapping[str, str], path: Path) -> None:
    if "source_date" in entries and "incremental" not in entries:
        hint = "add `incremental:` with the column of the answer that holds this date"
        raise UsageError(f"{path}: source_date means nothing without incremental", hint=hint)
    if entries.get("export", "csv") != "csv":
        raise UsageError(f"{path}: unknown export {entries['export']!r}", hint="known: csv")


def _partition(text: str, path: Path) -> tuple[str, str]:
    """`day(column)`, or a column alone for its values as they are."""
    match = _PARTITION.fullmatch(text)
    if match is None:
        raise UsageError(f"{path}: partition {text!r} is not understood", hint="write day(column) or column")
    transform = match[1] or "identity"
    if transform not in TRANSFORMS:
        hint = suggest(transform, TRANSFORMS)
        raise UsageError(f"{path}: a table cannot be partitioned by {transform}", hint=hint)
    return match[2], transform


def _query(text: str, path: Path) -> str:
    """The one query of a file, as it stands there; it runs where nothing else is in reach. Raises UsageError."""
    query = text.strip().removesuffix(";")
    try:
        check_query(query)
    except CheckDefinitionError as error:
        reason = error.message.removeprefix(f"SQL query {query!r}")
        hint = "a model is one SELECT over silver.NAME and gold.NAME"
        raise UsageError(f"{path}: the query{reason}", hint=hint) from None
    return query


def _reads(sql: str, text: str, path: Path) -> tuple[str, ...]:
    """The tables a query reads; what it defines by WITH is none of them."""
    from sqlglot import exp, parse_one

    tree = parse_one(sql, dialect="duckdb")
    if name := next(filter(_CHANGING.fullmatch, map(_function, tree.find_all(exp.Func))), None):
        hint = "the same rows have to give the same table; take times from the data"
        raise UsageError(f"{path}{_line(text, name)}: {name} differs from run to run", hint=hint)
    defined = {part.alias.lower() for part in tree.find_all(exp.CTE)}
    found: dict[str, None] = {}
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Func) or (not table.db and table.name.lower() in defined):
            continue
        if table.catalog or table.db.lower() not in LAYERS:
            known = "a model reads silver.NAME, gold.NAME, and what it defines by WITH"
            raise UsageError(
                f"{path}{_line(text, table.name)}: unknown table {table.sql('duckdb')}", hint=known
            )
        found[f"{table.db}.{table.name}".lower()] = None
    if not found:
        raise UsageError(f"{path}: the query reads no table", hint="a model reads silver.NAME or gold.NAME")
    return tuple(found)


def _function(node: exp.Func) -> str:
    from sqlglot import exp

    return (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()


def _line(text: str, word: str) -> str:
    """`:7` where a word stands in a text, for the place in a message."""
    for number, line in enumerate(text.lower().splitlines(), 1):
        if re.search(rf"\b{re.escape(word.lower())}\b", line.partition("--")[0]):
            return f":{number}"
    return ""


def _refuse_unknown(model: Model, models: Mapping[str, Any], silver: Collection[str] | None) -> None:
    text = model.path.read_text("utf-8-sig")
    for table in model.reads:
        layer, _, name = table.partition(".")
        known = models if layer == "gold" else silver
        if known is not None and name not in known:
            hint = suggest(name, known)
            raise UsageError(f"{model.path}{_line(text, name)}: unknown table {table}", hint=hint)

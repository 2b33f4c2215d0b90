"""Queries that reach for more than the tables they were given: refused by name, and stopped even if they were not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest

from sentineldq import check
from sentineldq.checks.engines.base import Source
from sentineldq.checks.engines.duckdb import ENGINE
from sentineldq.checks.engines.sandbox import run
from sentineldq.checks.model import Check
from sentineldq.checks.sql.query import tables_of
from sentineldq.errors import CheckDefinitionError, EngineError, ReadError
from sentineldq.readers.open import open_table

CANARY = "the canary sang"
ROWS = pl.DataFrame({"id": [1, 2, 3]})

# {secret} is a text file, {table} a Parquet file, {new} a file that is not there.
FILES = [
    "select * from read_csv('{secret}')",
    "select * from read_csv_auto('{secret}', header = false)",
    "select content from read_text('{secret}')",
    "select content from read_blob('{secret}')",
    "select * from read_json('{secret}')",
    "select * from read_parquet('{table}')",
    "select * from parquet_metadata('{table}')",
    "select * from parquet_scan('{table}')",
    "select * from '{table}'",
    "select * from '{secret}'",
    'select * from "{table}"',
    'select * from "{secret}"',
    "select * from glob('{secret}')",
    "select * from sniff_csv('{secret}')",
    "select * from \"read_text\"('{secret}')",
    "select * from main.read_text('{secret}')",
    "select * from system.main.read_text('{secret}')",
    "select * from READ_TEXT('{secret}')",
    "select * from read_text(['{secret}'])",
    "from read_text('{secret}')",
    "select /* */ content from /* read_csv */ read_text /* */ ('{secret}') -- no",
    "select (select content from read_text('{secret}'))",
    "select * from data where exists (from read_text('{secret}'))",
    "with x as (from read_text('{secret}')) select * from x",
    "select * from data, lateral (from read_text('{secret}'))",
    "select * from data union all (select content from read_text('{secret}'))",
    "select * from (pivot read_text('{secret}') on filename using count(*))",
    "select * from data order by (select content from read_text('{secret}'))",
    "select * from query('from read_text(''{secret}'')')",
    "select * from query('select 1; copy (select 1) to ''{new}''')",
    "select * from query_table('{secret}')",
    "select * from query_table('da' || 'ta')",
    "select * from json_execute_serialized_sql(json_serialize_sql('from read_text(''{secret}'')'))",
    "copy data to '{new}'",
    "copy (select 1) to '{new}'",
    "copy (select 1) to '{table}'",
    "copy data from '{secret}'",
    "export database '{new}'",
    "import database '{new}'",
    "attach '{new}'",
    "attach '{new}' as x (type sqlite)",
    "create table x as from read_text('{secret}')",
    "create macro f() as table from read_text('{secret}')",
    "create secret s (type s3, key_id 'x')",
    "select 1; copy (select 1) to '{new}'",
    "select 1 -- ;\n; copy (select 1) to '{new}'",
    "select 1 /* ; */ ; copy (select 1) to '{new}'",
    "explain analyze copy (select 1) to '{new}'",
    "prepare x as copy (select 1) to '{new}'",
]

SETTINGS = [
    "set enable_external_access = true",
    "set allowed_paths = ['/']",
    "reset lock_configuration",
    "set python_enable_replacements = true",
    "set threads = 1",
    "set temp_directory = '{new}'",
    "pragma enable_external_access",
    "pragma database_list",
    "install httpfs",
    "install httpfs from '{new}'",
    "load '{new}'",
    "load httpfs",
    "use system",
    "detach memory",
]

LOOKS = [
    "select getenv('HOME')",
    "select current_setting('temp_directory')",
    "select * from duckdb_settings()",
    "select * from duckdb_secrets()",
    "select * from duckdb_settings",
    "select * from information_schema.tables",
    "select * from pg_catalog.pg_tables",
    "select * from sqlite_master",
    "select * from pragma_table_info('data')",
    "select * from pragma_storage_info('data')",
    "describe data",
    "summarize data",
    "select * from (describe data)",
    "select * from (summarize data)",
    "show all tables",
    "call pragma_version()",
    "execute x",
    "select * from canary",
    "select * from python_frame",
    "select * from memory.main.data",
    "with data2 as (select * from canary) select * from data2",
    "with canary as (select * from canary) select * from canary",
    "with recursive canary as (select * from canary) select * from canary",
    "with recursive canary as (select * from canary union all select * from canary) select * from canary",
    "with a as (select * from canary), canary as (select 1) select * from a",
    "select * from canary where exists (with canary as (select 1) select * from canary)",
    "select reflect('java.lang.System', 'getenv', 'HOME')",
    "select java_method('java.lang.System', 'getenv', 'HOME')",
]


@pytest.fixture
def places(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The files that must not be read, written or made; what they hold is looked at once more at the end."""
    secret, table = tmp_path / "secret.csv", tmp_path / "other.parquet"
    secret.write_text(CANARY)
    pl.DataFrame({"canary": [CANARY]}).write_parquet(table)
    before = {path: path.read_bytes() for path in (secret, table)}
    yield {"secret": str(secret), "table": str(table), "new": str(tmp_path / "new")}
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def relation() -> Any:
    """A user's own connection, with a table that no check was given."""
    connection = duckdb.connect()
    connection.execute("create table canary as select ? as secret", [CANARY])
    connection.execute("create table data as select unnest([1, 2, 3]) as id")
    return connection.table("data")


@pytest.mark.parametrize("data", [ROWS, relation], ids=["polars", "duckdb"])
@pytest.mark.parametrize("query", [*FILES, *SETTINGS, *LOOKS])
def test_a_check_refuses(query: str, data: Any, places: dict[str, str]) -> None:
    given = data() if callable(data) else data
    wanted = Check(kind="query_returns_none", params={"query": query.format(**places)})
    outcome = check(given, checks=[wanted]).checks[0]
    assert outcome.status == "error"
    assert outcome.samples == []
    assert "SQL query" in str(outcome.message)
    assert CANARY not in str(outcome.message)


@pytest.mark.parametrize("query", [*FILES, *SETTINGS])
def test_the_closed_connection_stops_it_too(query: str, places: dict[str, str]) -> None:
    """Without the filter in front. `query_table` of the table itself is harmless here, and answers."""
    tables = {"data": Source(nw.from_native(ROWS.lazy()))}
    try:
        answer = run(query.format(**places), tables).collect().rows()
    except EngineError:
        return
    assert CANARY not in str(answer)


def test_a_file_it_was_given_is_the_only_one(places: dict[str, str], tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("given") / "gi[v]en *?'.parquet"
    ROWS.write_parquet(path)
    ROWS.write_parquet(path.with_name("gi[v]en xx'.parquet"))
    tables = {"data": Source(nw.from_native(pl.scan_parquet(path, glob=False)), (str(path),))}
    assert run("select sum(id)::int as n from data", tables).collect().rows() == [(6,)]
    with pytest.raises(EngineError, match="Cannot access file"):
        run(f"select * from read_parquet('{places['table']}')", tables)
    with pytest.raises(EngineError):
        run(f"copy (select 1) to '{path.parent / 'new.csv'}'", tables)
    assert len(list(path.parent.iterdir())) == 2


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        ("select 1", []),
        ("select * from DATA join Other using (id)", ["data", "other"]),
        ("with x as (select * from data) select * from x", ["data"]),
        ("with data as (select * from data) select * from data", ["data"]),
        ("with a as (select 1 as n), b as (select * from a) select * from a, b", []),
        ("with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select * from r", []),
        (
            "select * from data where id in (with y as (select * from other) select id from y)",
            ["data", "other"],
        ),
        ("select * from unnest([1]), range(3), data", ["data"]),
    ],
)
def test_only_the_tables_a_query_names_are_opened(query: str, tables: list[str]) -> None:
    assert sorted(tables_of(query, known=["data", "other", "third"])) == tables


def test_another_table_is_named_with_a_hint() -> None:
    with pytest.raises(
        CheckDefinitionError, match=r"order_lines is none of its tables\nhint: did you mean 'order_line'"
    ):
        tables_of("select * from order_lines", known=["order_line"])


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_queries_join_datasets_of_every_kind(engine: str, tmp_path: Path) -> None:
    """A dataset that no query names is not read: what is wrong inside its file goes unnoticed."""
    path, unread = tmp_path / "others.parquet", tmp_path / "unread.parquet"
    pl.DataFrame({"id": [1, 2]}).write_parquet(path)
    unread.write_bytes(b"no Parquet")
    query = "select * from ${table} anti join others using (id) anti join few using (id)"
    wanted = Check(kind="query_returns_none", params={"query": query})
    given = {"others": path, "few": {"id": [7]}, "unread": unread}
    outcome = check(ROWS, checks=[wanted], datasets=given, engine=engine).checks[0]
    assert (outcome.status, outcome.samples) == ("fail", [{"id": 3}])


def test_another_dataset_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Even if no check reads it: the path is a mistake, and is told before anything is checked."""
    wanted = Check(kind="row_count", params={"min": 1})
    with pytest.raises(ReadError, match=r"there is no such file\nhint: it was given for dataset 'late'"):
        check(ROWS, checks=[wanted], datasets={"late": tmp_path / "missing.parquet"})


def test_queries_join_relations_of_a_read_only_database(tmp_path: Path) -> None:
    """Nothing is made in the user's database, and no name of a check hides one of theirs."""
    path = tmp_path / "shop.db"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table orders as select unnest([1, 2, 3]) as id")
        connection.execute("create table data as select unnest([1, 2]) as id")
    connection = duckdb.connect(str(path), read_only=True)
    wanted = Check(
        kind="query_returns_none", params={"query": "select * from ${table} anti join late using (id)"}
    )
    orders, late = connection.table("orders"), connection.table("data")
    outcome = check(orders, checks=[wanted], datasets={"late": late}).checks[0]
    assert (outcome.status, outcome.samples) == ("fail", [{"id": 3}])
    given = {"data": Source(nw.from_native(orders)), "late": Source(nw.from_native(late))}
    joined = ENGINE.query("select * from data anti join late using (id)", given)
    assert joined.to_native().fetchall() == [(3,)]


def test_relations_of_two_connections_are_copied_beside_each_other() -> None:
    """A name of one connection would mean another table in the other."""
    one, two = relation(), duckdb.connect()
    two.execute("create table canary as select 1 as id")
    wanted = Check(
        kind="query_returns_none", params={"query": "select id from ${table} join other using (id)"}
    )
    outcome = check(one, checks=[wanted], datasets={"other": two.table("canary")}).checks[0]
    assert (outcome.status, outcome.samples) == ("fail", [{"id": 1}])
    given = {"data": Source(nw.from_native(one)), "other": Source(nw.from_native(two.table("canary")))}
    with pytest.raises(EngineError, match="one DuckDB connection"):
        ENGINE.query("select * from data, other", given)


def test_a_relation_alone_stays_where_it_is() -> None:
    """Nothing is copied, but where its connection would show instants in another zone."""
    one = relation()
    assert ENGINE.frame(open_table(one)).to_native().cross(one.set_alias("same")).fetchall()
    zoned = duckdb.connect()
    zoned.execute("set TimeZone = 'Asia/Tokyo'")
    instants = zoned.sql("select timestamptz '2024-01-01 00:00:00+00' as moment")
    moved = ENGINE.frame(open_table(instants)).to_native()
    assert moved.project("moment::varchar").fetchall() == [("2024-01-01 00:00:00+00",)]

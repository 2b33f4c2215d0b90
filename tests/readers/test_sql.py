"""Databases: types kept, names quoted, read-only, and no password anywhere."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sentineldq.errors import ReadError, UsageError
from sentineldq.readers import sql as module
from sentineldq.readers.open import open_table

ODD = 'we"ird; DROP TABLE orders--'


@pytest.fixture
def sqlite(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER, total REAL, note TEXT, any)")
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?, ?)", [(1, 2.5, "é", 1), (2, None, None, "x")]
        )
        connection.execute(f'CREATE TABLE "{ODD.replace(chr(34), chr(34) * 2)}" (a)')
        connection.execute("CREATE VIEW big AS SELECT * FROM orders WHERE id > 1")
    connection.close()
    return path


@pytest.fixture
def duck(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA sales")
        connection.execute(
            "CREATE TABLE orders AS SELECT 1::HUGEINT AS h, 1.50::DECIMAL(10, 2) AS d, "
            "TIMESTAMPTZ '2024-01-01 12:00:00+02' AS t, uuid() AS u, INTERVAL 1 DAY AS i, [1, 2] AS l, {'a': 1} AS s"
        )
        connection.execute("CREATE TABLE sales.orders AS SELECT 7 AS n")
    return path


@pytest.mark.parametrize("form", ["{}#orders", "sqlite:///{}#orders", "{}#SELECT * FROM orders ORDER BY id;"])
def test_sqlite_by_path_url_and_query(sqlite: Path, form: str) -> None:
    table = open_table(form.format(sqlite))
    assert table.frame.collect().rows() == [(1, 2.5, "é", "1"), (2, None, None, "x")]
    [finding] = table.findings
    assert (finding.type, finding.field_name) == ("type-error", "any")


def test_names_are_the_tables(sqlite: Path) -> None:
    assert open_table(f"{sqlite}#big").name == "big"
    assert open_table(f"{sqlite}#big", name="mine").name == "mine"
    assert open_table(f"{sqlite}#SELECT 1 AS a").name == "shop"


def test_a_name_is_never_sql(sqlite: Path) -> None:
    assert open_table(f"{sqlite}#{ODD}").frame.collect().columns == ["a"]
    assert open_table(f"{sqlite}#orders").frame.collect().height == 2


def test_a_missing_table_suggests(sqlite: Path, duck: Path) -> None:
    with pytest.raises(ReadError, match="did you mean 'orders'"):
        open_table(f"{sqlite}#order")
    with pytest.raises(ReadError, match=r"which table.*\n.*big, orders"):
        open_table(sqlite)
    with pytest.raises(ReadError, match=r"sales\.orders"):
        open_table(f"{duck}#sale.orders")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1; DROP TABLE orders",
        "WITH x AS (SELECT 1) DELETE FROM orders",
        "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
        "SELECT * INTO copy FROM orders",
        "SELECT FROM WHERE",
    ],
)
def test_a_query_only_reads(query: str) -> None:
    with pytest.raises(UsageError):
        module._query(query, "postgres")


def test_sqlite_is_opened_read_only(sqlite: Path) -> None:
    before = sqlite.read_bytes()
    with pytest.raises((UsageError, ReadError)):
        open_table(f"{sqlite}#DELETE FROM orders")
    assert sqlite.read_bytes() == before
    with pytest.raises(ReadError, match="no such file"):
        open_table(f"sqlite:///{sqlite.parent}/none.db#t")
    assert not (sqlite.parent / "none.db").exists()


def test_types_that_change_between_batches_are_text(sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 1)
    table = open_table(f"{sqlite}#orders")
    assert table.frame.collect()["any"].to_list() == ["1", "x"]
    assert table.frame.collect()["total"].to_list() == [2.5, None]
    assert [finding.field_name for finding in table.findings] == ["any"]


@pytest.mark.parametrize("form", ["{}#orders", "{}#main.orders", "duckdb:///{}#orders", "{}#FROM orders"])
def test_duckdb_keeps_its_types(duck: Path, form: str) -> None:
    table = open_table(form.format(duck))
    frame = table.frame.collect()
    assert frame.schema == {
        "h": pl.Decimal(38, 0),
        "d": pl.Decimal(10, 2),
        "t": pl.Datetime("us", "UTC"),
        "u": pl.String,
        "i": pl.String,
        "l": pl.List(pl.Int32),
        "s": pl.Struct({"a": pl.Int32}),
    }
    assert frame["t"][0] == dt.datetime(2024, 1, 1, 10, tzinfo=dt.UTC)
    assert len(table.paths) == 1


def test_duckdb_schemas(duck: Path) -> None:
    table = open_table(f"{duck}#sales.orders")
    assert table.frame.collect().rows() == [(7,)]
    assert table.name == "orders"


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(ReadError):
        open_table(f"{path}#t")


def test_files_need_no_sqlalchemy(sqlite: Path) -> None:
    code = f"import sys; from sentineldq.readers.open import open_table; open_table({str(sqlite)!r} + '#orders'); print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"


def test_a_missing_driver_is_one_sentence() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from sentineldq.readers.open import open_table\n"
        "try: open_table('postgresql://me:secret@host/db#t')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.startswith("MissingExtraError")
    assert "sentineldq[postgres]" in done.stdout
    assert "secret" not in done.stdout


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cr3t@127.0.0.1:1/db#t",
        "postgresql://me@127.0.0.1:1/db?password=s3cr3t#t",
        "postgresql://me:s3cr3t@[/db#t",
        "nothing://me:s3cr3t@host/db#t",
    ],
)
def test_a_password_is_in_no_error(url: str) -> None:
    with pytest.raises(ReadError) as caught:
        open_table(url)
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.fixture(scope="module")
def url(postgres_url: str) -> str:
    import psycopg

    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA shop")
        connection.execute(
            "CREATE TABLE shop.orders (id bigint, total numeric(12, 2), rate numeric, at timestamptz, made timestamp, "
            "day date, tags text[], extra jsonb, ref uuid, raw bytea, flag boolean, note text, gone numeric(8, 3), wait interval)"
        )
        connection.execute(
            "INSERT INTO shop.orders VALUES (1, 1.50, 0.12345678901234567890, '2024-07-01 12:00+02', '2024-07-01 12:00', "
            "'2024-07-01', '{a,b}', '{\"a\": 1}', '00000000-0000-0000-0000-000000000001', '\\x00ff', true, '100% :x', null, '1 day'), "
            "(2, null, 3, null, null, null, null, null, null, null, null, null, null, null)"
        )
        connection.execute('CREATE TABLE "Odd ""name" ("a%b" int, "c:d" int)')
        connection.execute("CREATE TABLE many AS SELECT n, n::text AS t FROM generate_series(1, 120000) AS n")
        connection.execute("CREATE SEQUENCE numbers")
        connection.execute("CREATE TABLE forever AS SELECT 'infinity'::timestamptz AS t")
    return postgres_url


def test_postgres_types_are_kept(url: str) -> None:
    table = open_table(f"{url}#shop.orders")
    frame = table.frame.collect()
    assert frame.schema == {
        "id": pl.Int64,
        "total": pl.Decimal(12, 2),
        "rate": pl.Decimal(38, 20),
        "at": pl.Datetime("us", "UTC"),
        "made": pl.Datetime("us"),
        "day": pl.Date,
        "tags": pl.List(pl.String),
        "extra": pl.Struct({"a": pl.Int64}),
        "ref": pl.String,
        "raw": pl.Binary,
        "flag": pl.Boolean,
        "note": pl.String,
        "gone": pl.Decimal(8, 3),
        "wait": pl.Duration("us"),
    }
    assert frame["rate"].to_list() == [Decimal("0.12345678901234567890"), Decimal(3)]
    assert frame["at"][0] == dt.datetime(2024, 7, 1, 10, tzinfo=dt.UTC)
    assert table.name == "orders"


def test_postgres_names_are_quoted(url: str) -> None:
    frame = open_table(f'{url}#Odd "name').frame.collect()
    assert frame.schema == {"a%b": pl.Int64, "c:d": pl.Int64}


def test_postgres_a_query_may_hold_anything(url: str) -> None:
    table = open_table(
        f"{url}#SELECT note AS a, '%s :b'::text AS a FROM shop.orders WHERE note LIKE '100%' -- :c"
    )
    assert table.frame.collect().to_dicts() == [{"a": "100% :x", "a_2": "%s :b"}]


def test_postgres_rows_are_streamed_to_disk(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sentineldq.readers.spill.MEMORY", 1 << 20)
    frame = open_table(f"{url}#many").frame
    assert "Parquet SCAN" in frame.explain()
    assert frame.select(pl.col("n").sum()).collect().item() == 120_000 * 120_001 // 2


def test_postgres_a_missing_table_suggests(url: str) -> None:
    with pytest.raises(ReadError, match="did you mean 'many'"):
        open_table(f"{url}#mny")
    with pytest.raises(ReadError, match=r"did you mean 'shop\.orders'"):
        open_table(f"{url}#shop.order")


def test_postgres_is_read_only(url: str) -> None:
    with pytest.raises(ReadError, match="read-only"):
        open_table(f"{url}#SELECT nextval('numbers') AS n")


def test_postgres_what_python_has_no_value_for_is_an_error(url: str) -> None:
    with pytest.raises(ReadError, match="timestamp too large"):
        open_table(f"{url}#forever")

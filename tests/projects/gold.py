"""The gold models of a shipped project, run in DuckDB over frames made by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from graphlib import TopologicalSorter

import duckdb
import polars as pl

import sentineldq
from sentineldq.checks.model import Result
from tests.projects.records import PROJECTS

_READS = re.compile(r"\bgold\.(\w+)")
_COMMENT = re.compile(r"--[^\n]*")


def models(project: str) -> list[str]:
    """Names of a project's models, each after those it reads."""
    texts = {path.stem: path.read_text() for path in sorted((PROJECTS / project / "gold").glob("*.sql"))}
    graph = {name: sorted(set(_READS.findall(_COMMENT.sub("", text)))) for name, text in texts.items()}
    return list(TopologicalSorter(graph).static_order())


def front(project: str, model: str) -> dict[str, str]:
    """What a model's first lines say of it."""
    text = (PROJECTS / project / "gold" / f"{model}.sql").read_text()
    head = re.match(r"(?:--[^\n]*\n)*", text)
    return dict(re.findall(r"^-- (\w+): (.+)$", head[0] if head else "", re.MULTILINE))


def build(project: str, silver: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Every gold table over these silver tables.

    The session is in a zone of its own, in which every date that depends on the session would be wrong.
    """
    made: dict[str, pl.DataFrame] = {}
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'Pacific/Auckland'")
        con.execute("CREATE SCHEMA silver")
        con.execute("CREATE SCHEMA gold")
        for name, frame in silver.items():
            con.register("given", frame.to_arrow())
            con.execute(f"CREATE TABLE silver.{name} AS SELECT * FROM given")
        for name in models(project):
            con.execute(
                f"CREATE TABLE gold.{name} AS {(PROJECTS / project / 'gold' / f'{name}.sql').read_text()}"
            )
            made[name] = _frame(con, name)
    return made


def _frame(con: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    found = pl.DataFrame(con.sql(f"FROM gold.{name}").to_arrow_table())
    return found.with_columns(pl.selectors.datetime(time_zone="*").dt.convert_time_zone("UTC"))


def audit(project: str, name: str, table: pl.DataFrame) -> Result:
    """A gold table held to its contract."""
    return sentineldq.check(table, PROJECTS / project / "contracts" / f"gold_{name}.odcs.yaml")

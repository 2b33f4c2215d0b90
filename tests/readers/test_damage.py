"""Files that open well and whose data cannot be decoded: one ReadError, whatever was asked of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from sentineldq import check
from sentineldq.checks.model import Check
from sentineldq.errors import EngineError, ReadError
from sentineldq.readers.damage import reading, refuse_damage
from sentineldq.readers.open import open_table

ROWS = 60_000
CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: id
        logicalType: integer
        required: true
        unique: true
        customProperties: []
        quality:
          - type: custom
            engine: sentineldq
            implementation: {check: between, min: 1, on_violation: quarantine}
"""


def frame() -> pl.DataFrame:
    return pl.DataFrame({"id": range(ROWS), "note": [f"note {n * 7919 % 100_003}" for n in range(ROWS)]})


def damaged(path: Path, at: float, *, share: float = 0.02) -> Path:
    """Overwrite a share of a file's bytes, beginning at another share; its end stays whole."""
    content = bytearray(path.read_bytes())
    start, size = int(len(content) * at), int(len(content) * share)
    content[start : start + size] = b"\xab" * size
    path.write_bytes(content)
    return path


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """A Parquet file with a damaged page in its second column."""
    path = tmp_path / "orders.parquet"
    frame().write_parquet(path, row_group_size=20_000)
    return damaged(path, 0.9)


@pytest.fixture
def arrow(tmp_path: Path) -> Path:
    path = tmp_path / "orders.arrow"
    frame().write_ipc(path, compression="zstd")
    return damaged(path, 0.1, share=0.5)


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "sentineldq", "check", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_the_command_says_one_sentence(parquet: Path, engine: str) -> None:
    ended = command(parquet, "--engine", engine)
    assert ended.returncode == 3
    assert ended.stdout == ""
    error, hint = ended.stderr.splitlines()
    assert error.startswith(f"error: cannot read {parquet}: its data is damaged (")
    assert hint.startswith("hint: ")


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_rows_to_write_say_it_too(parquet: Path, engine: str) -> None:
    """The contract's checks read the first column alone: the damage shows when rows are written."""
    contract, good = parquet.with_name("c.yaml"), parquet.with_name("good.parquet")
    contract.write_text(CONTRACT)
    assert command(parquet, "-c", contract, "--engine", engine).returncode == 1
    ended = command(parquet, "-c", contract, "--engine", engine, "--good", good)
    assert ended.returncode == 3
    assert f"cannot read {parquet}: its data is damaged" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert sorted(path.name for path in parquet.parent.iterdir()) == ["c.yaml", "orders.parquet"]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_no_check_is_blamed(parquet: Path, engine: str) -> None:
    checks = [Check(kind="not_null", column=name) for name in ("id", "note")]
    with pytest.raises(ReadError, match="data is damaged") as caught:
        check(parquet, checks=checks, engine=engine)
    assert caught.value.source == str(parquet)


def test_the_file_among_several_is_named(parquet: Path) -> None:
    frame().write_parquet(parquet.with_name("a.parquet"))
    with pytest.raises(ReadError) as caught:
        check(str(parquet.with_name("*.parquet")))
    assert caught.value.source == str(parquet)


def test_arrow_files_are_named(arrow: Path) -> None:
    with pytest.raises(ReadError, match="data is damaged") as caught:
        check(arrow)
    assert caught.value.source == str(arrow)


def test_a_fault_of_one_check_stays_its_own() -> None:
    """The data is sound, so the engine's complaint belongs to the check."""
    checks = [
        Check(kind="not_null", column="id"),
        Check(kind="query_returns_none", params={"query": "select error('no') from ${table}"}),
    ]
    result = check(frame(), checks=checks)
    assert [outcome.status for outcome in result.checks] == ["pass", "error"]


def test_sound_data_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    frame().write_parquet(path)
    table = open_table(path)
    refuse_damage(table)
    with pytest.raises(EngineError, match="mine"), reading(table):
        raise EngineError("mine")


def test_a_panic_is_an_error(tmp_path: Path) -> None:
    """Polars' panics are no Exception: nothing above would catch them."""
    panics = pl.LazyFrame({"x": [1]}).select(pl.col("x").map_batches(panic, return_dtype=pl.Int64))
    with pytest.raises(EngineError, match="polars"), reading(open_table(frame())):
        panics.collect()


def panic(_: pl.Series) -> pl.Series:
    raise pl.exceptions.PanicException("made for a test")

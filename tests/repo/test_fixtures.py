from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.spark
def test_spark_runs_in_utc(spark) -> None:
    assert spark.sql("SELECT current_timezone() AS zone, 1 + 1 AS two").first().asDict() == {
        "zone": "UTC",
        "two": 2,
    }


@pytest.mark.spark
def test_spark_runs_python_functions(spark) -> None:
    doubled = spark.range(3).rdd.map(lambda row: row.id * 2)
    assert doubled.collect() == [0, 2, 4]


def test_postgres_keeps_rows(postgres_url: str) -> None:
    import sqlalchemy

    engine = sqlalchemy.create_engine(postgres_url)
    try:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TEMP TABLE t AS SELECT 42 AS answer"))
            assert connection.execute(sqlalchemy.text("SELECT answer FROM t")).scalar() == 42
    finally:
        engine.dispose()


@pytest.mark.corpus
def test_corpora_are_described(shared_data: Path) -> None:
    assert (shared_data / "INDEX.md").is_file()


def test_an_unexpected_skip_fails_in_ci(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTINEL_CI", "1")
    pytester.makeconftest(Path(__file__).parents[1].joinpath("conftest.py").read_text())
    pytester.makeini("[pytest]\nmarkers = corpus")
    pytester.makepyfile(
        test_skips="import pytest\ndef test_a(): pytest.skip('lazy')\ndef test_b(): pass",
        test_module="import pytest\npytest.skip('all of it', allow_module_level=True)",
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*not expected: *all of it*"])
    pytester.path.joinpath("test_module.py").unlink()
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*not expected: *lazy*"])


def test_a_corpus_skip_is_expected_where_corpora_are_absent(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTINEL_CI", "1")
    monkeypatch.setenv("SENTINEL_SHARED", str(pytester.path / "absent"))
    pytester.makeconftest(Path(__file__).parents[1].joinpath("conftest.py").read_text())
    pytester.makeini("[pytest]\nmarkers = corpus")
    pytester.makepyfile("import pytest\n@pytest.mark.corpus\ndef test_a(shared_data): pass")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(skipped=1)

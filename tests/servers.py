"""Servers that several folders of tests share: a real S3 server, a real REST catalog, schemas of the one Postgres."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
BUCKET = "lake"


@dataclass(frozen=True)
class Server:
    endpoint: str
    user: str
    password: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.user,
            "AWS_SECRET_ACCESS_KEY": self.password,
            "AWS_REGION": "us-east-1",
        }


@pytest.fixture(scope="session")
def minio(tmp_path_factory) -> Iterator[Server]:
    """A real S3 server on a loopback port, with credentials of its own."""
    from pyarrow.fs import S3FileSystem

    binary = os.environ.get("SENTINEL_MINIO") or shutil.which("minio") or REPOSITORY / ".venv/bin/minio"
    if not Path(binary).is_file():
        pytest.skip("there is no S3 server; `.ci/minio` builds one where Go is")
    address = f"127.0.0.1:{_port()}"
    server = Server(f"http://{address}", secrets.token_hex(8), secrets.token_hex(16))
    settings = {
        "MINIO_ROOT_USER": server.user,
        "MINIO_ROOT_PASSWORD": server.password,
        "MINIO_BROWSER": "off",
        "MINIO_UPDATE": "off",
        "HOME": str(tmp_path_factory.mktemp("minio-home")),
    }
    folder = tmp_path_factory.mktemp("minio")
    command = [str(binary), "server", str(folder), "--address", address, "--quiet"]
    with subprocess.Popen(
        command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(f"{server.endpoint}/minio/health/ready", process)
            files = S3FileSystem(
                access_key=server.user,
                secret_key=server.password,
                endpoint_override=server.endpoint,
                region="us-east-1",
                allow_bucket_creation=True,
            )
            files.create_dir(BUCKET)
            yield server
        finally:
            process.terminate()


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server has stopped"
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server does not start")


@pytest.fixture
def s3(minio, monkeypatch) -> str:
    """The URL of an empty place in an object store, credentials in the environment."""
    for name, value in minio.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture(scope="session")
def catalogs(tmp_path_factory) -> Iterator[str]:
    """The address of a real REST catalog, Iceberg's own; each path below it is a catalog by itself."""
    folder = Path(os.environ.get("SENTINEL_REST_CATALOG") or REPOSITORY / ".venv/rest-catalog") / "jars"
    java = shutil.which("java")
    if java is None or not folder.is_dir():
        pytest.skip("there is no REST catalog; `.ci/catalog` brings one where Maven and a JDK are")
    port = _port()
    server = REPOSITORY / "tests/rest/RestCatalog.java"
    command = [java, "-Xmx512m", "-cp", f"{folder}/*", str(server), str(port)]
    with subprocess.Popen(
        [*command, str(tmp_path_factory.mktemp("catalogs"))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/ready/v1/config", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture
def rest_catalog(catalogs) -> str:
    """The address of an empty REST catalog."""
    return f"{catalogs}/{uuid.uuid4().hex}"


@pytest.fixture
def postgres_catalog(postgres_url) -> str:
    """The URL of an empty part of the Postgres: a schema of its own."""
    return schema(postgres_url, f"lake_{uuid.uuid4().hex[:12]}")


def schema(url: str, name: str) -> str:
    """The URL of a schema of a Postgres, made where it is missing."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"

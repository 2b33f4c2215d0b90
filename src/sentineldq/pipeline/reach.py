"""Whether what a project names answers: sources, tables, store. Nothing is made, no record is read."""

from __future__ import annotations

import importlib.util
import os
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
from pyiceberg.io import load_file_io
from sqlalchemy import text

from sentineldq.errors import LakeError, SentinelError, SourceError, StoreError, first_line
from sentineldq.lake.describe import summarise
from sentineldq.lake.files import live
from sentineldq.lake.open import Lake, open_lake
from sentineldq.lake.place import read_place
from sentineldq.pipeline.note import Note, fault_note, plural
from sentineldq.pipeline.project import Project
from sentineldq.sources.github import URL as GITHUB
from sentineldq.sources.listing import folder_of
from sentineldq.sources.rest import Rest
from sentineldq.sources.source import Source
from sentineldq.sources.yahoo import HOST as YAHOO
from sentineldq.store.connect import connect
from sentineldq.store.database import Store, shown
from sentineldq.store.migrate import HEAD, revision

PATIENCE = 3
"""Seconds to wait for an answer."""

QUICKLY = {"s3.connect-timeout": str(PATIENCE), "s3.request-timeout": str(PATIENCE)}
SERVERS = ("postgresql://", "postgres://", "postgresql+psycopg://")
MOST = 1_000
"""Files of a source that are counted."""

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def examine_source(project: Project, name: str, source: Source) -> Iterator[Note]:
    """Whether a pipeline's source answers; one that does not is a warning, for it may tomorrow."""
    config, about = project.source_settings(name), f"source of {name}"
    url = _address(config, source)
    if config.get("kind") == "files":
        yield from _folder(project, name, config)
    elif url is not None:
        yield _answer(about, url, simulated=project.pipeline(name).simulate is not None)
    else:
        yield Note(level="ok", about=about, what=f"{config.get('kind')}: nothing to be reached")


def silent(project: Project) -> str | None:
    """Why a project's live sources cannot be read here, for those that have a simulation; None where they can."""
    for name, pipeline in project.settings.pipelines.items():
        if pipeline.simulate is None:
            continue
        notes = list(examine_extra(project, name))
        for note in notes or examine_source(project, name, project.source(name)):
            if note.level != "ok":
                return note.what
    return None


def examine_lake(project: Project) -> Iterator[Note]:
    """Whether the catalog answers, each table can be read, and the warehouse can be written to."""
    address, catalog = project.warehouse, project.catalog
    if "://" in address and (unset := [name for name in KEYS if not os.environ.get(name)]):
        told = f"{' and '.join(unset)} not set: the machine's own role has to do"
        yield Note(level="warning", about="lake", what=told, hint="set them in the environment of each run")
    file = catalog.removeprefix("sqlite:///") if catalog else f"{address}/catalog.db"
    embedded = "://" not in address and "://" not in file
    if embedded and not Path(file.partition("?")[0]).is_file():
        yield _to_be_made("lake", Path(address))
        return
    if catalog and catalog.startswith(("http://", "https://")):
        _ask(catalog)
    with open_lake(
        warehouse=address, catalog=_hasty(catalog) if catalog else None, properties=QUICKLY
    ) as lake:
        _probe(lake)  # or every table would be told to be damaged
        names = lake.names()
        faults = [note for name in names for note in _table(lake, name)]
        newest = max(filter(None, (_committed(lake, name) for name in names)), default=None)
        yield from faults
    told = plural(len(names), "table") + (f", last commit {newest}" if newest else "")
    yield Note(level="ok", about="lake", what=f"{told}; it can be written to", where=address)


def examine_store(project: Project) -> Iterator[Note]:
    """Whether the store can be read and written, and whether its tables are of this version."""
    url = project.store_url
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path.partition("?")[0]).is_file():
        yield _to_be_made("store", Path(path).parent)
        return
    with Store(connect(_hasty(url))) as store:
        where = shown(url)
        with store.read() as connection:
            found = revision(connection)
        if found is not None and found > HEAD:
            told = f"its tables are of revision {found}, this version of SentinelDQ knows {HEAD}"
            yield Note(level="problem", about="store", what=told, where=where, hint="upgrade sentineldq")
            return
        with store.write() as connection:
            if connection.dialect.name == "postgresql":
                only_read = connection.scalar(text("SHOW transaction_read_only"))
                if only_read == "on":
                    raise StoreError(f"store {where}: it can only be read", hint="name the primary server")
        told = (
            f"revision {found}" if found == HEAD else f"revision {found or 'none'}; the next run makes {HEAD}"
        )
        yield Note(level="ok", about="store", what=f"{told}; it can be written to", where=where)


# ----------------------------------------------------------------------------------------- sources


def _address(config: Mapping[str, Any], source: Source) -> str | None:
    """The URL that a source asks; None for one that asks none, or that is not ours."""
    if isinstance(source, Rest):
        return str(source.url.copy_with(query=None))
    match config.get("kind"):
        case "github":
            return str(config.get("url") or os.environ.get("GITHUB_EVENTS_URL") or GITHUB)
        case "yahoo" if not config.get("folder"):
            return str(config.get("url") or f"https://{YAHOO}")
    return None


def _answer(about: str, url: str, *, simulated: bool) -> Note:
    host = httpx.URL(url).host
    try:
        status = httpx.head(url, timeout=PATIENCE).status_code
    except httpx.HTTPError as fault:
        hint = "is there a network here?" + (
            " `sentinel run --records simulated` needs none" if simulated else ""
        )
        told = f"{host} does not answer: {first_line(fault) or type(fault).__name__}"
        return Note(level="warning", about=about, what=told, where=host, hint=hint)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Note(level="warning", about=about, what=f"{host} answers with status {status}", where=host)
    return Note(level="ok", about=about, what=f"{host} answers", where=host)


def _folder(project: Project, name: str, config: Mapping[str, Any]) -> Iterator[Note]:
    about = f"source of {name}"
    folder = folder_of(str(config["path"]), root=project.root, name=name)
    try:
        count = sum(1 for _ in islice(folder.entries(), MOST))
    except SourceError as fault:
        yield Note(level="warning", about=about, what=fault.reason, where=folder.title, hint=fault.hint)
        return
    told = f"{'at least ' if count == MOST else ''}{plural(count, 'file')}"
    yield Note(level="ok", about=about, what=told, where=folder.title)


def examine_extra(project: Project, name: str) -> Iterator[Note]:
    """Whether the package is installed that a pipeline's source needs beside the core."""
    config = project.source_settings(name)
    needed = config.get("kind") == "yahoo" and not config.get("folder")
    if needed and importlib.util.find_spec("yfinance") is None:
        simulated = project.pipeline(name).simulate is not None
        told = "yfinance is not installed" + ("; only its simulation can be read" if simulated else "")
        yield Note(
            level="warning" if simulated else "problem",
            about=f"source of {name}",
            what=told,
            hint="pip install 'sentineldq[yahoo]'",
        )


# ------------------------------------------------------------------------------------ lake and store


def _ask(catalog: str) -> None:
    """Ask a REST catalog for anything, since PyIceberg would wait for ever. Raises LakeError."""
    try:
        httpx.get(f"{catalog.rstrip('/')}/v1/config", timeout=PATIENCE)
    except httpx.HTTPError as fault:
        told = first_line(fault) or type(fault).__name__
        hint = "is it running, and is `catalog` right?"
        raise LakeError("the lake", f"the catalog does not answer: {told}", hint=hint) from fault


def _table(lake: Lake, name: str) -> Iterator[Note]:
    try:
        table = lake.table(name)
        read_place(table)
        for _ in live(table):  # every manifest of its head is read, and verified
            pass
    except SentinelError as fault:
        yield fault_note(f"table {name}", fault)


def _committed(lake: Lake, name: str) -> str | None:
    try:
        found = summarise(lake.table(name))["committed_at"]
    except SentinelError:  # `_table` has told
        return None
    return None if found is None else f"{datetime.fromisoformat(found).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _probe(lake: Lake) -> None:
    """Write a file into the warehouse and remove it. Raises LakeError."""
    place = f"{lake.warehouse}/places/doctor-{uuid.uuid4()}.txt"
    io = load_file_io(lake.catalog.properties, place)
    try:
        with io.new_output(place).create() as stream:
            stream.write(b"may this be written?\n")
        io.delete(place)
    except OSError as fault:
        hint = f"{', '.join(KEYS)}, AWS_REGION and AWS_ENDPOINT_URL say as whom and where"
        told = f"{lake.warehouse} cannot be written to: {first_line(fault)}"
        raise LakeError("the lake", told, hint=hint if "://" in lake.warehouse else None) from fault


def _to_be_made(about: str, folder: Path) -> Note:
    """What is said of a folder that the first run makes."""
    place = next(path for path in (folder, *folder.parents) if path.exists())
    if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        return Note(level="ok", about=about, what="not there yet; the first run makes it", where=str(folder))
    told = "it cannot be made: " + ("no permission" if place.is_dir() else "that is a file")
    return Note(level="problem", about=about, what=told, where=str(place), hint="name another folder")


def _hasty(url: str) -> str:
    """A database's URL that gives up soon."""
    if not url.startswith(SERVERS) or "connect_timeout" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}connect_timeout={PATIENCE}"

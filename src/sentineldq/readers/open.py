"""The one door: whatever holds a table, by whatever name, as one `Table`.

What a file is, is told by its first bytes; its extension only decides between kinds of text.
"""

from __future__ import annotations

import glob
import inspect
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from sentineldq.errors import ReadError, UsageError, suggest
from sentineldq.readers.finding import Finding
from sentineldq.readers.spool import Spool, spool
from sentineldq.readers.table import Table

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+)://")
_NOTE = re.compile(r"\.txt(?:\.\w+)?$", re.IGNORECASE)  # .txt promises nothing
_REMOTE = {"http", "https", "ftp", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "hdfs"}
_MAGIC = (
    (b"PAR1", "parquet"),
    (b"PARE", "parquet"),
    (b"ARROW1", "arrow"),
    (b"FEA1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel"),
    (b"SQLite format 3\0", "sqlite"),
)
_FOREIGN = (
    (b"ORC", "ORC", "write it as Parquet"),
    (b"Obj\x01", "Avro", "write it as Parquet"),
    (b"%PDF", "PDF", "export the table as CSV"),
    (b"\x89HDF", "HDF5", "write it as Parquet"),
    (b"\xfd7zXZ", "xz", "unpack it first"),
    (b"7z\xbc\xaf", "7z", "unpack it first"),
    (b"Rar!", "RAR", "unpack it first"),
    (b"\x04\x22\x4d\x18", "LZ4", "unpack it first"),
    (b"\x89PNG", "PNG", "export the table as CSV"),
)
_TEXTS = {
    **dict.fromkeys((".yaml", ".yml"), "YAML"),
    **dict.fromkeys((".md", ".rst"), "a document"),
    **dict.fromkeys((".py", ".sql", ".js", ".java", ".sh"), "program text"),
    **dict.fromkeys((".toml", ".ini", ".cfg"), "a configuration file"),
    ".xml": "XML",
}
_NOT_CONTROL = bytes([0, 9, 10, 12, 13, 26, 27, *range(32, 127), *range(128, 256)])
_EXTENSIONS = {
    **dict.fromkeys(("csv", "tsv", "tab", "psv", "txt"), "csv"),
    **dict.fromkeys(("json", "ndjson", "jsonl", "geojson"), "json"),
    **dict.fromkeys(("parquet", "pq", "parq"), "parquet"),
    **dict.fromkeys(("arrow", "feather", "ipc", "arrows"), "arrow"),
    **dict.fromkeys(("xlsx", "xlsm", "xlsb", "xls", "ods"), "excel"),
    **dict.fromkeys(("db", "sqlite", "sqlite3"), "sqlite"),
    **dict.fromkeys(("duckdb", "ddb"), "duckdb"),
}
_PACKED = ("gz", "zst", "bz2", "zip")
_FORMATS = {"csv", "json", "ndjson", "parquet", "arrow", "excel", "sqlite", "duckdb"}
_ALIASES = {
    "tsv": "csv",
    "jsonl": "ndjson",
    "feather": "arrow",
    "ipc": "arrow",
    "xlsx": "excel",
    "ods": "excel",
}
_READERS = {
    "csv": ("csv", "read_csv"),
    "json": ("json", "read_json"),
    "parquet": ("parquet", "read_parquet"),
    "arrow": ("parquet", "read_arrow"),
    "excel": ("excel", "read_excel"),
}
_LAKES = (("_delta_log", "Delta"), ("metadata", "Iceberg"), (".hoodie", "Hudi"))


def open_table(data: Any, *, name: str | None = None, format: str | None = None, **options: Any) -> Table:  # noqa: A002
    """Open anything that holds a table.

    `data` is a path, a glob, a folder, `-` (standard input), `FILE#SHEET`, `DATABASE#TABLE`, a database URL,
    bytes, a binary stream, or a frame of Polars, pandas, Arrow, DuckDB or Spark, a dict of lists or a list of
    dicts. `format` (csv, json, ndjson, parquet, arrow, excel) is found from the content where it is not told;
    `options` are those of the reader. Raises ReadError, UsageError, MissingExtraError.
    """
    if isinstance(data, Table):
        return replace(data, name=name) if name else data
    told = _format(format)
    if isinstance(data, str | os.PathLike):
        table = _location(os.fspath(data), told, options)
    elif isinstance(data, bytes | bytearray | memoryview):
        table = _open([spool(data, name=name or "bytes")], name or "bytes", None, told, options)
    elif hasattr(data, "read"):
        table = _stream(data, name, told, options)
    else:
        from sentineldq.readers.frames import from_object

        table = from_object(data, name=name or "data")
    return replace(table, name=name) if name else table


def _format(told: str | None) -> str | None:
    if told is None:
        return None
    known = _ALIASES.get(told.lower(), told.lower())
    if known not in _FORMATS:
        raise UsageError(f"unknown format {told!r}", hint=suggest(told, _FORMATS))
    return known


def _stream(stream: Any, name: str | None, told: str | None, options: dict[str, Any]) -> Table:
    source = spool(stream, name=name or "stdin")
    return _open([source], name or "stdin", None, told, options)


def _location(text: str, told: str | None, options: dict[str, Any]) -> Table:
    if not text.strip() or "\0" in text:
        raise UsageError(
            "the name of the data is empty or no name", hint="give a path, a URL, or - for standard input"
        )
    if text == "-":
        return _stream(sys.stdin.buffer, None, told, options)
    scheme = _URL.match(text)
    if scheme and scheme[1].lower() == "file":
        text = text[len("file://") :]
    elif scheme:
        return _url(text, scheme[1].lower())
    try:
        return _path(text, told, options)
    except OSError as error:  # a folder on the way that may not be entered, a name that is too long
        raise ReadError(text, error.strerror or str(error)) from error


def _path(text: str, told: str | None, options: dict[str, Any]) -> Table:
    path, wanted = _split(text)
    if path.is_dir():
        return _folder(path, told, options)
    if path.exists():
        return _open([_spool(path)], stem(path), wanted, told, options)
    found = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - the pattern may be absolute
    files = [Path(match) for match in found if Path(match).is_file()]
    if not files:
        raise _missing(path)
    return _open([_spool(file) for file in files], stem(path), wanted, told, options)


def _url(text: str, scheme: str) -> Table:
    if scheme in _REMOTE:
        raise ReadError(
            f"{scheme}://…", "remote files are not read", hint="download it, or read it as a frame"
        )
    from sentineldq.readers.sql import read_url

    url, _, wanted = text.partition("#")
    return read_url(url, wanted=wanted or None)


def _split(text: str) -> tuple[Path, str | None]:
    """Part `FILE#WHAT`; a file whose own name has a # in it comes first."""
    whole = Path(text).expanduser()
    if "#" not in text or whole.exists():
        return whole, None
    path, _, wanted = text.partition("#")
    return Path(path).expanduser(), wanted or None


def _spool(path: Path) -> Spool:
    return spool(path, name=str(path))


def _missing(path: Path) -> ReadError:
    if glob.has_magic(str(path)):
        return ReadError(str(path), "no file has a name like this")
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    close = get_close_matches(path.name, names, n=1)
    hint = f"did you mean {str(folder / close[0])!r}?" if close else None
    if not hint and not folder.is_dir():
        hint = f"there is no folder {str(folder)!r}"
    return ReadError(str(path), "there is no such file", hint=hint)


def _folder(path: Path, told: str | None, options: dict[str, Any]) -> Table:
    for entry, lake in _LAKES:
        if (path / entry).is_dir() and (lake != "Iceberg" or any((path / entry).glob("*.metadata.json"))):
            hint = (
                "its files hold deleted rows too; read it with the library of its format, hand over the frame"
            )
            raise ReadError(str(path), f"it is a table of {lake}, not a folder of files", hint=hint)
    files = sorted(file for file in path.rglob("*") if file.is_file() and _is_data(file.relative_to(path)))
    if not files:
        known = ", ".join(sorted(_EXTENSIONS))
        raise ReadError(str(path), "the folder holds no data files", hint=f"known extensions: {known}")
    files = [file for file in files if not _NOTE.search(file.name)] or files  # a README.txt is no part of it
    kinds = sorted({_extension(file) for file in files})
    if len(kinds) > 1 and told is None:
        hint = f"name the files with a glob, such as {str(path / '**' / '*.')!r}…"
        raise ReadError(str(path), f"the folder holds files of several kinds: {', '.join(kinds)}", hint=hint)
    sources = [_spool(file) for file in files]
    keys = [_keys(file.relative_to(path)) for file in files]
    name = path.resolve().name
    if kinds == ["parquet"]:
        return _open(sources, name, None, told, options | ({"hive": True} if any(keys) else {}))
    return _open(sources, name, None, told, options, keys=keys)


def _keys(path: Path) -> dict[str, str]:
    """The columns that folders named `key=value` stand for."""
    return {key: value for key, _, value in (part.partition("=") for part in path.parts[:-1]) if value}


def _is_data(path: Path) -> bool:
    return bool(_extension(path)) and not any(part.startswith((".", "_")) for part in path.parts)


def _extension(path: Path | str) -> str:
    """The format that a name's extension promises; "" when it promises none."""
    parts = str(path).lower().rsplit("/", 1)[-1].split(".")[1:]
    while parts and parts[-1] in _PACKED:
        parts.pop()
    return _EXTENSIONS.get(parts[-1], "") if parts else ""


def stem(path: Path) -> str:
    """A file's name without its extensions and wildcards: `data/orders-*.csv.gz` is `orders`."""
    base = path.name
    for _ in range(2):
        front, _, extension = base.rpartition(".")
        if front and extension.lower() in {*_EXTENSIONS, *_PACKED}:
            base = front
    plain = re.sub(r"\[[^\]]*\]|[*?]+", "", base).strip("-_. ")
    return plain or path.resolve().parent.name or "data"


def _open(
    sources: Sequence[Spool],
    name: str,
    wanted: str | None,
    told: str | None,
    options: dict[str, Any],
    *,
    keys: Sequence[dict[str, str]] = (),
) -> Table:
    """Read one or more sources: as one where their reader can, else one by one, joined by name."""
    findings: list[Finding] = []
    named = []
    for source in sources:
        plain, inner = _plain(source, wanted)
        named.append((plain, told or _sniff(plain, findings)))
        wanted = inner
    formats = {kind for _, kind in named}
    if len(named) == 1 or (len(formats) == 1 and formats != {"csv"} and not any(keys)):
        table = _read([source for source, _ in named], formats.pop(), name, wanted, options)
    else:
        table = _join(named, name, wanted, options, keys)
    return replace(table, findings=findings + table.findings) if findings else table


def _join(
    named: Sequence[tuple[Spool, str]],
    name: str,
    wanted: str | None,
    options: dict[str, Any],
    keys: Sequence[dict[str, str]],
) -> Table:
    """Read sources one by one and join them by column name; CSV is typed once, over all of its files."""
    import polars as pl

    from sentineldq.readers import columns
    from sentineldq.readers.union import Piece, union

    text = all(kind == "csv" for _, kind in named)
    typed = options.get("typed", True)
    if text:
        options = {**options, "typed": False}
    pieces: list[Piece] = []
    findings: list[Finding] = []
    for number, (source, kind) in enumerate(named):
        table = _read([source], kind, source.name, wanted, options)
        literals = {key: pl.lit(value) for key, value in (keys[number] if keys else {}).items()}
        pieces.append(Piece(source.name, table.frame.with_columns(**literals)))
        findings += [_reworded(finding, f"{source.name}: {finding.message}") for finding in table.findings]
    frame, faults = union(pieces, source=name)
    if text and typed:
        strings = options.get("strings", ())
        frame = columns.typed(frame, [name for name in frame.collect_schema().names() if name not in strings])
    kinds = {kind for _, kind in named}
    format_ = kinds.pop() if len(kinds) == 1 else ""
    return Table(name=name, frame=frame, findings=findings + faults, text=text, format=format_)


def _plain(source: Spool, wanted: str | None) -> tuple[Spool, str | None]:
    """Unpack a zip that is no workbook; refuse what is empty."""
    if not source.head(1):
        hint = "an empty file has not even a header; was it written to the end?"
        raise ReadError(source.name, "it is empty", hint=hint)
    if source.head(2) != b"PK":
        return source, wanted
    from sentineldq.readers.archive import members, unpack

    inside = members(source)
    if "xl/workbook.xml" in inside or "xl/workbook.bin" in inside or "content.xml" in inside:
        return source, wanted
    plain, _ = _plain(unpack(source, member=wanted), None)
    return plain, None


def _sniff(source: Spool, findings: list[Finding]) -> str:
    """Tell a format by content; a name that promises another one is a finding."""
    head = source.head(4096)
    promised = "" if _NOTE.search(source.name) else _extension(source.name)
    kind = _magic(source.name, head)
    if kind is None:
        kind = _text(head, promised)
    if promised and kind != promised:
        message = f"{source.name} is {promised} by its name but {kind} by its content; it was read as {kind}"
        findings.append(Finding(type="format-error", message=message))
    return kind


def _magic(name: str, head: bytes) -> str | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return "excel" if kind == "zip" else kind
    if head[8:12] == b"DUCK":
        return "duckdb"
    for magic, what, hint in _FOREIGN:
        if head.startswith(magic):
            raise ReadError(name, f"it is {what}, which is not read", hint=hint)
    if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise ReadError(name, "it is a web page", hint="a download that ended on a login or error page?")
    foreign = _TEXTS.get(Path(name).suffix.lower())
    if foreign is not None:
        raise ReadError(name, f"it is {foreign}, not a table", hint="--input-format csv reads it as CSV")
    if _binary(head):
        raise ReadError(
            name, "it is binary data of a kind not known here", hint="was it encrypted or packed?"
        )
    return None


def _binary(head: bytes) -> bool:
    """Whether bytes are no text: one in twenty is a control character, which no encoding of text has."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return False
    return len(head.translate(None, _NOT_CONTROL)) > len(head) / 20


def _text(head: bytes, promised: str) -> str:
    """CSV or JSON: the name decides unless the content can be only the other."""
    if promised == "json":
        return "json"
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    line = body.partition(b"\n")[0].strip()
    if re.match(rb'\{\s*(?:"|\}|$)|\[\s*(?:\{|\]|$)', line) and (
        promised != "csv" or line in {b"{", b"["} or line.endswith((b"}", b"]", b"{", b",", b"["))
    ):
        return "json"
    return "csv"


def _read(
    sources: Sequence[Spool], kind: str, name: str, wanted: str | None, options: dict[str, Any]
) -> Table:
    if kind in {"sqlite", "duckdb"}:
        return _database(sources, kind, name, wanted)
    if kind != "csv":  # everything else knows which of its columns are text
        options = {key: value for key, value in options.items() if key not in {"strings", "typed"}}
    if kind == "ndjson":
        kind, options = "json", {"lines": True, **options}
    if kind == "excel" and wanted:
        options = {"sheet": wanted, **options}
    elif wanted:
        raise UsageError(f"{sources[0].name} has no parts, so #{wanted} names nothing")
    module, function = _READERS[kind]
    reader = getattr(import_module(f"sentineldq.readers.{module}"), function)
    known = [
        option
        for option in inspect.signature(reader).parameters
        if option not in {"source", "sources", "name"}
    ]
    for option in options:
        if option not in known:
            raise UsageError(f"{kind} has no option {option!r}", hint=suggest(option, known))
    if kind == "csv":
        [source] = sources
        return cast("Table", reader(source.path or source.data, name=name, **options))
    return cast("Table", reader(sources, name=name, **options))


def _reworded(finding: Finding, message: str) -> Finding:
    """The same finding with another message."""
    import msgspec

    return msgspec.structs.replace(finding, message=message)


def _database(sources: Sequence[Spool], kind: str, name: str, wanted: str | None) -> Table:
    from sentineldq.readers.spill import scratch
    from sentineldq.readers.sql import read_duckdb, read_sqlite

    if len(sources) > 1:
        raise UsageError("databases are read one at a time")
    path = sources[0].path
    if path is None:
        path = scratch(f".{kind}")
        path.write_bytes(sources[0].data)
    read = read_sqlite if kind == "sqlite" else read_duckdb
    return read(path, name=name, wanted=wanted)

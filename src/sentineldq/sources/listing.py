"""The files of a folder, a glob or an object-store prefix: which are there, and how each is opened."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol, cast

from sentineldq.errors import SourceError, UsageError

_MAGIC = re.compile(r"[*?\[]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+)://")
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".swp", "~")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file as it was found.

    name: its path in the folder. size: bytes. changed: when its content was last written (ns). arrived: when it was
    last written or moved (ns), which no tool sets back, so that a file that comes late has a late one. place: what
    opens it.
    """

    name: str
    size: int
    changed: int
    arrived: int
    place: str


class Folder(Protocol):
    """Where files are.

    title: its name in messages. remote: its files are objects, whole from the beginning. named: its files were named
    one by one or by a glob, not as all of a folder.
    """

    title: str
    remote: bool
    named: bool

    def entries(self) -> Iterator[Entry]:
        """The files there now, in no order. Raises SourceError."""

    def open(self, entry: Entry) -> IO[bytes]:
        """The bytes of one, to read and to seek in. Raises OSError."""

    def origin(self, entry: Entry) -> str:
        """The full name of one."""


def folder_of(path: str, *, root: Path, name: str) -> Folder:
    """What a path names; relative ones are of `root`. Raises UsageError."""
    scheme = _SCHEME.match(path)
    if scheme is None or scheme[1] == "file":
        base, pattern = _split(path[scheme.end() :] if scheme else path)
        return Local(root / Path(base).expanduser(), pattern, name=name)
    if scheme[1] not in {"s3", "s3a"}:
        raise UsageError(f"source of {name}: {scheme[0]} is not read", hint="a path, a glob, or s3://…")
    base, pattern = _split(path[scheme.end() :])
    return Bucket(base, pattern, name=name)


def _split(path: str) -> tuple[str, str | None]:
    """The folder before the first wildcard, and the pattern from there on."""
    magic = _MAGIC.search(path)
    if magic is None:
        return path, None
    cut = path.rfind("/", 0, magic.start()) + 1
    return path[:cut] or ".", path[cut:]


class Local:
    """A file, a folder with all below it, or the files of a glob."""

    remote = False

    def __init__(self, base: Path, pattern: str | None, *, name: str) -> None:
        self.title = str(base / pattern) if pattern else str(base)
        self._base = base
        self.named = pattern is not None
        self._wanted = Wanted(pattern)
        self._name = name

    def entries(self) -> Iterator[Entry]:
        try:
            if self._base.is_file():
                self.named = True
                yield from self._entry(os.fspath(self._base), self._base.name)
                return
            if not self._base.is_dir():
                hint = "make it, or mend `path`"
                raise SourceError(self._name, f"there is no folder {str(self._base)!r}", hint=hint)
            yield from self._walk(os.fspath(self._base), "", 1)
        except OSError as error:
            raise SourceError(self._name, f"{error.filename}: {error.strerror}") from error

    def open(self, entry: Entry) -> IO[bytes]:
        return open(entry.place, "rb", buffering=0)  # noqa: PTH123 - a name that is no text as well

    def origin(self, entry: Entry) -> str:
        return _sayable(entry.place)

    def _walk(self, folder: str, prefix: str, depth: int) -> Iterator[Entry]:
        with os.scandir(folder) as inside:
            for item in inside:
                if item.is_dir():
                    if self._wanted.enters(item.name, depth) and not item.is_symlink():
                        yield from self._walk(item.path, f"{prefix}{item.name}/", depth + 1)
                elif self._wanted.takes(prefix + item.name):
                    yield from self._entry(item.path, prefix + item.name)

    def _entry(self, place: str, name: str) -> Iterator[Entry]:
        try:
            found = os.stat(place)  # noqa: PTH116 - a name that is no text as well
        except FileNotFoundError:  # gone since it was listed
            return
        if stat.S_ISREG(found.st_mode):
            yield Entry(
                name=_sayable(name),
                size=found.st_size,
                changed=found.st_mtime_ns,
                arrived=found.st_ctime_ns,
                place=place,
            )


class Bucket:
    """The objects below a prefix of an S3 store; its settings are those of the environment (`AWS_*`)."""

    remote = True

    def __init__(self, base: str, pattern: str | None, *, name: str) -> None:
        self.title = f"s3://{base}{pattern or ''}"
        self._base = base.rstrip("/")
        self.named = pattern is not None
        self._wanted = Wanted(pattern)
        self._name = name
        self._held: Any = None

    def entries(self) -> Iterator[Entry]:
        from pyarrow import fs

        try:
            store = self._store()
            [base] = store.get_file_info([self._base])
            if base.type == fs.FileType.NotFound:
                raise SourceError(self._name, f"there is nothing at {self.title}", hint="mend `path`")
            found = [base]
            self.named = self.named or base.type == fs.FileType.File
            if base.type == fs.FileType.Directory:
                found = store.get_file_info(fs.FileSelector(self._base, recursive=True))
        except OSError as error:
            hint = "AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION say where and as whom"
            raise SourceError(self._name, f"{self.title}: {_short(error)}", hint=hint) from error
        for item in found:
            name = item.path.removeprefix(self._base + "/") if item is not base else item.base_name
            if item.type == fs.FileType.File and (item is base or self._wanted.takes(name)):
                time = item.mtime_ns or 0
                yield Entry(name=name, size=item.size, changed=time, arrived=time, place=item.path)

    def open(self, entry: Entry) -> IO[bytes]:
        return cast("IO[bytes]", self._store().open_input_file(entry.place))

    def origin(self, entry: Entry) -> str:
        return f"s3://{entry.place}"

    def _store(self) -> Any:
        if self._held is None:
            from pyarrow import fs

            url = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
            scheme, _, host = url.rpartition("://")
            region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
            self._held = fs.S3FileSystem(
                endpoint_override=host.rstrip("/") or None,
                scheme=scheme or "https",
                region=region or ("us-east-1" if url else None),
                connect_timeout=10,
                request_timeout=60,
            )
        return self._held


class Wanted:
    """Which names a pattern is for: `*` and `?` within one part, `**` for any folders; without one, all.

    What is hidden or not finished yet (`.name`, `_name`, `name.tmp`, `name.part`…) is taken where the pattern says so.
    """

    def __init__(self, pattern: str | None) -> None:
        parts = pattern.split("/") if pattern else ["**"]
        self._match = re.compile(_regex(parts))
        self._deepest = None if "**" in parts else len(parts)
        self._hidden = parts[-1][:1] in {".", "_"}
        self._unfinished = parts[-1].endswith(_UNFINISHED)

    def takes(self, name: str) -> bool:
        base = name.rpartition("/")[2]
        return (
            self._match.fullmatch(name) is not None
            and (self._hidden or not base.startswith((".", "_")))
            and (self._unfinished or not base.endswith(_UNFINISHED))
        )

    def enters(self, name: str, depth: int) -> bool:
        """Whether to look into a folder at this depth (1 for those in the base)."""
        return not name.startswith((".", "_")) and (self._deepest is None or depth < self._deepest)


def _regex(parts: list[str]) -> str:
    """A glob as a regular expression over a path with slashes."""
    found = ""
    for at, part in enumerate(parts):
        last = at == len(parts) - 1
        if part == "**":
            found += ".*" if last else "(?:[^/]+/)*"
            continue
        text = re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
        text = re.sub(r"\\\[(\\?[!^])?(.+?)\\\]", _set, text)
        found += text + ("" if last else "/")
    return found


def _set(match: re.Match[str]) -> str:
    """A set of characters such as `[0-9]` or `[!a]`."""
    return f"[{'^' if match[1] else ''}{match[2].replace(chr(92) + '-', '-')}]"


def _sayable(name: str) -> str:
    """The name as text that JSON can hold; file systems know names that are none."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _short(error: OSError) -> str:
    return str(error).splitlines()[0][:300]

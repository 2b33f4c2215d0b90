"""The projects that come with SentinelDQ, and copies of them to begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sentineldq.contracts.document import read_document
from sentineldq.errors import UsageError, WriteError, suggest
from sentineldq.pipeline.project import FILE, STATE

EMPTY = "empty"
KEPT = {".csv", ".json", ".md", ".sql", ".yaml", ".yml"}
"""What files of a project end in; what runs leave behind (logs, state) ends otherwise or lies in hidden folders."""

IGNORED = (f"{STATE}/", ".env")
"""What belongs in no repository: what runs leave behind, and secrets."""

_SETTINGS = """\
name: {name}
lake: ${{SENTINEL_LAKE:-.sentinel/lake}}
catalog: ${{SENTINEL_CATALOG:-}}
store: ${{SENTINEL_STORE:-sqlite:///.sentinel/store.db}}

# A pipeline reads one source by one contract. This one reads the files of the folder `data`:
#
# pipelines:
#   orders:
#     contract: contracts/orders.odcs.yaml
#     source: {{kind: files, path: data}}
#     schedule: {{every: 5m}}
pipelines: {{}}

gold:
  models: gold
"""
_README = """\
# {name}

| here | is |
|---|---|
| `sentinel.yaml` | the project: its pipelines, where they read and when they run |
| `contracts/NAME.odcs.yaml` | what the records of a dataset have to be |
| `gold/NAME.sql` | gold tables, each a SELECT over `silver.NAME` and `gold.NAME` |

1. `sentinel contract infer FILE --output contracts/NAME.odcs.yaml` writes a contract from a sample of the data.
2. Put a pipeline into `sentinel.yaml`.
3. `sentinel doctor` says whether all of it fits; `sentinel run` runs it.
"""


def templates() -> dict[str, str]:
    """Every template by name, with what it is: the shipped projects, and `empty`."""
    shipped = {folder.name: _description(folder) for folder in _shipped()}
    return {**shipped, EMPTY: "A project without pipelines, to be filled in."}


def files(template: str, *, name: str) -> dict[str, bytes]:
    """The files of a template by their path in the project; `name` is of an empty one. Raises UsageError."""
    if template == EMPTY:
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "project"
        texts = {FILE: _SETTINGS, "README.md": _README, "contracts/.gitkeep": "", "gold/.gitkeep": ""}
        return {path: text.format(name=plain).encode() for path, text in texts.items()}
    folder = next((folder for folder in _shipped() if folder.name == template), None)
    if folder is None:
        raise UsageError(f"there is no template {template!r}", hint=suggest(template, templates()))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _contents(folder)}


def copy(template: str, target: Path, *, force: bool = False) -> list[str]:
    """Write a template's files into a folder, which is made; their paths in it.

    Where a file is there already nothing is written, unless with `force`; `.gitignore` is only ever added to.
    Raises UsageError, WriteError.
    """
    wanted = files(template, name=target.resolve().name)
    present = [path for path in wanted if (target / path).exists()]
    if present and not force:
        told = ", ".join(present[:5]) + (f" and {len(present) - 5} more" if len(present) > 5 else "")
        raise UsageError(
            f"{target} has {told} already", hint="name another folder, or overwrite with --force"
        )
    for path, content in wanted.items():
        _write(target / path, content)
    _ignore(target / ".gitignore")
    return sorted([*wanted, ".gitignore"])


def _shipped() -> list[Path]:
    """The folders of the shipped projects: inside the installed package, or beside it in a checkout."""
    here = Path(__file__).resolve()
    for place in (here.parents[1] / "projects", here.parents[3] / "projects"):
        if found := sorted(file.parent for file in place.glob(f"*/{FILE}")):
            return found
    return []


def _contents(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and path.suffix in KEPT and not hidden:
            yield path


def _description(folder: Path) -> str:
    data = read_document(folder / FILE).data
    return str(data.get("description") or "") if isinstance(data, dict) else ""


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as fault:
        raise WriteError(str(path), fault.strerror or str(fault)) from fault


def _ignore(path: Path) -> None:
    """Add what is missing to a `.gitignore`."""
    try:
        before = path.read_text("utf-8") if path.exists() else ""
    except OSError as fault:
        raise WriteError(str(path), fault.strerror or str(fault)) from fault
    missing = [line for line in IGNORED if line not in before.splitlines()]
    if missing:
        ended = before if not before or before.endswith("\n") else f"{before}\n"
        _write(path, (ended + "".join(f"{line}\n" for line in missing)).encode())

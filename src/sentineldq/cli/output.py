"""Where commands write: standard output or a file, and which files they refuse."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

import click

from sentineldq.errors import UsageError, WriteError

#: The type of a parameter that names a file; whoever opens the file says what is wrong with it.
FILE = click.Path(readable=False, path_type=Path)
#: The same for names that need not be those of files; shells complete both.
SOURCE = click.Path(readable=False)


def write(text: str, path: Path | None, *, quiet: bool = False) -> None:
    """Write text to a file, or to standard output where there is none; raises WriteError."""
    if path is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WriteError(str(path), error.strerror or str(error)) from error
    if not quiet:
        click.echo(f"wrote {path}", err=True)


def refuse(paths: Sequence[Path], *, inputs: Sequence[str]) -> None:
    """Refuse, before anything is read, files that cannot be written or must not be.

    Raises UsageError for a folder that does not exist, for one file named twice, and for what is read.
    """
    real = [Path(os.path.realpath(path)) for path in paths]
    read = {Path(os.path.realpath(name)) for given in inputs for name in _files(given)}
    for path, target in zip(paths, real, strict=True):
        if not target.parent.is_dir():
            raise UsageError(f"cannot write {path}: there is no folder {path.parent}", hint="make it first")
        if target.is_dir():
            raise UsageError(f"cannot write {path}: it is a folder", hint="name a file in it")
        if real.count(target) > 1:
            raise UsageError(f"{path} is named twice", hint="give each output a file of its own")
        if target in read or (target.exists() and read & set(target.parents)):
            raise UsageError(f"{path} is what is read", hint="write to another file")


def _files(given: str) -> list[str]:
    """What an input may name: a file, a part of one, or the files of a glob."""
    return [given, given.split("#", 1)[0], *glob.glob(given)]  # noqa: PTH207 - absolute patterns too

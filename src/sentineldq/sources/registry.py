"""The kinds of source by name: our own, and those that other packages bring by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sentineldq.errors import UsageError, suggest
from sentineldq.sources.source import Source

T = TypeVar("T", bound=msgspec.Struct)
GROUP = "sentineldq.sources"
KINDS = {
    "files": "sentineldq.sources.files:Files",
    "github": "sentineldq.sources.github:GitHub",
    "rest": "sentineldq.sources.rest:Rest",
    "simulate": "sentineldq.sources.simulate:Simulate",
    "yahoo": "sentineldq.sources.yahoo:Yahoo",
}


def make(config: Mapping[str, Any], *, root: Path, name: str) -> Source:
    """The source that a configuration describes; relative paths in it are of `root`. Raises UsageError."""
    rest = dict(config)
    kind = rest.pop("kind", None)
    if not isinstance(kind, str):
        raise UsageError(f"source of {name}: `kind` is missing", hint=f"known: {', '.join(sorted(kinds()))}")
    return find(kind).from_config(rest, root=root, name=name)


def find(kind: str) -> type[Source]:
    """The class of a kind of source. Raises UsageError."""
    place = kinds().get(kind)
    if place is None:
        raise UsageError(f"there is no kind of source {kind!r}", hint=suggest(kind, kinds()))
    module, _, attribute = place.partition(":")
    found = getattr(import_module(module), attribute)
    if not (isinstance(found, type) and issubclass(found, Source)):
        raise UsageError(f"source kind {kind!r}: {place} is not a Source")
    return found


def kinds() -> dict[str, str]:
    """Every kind and the place of its class."""
    return {**KINDS, **{entry.name: entry.value for entry in entry_points(group=GROUP)}}


def settings(kind: type[T], config: Mapping[str, Any], *, name: str) -> T:
    """Settings of a source from its configuration; raises UsageError, unknown keys included."""
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for key in config:
        if key not in known:
            raise UsageError(f"source of {name}: unknown key {key!r}", hint=suggest(key, known))
    try:
        return msgspec.convert(config, kind, strict=False)
    except msgspec.ValidationError as problem:
        raise UsageError(f"source of {name}: {problem}") from None

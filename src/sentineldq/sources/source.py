"""The seam of all sources: one class, read on from a cursor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from sentineldq.sources.batch import Batch, Cursor


class Source(ABC):
    """Something that can be read on from a cursor; made by `from_config`.

    `name` is the source's, stable over restarts and part of its partitions' names. `pause` is the number of seconds
    to wait before it is worth asking again; a source that is told how long (by a header) sets it on the instance.
    """

    kind: ClassVar[str] = ""
    name: str = ""
    pause: float = 5.0

    @abstractmethod
    def read(self, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """Batches from the cursors on (by partition; none for one never read), until nothing new is there.

        Lazy: a batch is made when it is asked for, so a slow reader holds the source back. Reading on from the same
        cursors gives the same records again, or those that the source has now. Raises SourceError; the batches given
        until then stand.
        """

    @classmethod
    @abstractmethod
    def from_config(cls, config: Mapping[str, Any], *, root: Path, name: str) -> Self:
        """The source that a project's configuration describes, without `kind`. Raises UsageError."""

"""What a profile is, and how it is read.

A profile is a value: two of them are added by `merge`, written by `encode`. All that is counted is exact; what is
estimated says by how much it may be off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec

from sentineldq.profiles.distinct import Distinct
from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.moments import Moments
from sentineldq.profiles.pairs import Pairs
from sentineldq.profiles.quantiles import Quantiles

VERSION = 1
Kind = Literal["number", "boolean", "text", "time", "list", "struct", "binary", "null"]

KINDS: tuple[Kind, ...] = ("null", "boolean", "number", "time", "binary", "struct", "list", "text")
"""From the least to the most general: what a column is whose parts disagree."""


class Column(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One column, or one path inside a column: `payload.size`, `labels[].name`.

    types: logical type -> values of it (`integer`, `number`, `string`, …; `nan` and `infinity` apart). rows: nulls
    included; of `[]` the members of all lists. empties: empty or blank texts, empty lists. low, high: times as ISO
    8601. moments and quantiles: of finite numbers, and of times as seconds since 1970. lengths: characters of
    texts, bytes of binaries, members of lists. patterns: classes of characters (`AAA-999`); words: of texts that
    are prose. rhythm: 168 counts by hour of week, UTC, Monday 00 first.
    """

    path: str
    kind: Kind = "null"
    types: dict[str, int] = {}
    rows: int = 0
    nulls: int = 0
    empties: int = 0
    trues: int | None = None
    distinct: Distinct | None = None
    moments: Moments | None = None
    low: int | float | str | None = None
    high: int | float | str | None = None
    quantiles: Quantiles | None = None
    frequent: Frequent | None = None
    lengths: Moments | None = None
    length_quantiles: Quantiles | None = None
    patterns: Frequent | None = None
    words: Frequent | None = None
    rhythm: tuple[int, ...] | None = None

    @property
    def values(self) -> int:
        """Rows that are not null."""
        return self.rows - self.nulls


class Columns(Mapping[str, Column]):
    """Columns by path, in the order of the schema; each is made when it is first asked for."""

    def __init__(self, paths: Iterable[str], make: Callable[[str], Column]) -> None:
        self._paths = dict.fromkeys(paths)
        self._make = make
        self._made: dict[str, Column] = {}

    def __getitem__(self, path: str) -> Column:
        found = self._made.get(path)
        if found is None:
            if path not in self._paths:
                raise KeyError(path)
            found = self._made[path] = self._make(path)
        return found

    def passing(self, path: str) -> Column | None:
        """A column that is looked at once: not kept, as thousands of kept ones are what garbage is sought among."""
        if path not in self._paths:
            return None
        return self._made.get(path) or self._make(path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, path: object) -> bool:
        return path in self._paths


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The profile of a dataset or of a part of it; `Profile()` is that of no rows.

    columns: by path, in the order of the schema. keys: distinct keys of the `keyed` rows whose key is whole.
    entities: column path -> rows per value. span: first and last event, microseconds since 1970.
    """

    version: int = VERSION
    rows: int = 0
    columns: Mapping[str, Column] = {}
    keys: Distinct | None = None
    keyed: int = 0
    entities: dict[str, Frequent] = {}
    pairs: Pairs | None = None
    span: tuple[int, int] | None = None

    @property
    def duplicates(self) -> float | None:
        """Rows too many of the contract's key, estimated; 0 where the estimate's 95 % allow for none."""
        if self.keys is None:
            return None
        return 0.0 if self.keyed <= self.keys.high else self.keyed - self.keys.estimate

    @property
    def correlations(self) -> dict[tuple[str, str], float]:
        """Pearson's, of pairs of numeric columns (the first 16), over rows that have both."""
        return self.pairs.correlations if self.pairs else {}

    @property
    def since(self) -> datetime | None:
        """The first event time, UTC."""
        return _moment(self.span[0]) if self.span else None

    @property
    def until(self) -> datetime | None:
        """The last event time, UTC."""
        return _moment(self.span[1]) if self.span else None


def sortable(bound: float | str, kind: Kind) -> float | str:
    """What two bounds of a kind are compared by: `…:01Z` comes before `…:01.5Z`."""
    return bound.removesuffix("Z") if kind == "time" and isinstance(bound, str) else bound


def _moment(micros: int) -> datetime | None:
    """A moment; None beyond the years 1 to 9999."""
    try:
        return datetime.fromtimestamp(micros // 1_000_000, UTC).replace(microsecond=micros % 1_000_000)
    except (ValueError, OverflowError, OSError):
        return None

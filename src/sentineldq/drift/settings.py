"""What `drift:` may say: windows, thresholds, targets, the rules of testing; and what a contract says of one column."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeVar

import msgspec

from sentineldq.contracts.document import Document
from sentineldq.contracts.duration import parse_duration
from sentineldq.contracts.fit import fit
from sentineldq.contracts.model import SchemaObject
from sentineldq.errors import UsageError, suggest

Severity = Literal["INFO", "WARNING", "CRITICAL"]
T = TypeVar("T", bound=msgspec.Struct)


class Section(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename=lambda name: name.replace("_", "-"),
):
    """A part of the settings; keys are written with hyphens, names of metrics as they are stored."""


class Levels(Section, frozen=True, kw_only=True):
    """From which effect on a drift is INFO, WARNING, CRITICAL."""

    info: float
    warning: float
    critical: float


#: Levels of the built-in metrics; docs/concepts/drift.md says where each is from.
LEVELS: Mapping[str, Levels] = {
    "psi": Levels(info=0.1, warning=0.25, critical=0.5),
    "js": Levels(info=0.1, warning=0.2, critical=0.35),
    "kl": Levels(info=0.05, warning=0.125, critical=0.25),
    "hellinger": Levels(info=0.1, warning=0.2, critical=0.35),
    "ks": Levels(info=0.1, warning=0.2, critical=0.35),
    "wasserstein": Levels(info=0.1, warning=0.25, critical=0.5),
    "chi_square": Levels(info=0.05, warning=0.25, critical=0.5),
    "mean": Levels(info=0.1, warning=0.5, critical=1.0),
    "mean_percent": Levels(info=10, warning=25, critical=50),
    "deviation": Levels(info=0.25, warning=0.5, critical=1.0),
    "tail": Levels(info=0.03, warning=0.075, critical=0.2),
    "null_share": Levels(info=0.02, warning=0.05, critical=0.2),
    "empty_share": Levels(info=0.02, warning=0.05, critical=0.2),
    "duplicate_share": Levels(info=0.001, warning=0.01, critical=0.1),
    "vanished_values": Levels(info=0.005, warning=0.05, critical=0.25),
    "new_values": Levels(info=0.0, warning=0.05, critical=0.25),
    "length": Levels(info=0.15, warning=0.3, critical=0.5),
    "patterns": Levels(info=0.3, warning=0.45, critical=0.6),
    "words": Levels(info=0.3, warning=0.45, critical=0.6),
    "rhythm": Levels(info=0.15, warning=0.25, critical=0.4),
    "span": Levels(info=0.005, warning=0.05, critical=0.2),
    "nullable": Levels(info=0.0, warning=0.05, critical=0.2),
    "type": Levels(info=0.0, warning=0.05, critical=0.5),
    "cardinality": Levels(info=2.0, warning=2.0, critical=5.0),
    "z_score": Levels(info=2.0, warning=3.0, critical=6.0),
    "entity_share": Levels(info=0.5, warning=1.0, critical=4.0),
    "vanished_entity": Levels(info=0.005, warning=0.02, critical=0.2),
    "new_entity": Levels(info=0.005, warning=0.02, critical=0.2),
}


class Windowing(Section, frozen=True, kw_only=True):
    """How much time is compared with how much: durations, the baseline ending where the current window begins."""

    baseline: str = "7d"
    current: str = "24h"

    @property
    def spans(self) -> tuple[timedelta, timedelta]:
        """Both as durations. Raises UsageError."""
        return parse_duration(self.baseline), parse_duration(self.current)


class Schema(Section, frozen=True, kw_only=True):
    """How severe a change of the schema is."""

    added: Severity = "INFO"
    removed: Severity = "CRITICAL"
    renamed: Severity = "CRITICAL"


class Testing(Section, frozen=True, kw_only=True):
    """The rules that all tests share.

    alpha: the false discovery rate of a comparison (or the level of each test, without correction).
    correction: over all tests of a comparison.
    minimum: values a window needs before a column is tested.
    large: values both windows need before the default test is PSI, in place of one for small samples.
    bins: of a number (baseline quantiles).
    categories: distinct values up to which a column is a category.
    design_effect: rows per independent row (Kish): 1 when rows are independent, more when few actors write many rows.
    expected: rows an entity must be expected to have before its absence, or its coming, means something.
    entity_share: the share of a window's rows an entity needs: of thousands of small ones some always come and go.
    """

    alpha: float = 0.01
    correction: Literal["benjamini-hochberg", "none"] = "benjamini-hochberg"
    minimum: int = 50
    large: int = 1000
    bins: int = 10
    categories: int = 50
    design_effect: float = 1.0
    expected: float = 20
    entity_share: float = 0.005


class Override(Section, frozen=True, kw_only=True):
    """What holds for one column: `drift:` in its contract's custom properties, or `columns:` of a target."""

    skip: bool = False
    tests: list[str] | None = None
    minimum: int | None = None
    thresholds: dict[str, float | Levels] = {}


class Target(Section, frozen=True, kw_only=True):
    """What is compared of a dataset; names and patterns such as `payload.*`.

    tests: by kind of column (`KINDS`), in place of the default.
    """

    dataset: str = "*"
    fields: list[str] = msgspec.field(default_factory=lambda: ["*"])
    skip: list[str] = []
    kinds: list[Literal["schema", "distribution", "volume"]] = msgspec.field(
        default_factory=lambda: ["schema", "distribution", "volume"]
    )
    tests: dict[str, list[str]] = {}
    columns: dict[str, Override] = {}

    def wants(self, path: str) -> bool:
        """Whether a column is compared."""
        named = any(_matches(path, pattern) for pattern in self.fields)
        return named and not any(_matches(path, pattern) for pattern in self.skip)


class Settings(Section, frozen=True, kw_only=True):
    """The section `drift:` as a whole; without one word in it, these defaults."""

    windowing: Windowing = Windowing()
    thresholds: dict[str, float | Levels] = {}
    schema: Schema = Schema()
    testing: Testing = Testing()
    targets: list[Target] = []

    def target(self, dataset: str) -> Target:
        """The first target whose name or pattern fits a dataset; the whole of it where none does."""
        return next((target for target in self.targets if fnmatchcase(dataset, target.dataset)), Target())

    def levels(self, metric: str) -> Levels | None:
        """The levels of a metric: as set, else built in; None for a detector of one's own without any."""
        given = self.thresholds.get(metric)
        return LEVELS.get(metric) if given is None else levels_of(given)


def levels_of(given: float | Levels) -> Levels:
    """Levels as written: three of them, or INFO alone, the others then 2.5 and 5 times that (as PSI's are)."""
    if isinstance(given, Levels):
        return given
    return Levels(info=float(given), warning=2.5 * given, critical=5.0 * given)


def settings_of(document: Mapping[str, Any]) -> Settings:
    """Settings from plain values, as YAML gives them. Raises UsageError naming every misfit, with the closest name."""
    found = _fitted(document, Settings, "drift")
    check(found)
    return found


def check(settings: Settings) -> None:
    """Refuse what the types alone cannot: unknown metrics and tests, levels out of order. Raises UsageError."""
    settings.windowing.spans  # noqa: B018  (raises when it is no duration)
    _check_levels(settings.thresholds, "drift.thresholds")
    for target in settings.targets:
        place = f"drift.targets[{target.dataset}]"
        for kind, names in target.tests.items():
            _known(kind, KINDS, f"{place}.tests")
            _check_tests(names, f"{place}.tests.{kind}")
        for path, override in target.columns.items():
            _check_override(override, f"{place}.columns.{path}")


def overrides_of(table: SchemaObject) -> dict[str, Override]:
    """What a contract's columns say in their custom property `drift`, by path. Raises UsageError."""
    found = {}
    for path, item in table.walk():
        given = item.custom("drift")
        if given is None:
            continue
        place = f"custom property drift of {path}"
        if not isinstance(given, Mapping):
            raise UsageError(f"{place}: a mapping is expected", hint="drift: {thresholds: {psi: 0.2}}")
        found[path] = _fitted(given, Override, place)
        _check_override(found[path], place)
    return found


KINDS = ("number", "boolean", "text", "time", "list", "struct", "binary", "null", "category", "identifier")


def _matches(path: str, pattern: str) -> bool:
    return path == pattern or fnmatchcase(path, pattern.replace("[]", "[[]]"))


def _fitted(data: Mapping[str, Any], kind: type[T], place: str) -> T:
    found, problems = fit(Document(place, dict(data)), kind)
    if found is None or problems:
        raise UsageError("\n".join([f"{place}: not understood", *(f"  {problem}" for problem in problems)]))
    return found


def _check_override(override: Override, place: str) -> None:
    _check_levels(override.thresholds, f"{place}.thresholds")
    _check_tests(override.tests or (), f"{place}.tests")


def _check_levels(given: Mapping[str, float | Levels], place: str) -> None:
    from sentineldq.drift.registry import names

    for metric, value in given.items():
        _known(metric, {*LEVELS, *names()}, place)
        levels = levels_of(value)
        if not 0 <= levels.info <= levels.warning <= levels.critical:
            raise UsageError(f"{place}.{metric}: 0 <= info <= warning <= critical is expected, not {value}")


def _check_tests(given: Iterable[str], place: str) -> None:
    from sentineldq.drift.registry import names

    for name in given:
        _known(name, names(), place)


def _known(name: str, known: Collection[str], place: str) -> None:
    if name not in known:
        raise UsageError(f"{place}: there is no {name!r}", hint=suggest(name, known))

"""Checks without a contract: what the bulk of the data suggests, so that its faults stand out.

A minority may be wrong: a column in which nine of ten texts read as numbers is one of numbers, and the tenth is
a fault. All that is surmised is at most a WARNING, and says in words what made it likely. What a bulk cannot
tell (long tails, rare but honest values) is left alone: a false alarm costs more than a fault not named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from msgspec.structs import replace

from sentineldq.checks.dependencies import dependencies
from sentineldq.checks.evidence import READINGS, Column, Evidence, gather
from sentineldq.checks.model import Check, Tolerance
from sentineldq.checks.scope import Scope
from sentineldq.checks.shapes import shape_of
from sentineldq.checks.spelling import lookalikes
from sentineldq.checks.words import SAID, TELLING, identifies, labels, leaf, words
from sentineldq.contracts.model import LogicalType, Property, SchemaObject
from sentineldq.readers.table import Table

TYPED = 0.9
"""Share of texts that read as a type from which the column is of that type."""

FORMATTED = 0.95
SHAPED = 0.95
UNIQUE = 0.98

OPTIONAL = 0.5
"""Share of missing values from which a column is taken for an optional one."""

NESTED = 0.05
"""Share of missing values up to which a field of an object is expected."""

FEW = 30
"""Values below which nothing is said about their distribution."""

FAR = 3.0
"""Interquartile ranges beyond the quartiles where Tukey (1977) calls a value far out."""

TAIL = 0.01
"""Share of far values from which they are a long tail and no outliers."""

REPEATED = 0.2
"""Share of repeated rows from which the table has no identity that could be violated."""

DETERMINED = 0.97

SHORT = 20
"""Most values of a choice that is spelled out."""

LONG = 100
"""Longest value, in characters, that is not free text."""

PADDED = 0.05
"""Share of values with white space around them from which it belongs to them."""

WIDEST = 500
"""Most columns of a table whose whole rows are compared."""


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A column as its bulk suggests it: placeholders count as missing, text may stand for another type."""

    evidence: Evidence
    column: Column
    gaps: list[str]
    logical: LogicalType | None
    typed: bool

    @property
    def path(self) -> str:
        return self.column.path

    @cached_property
    def misspelled(self) -> dict[str, str]:
        """Values that look like misspellings, with what they seem to mean."""
        told = self.typed or not self.column.text or self.column.seen < FEW or _format_of(self) is not None
        return {} if told else lookalikes(self.column.counts)

    @property
    def numeric(self) -> bool:
        return self.logical in {"integer", "number"}


def surmise(table: Table, scope: Scope) -> tuple[SchemaObject, list[Check]]:  # noqa: ARG001
    """The types that text columns stand for, as a schema object, and the checks that the data suggests.

    Raises what the table's reading raises.
    """
    evidence = gather(table)
    guesses = [_guess(column, evidence) for column in evidence.scalars if _always_there(column, evidence)]
    found = SchemaObject(
        name=table.name,
        properties=[Property(name=guess.path, logical_type=guess.logical) for guess in guesses],
    )
    if not evidence.rows:
        return found, [_made("row_count", None, "the table has no rows", min=1)]
    checks = [check for guess in guesses for about in ABOUT for check in about(guess)]
    return found, [*_repeated_rows(evidence), *checks, *_dependencies(evidence)]


def _always_there(column: Column, evidence: Evidence) -> bool:
    """Whether a field is there in nearly all rows, and its objects in all: others belong to some rows only."""
    if column.path in evidence.schema:
        return True
    steps = column.path.split(".")
    parents = [evidence.columns.get(".".join(steps[:end])) for end in range(1, len(steps))]
    often = column.missing <= NESTED * column.rows
    return often and all(parent is not None and not parent.missing for parent in parents)


def _guess(column: Column, evidence: Evidence) -> Guess:
    gaps = column.placeholders
    bare = column.without(frozenset(gaps))
    logical = _read_type(bare) if evidence.text and column.text else None
    return Guess(
        evidence=evidence,
        column=bare,
        gaps=gaps,
        logical=logical or column.logical,
        typed=logical is not None,
    )


def _read_type(column: Column) -> LogicalType | None:
    """What nearly all of the text reads as; codes with leading zeros stay text."""
    if column.seen < 3:
        return None
    shares = {logical: column.reads(logical) for logical in READINGS}
    if max(shares["integer"], shares["number"]) >= TYPED:
        coded = column.share(column.like("^[+-]?0[0-9]"))
        if coded > 0:
            return None
        return "integer" if shares["integer"] >= shares["number"] else "number"
    return next(
        (logical for logical in ("boolean", "timestamp", "date", "time") if shares[logical] >= TYPED), None
    )


def _made(kind: str, path: str | None, why: str, **params: Any) -> Check:
    return Check(
        kind=kind, column=path, params=params, description=why, severity="WARNING", on_violation="warn"
    )


def _hint(check: Check) -> Check:
    """The same check as a remark: it warns, and never fails."""
    return replace(check, severity="INFO", tolerance=Tolerance(warn=0.0, fail=1.0))


# Rows ---------------------------------------------------------------------------------------------


def _repeated_rows(evidence: Evidence) -> Iterator[Check]:
    """Whole rows that occur twice, unless one column alone tells all rows apart."""
    names = list(evidence.schema)
    flat = not any(dtype.is_nested() or dtype == pl.Object for dtype in evidence.schema.values())
    if not flat or evidence.rows < 2 or not 2 <= len(names) <= WIDEST:
        return
    if any(column.distinct == evidence.rows for column in evidence.columns.values()):
        return
    repeated = 1 - evidence.sample.n_unique() / evidence.sample.height
    if repeated <= REPEATED:
        yield Check(
            kind="unique_together",
            columns=tuple(names),
            params={"ignore_missing": "never"},
            name="rows.unique",
            description="a row should not occur twice",
            severity="WARNING",
            on_violation="warn",
        )


def _dependencies(evidence: Evidence) -> Iterator[Check]:
    """Columns that nearly always follow from another one; where they always do there is nothing to say."""
    for item in dependencies(evidence, least=DETERMINED):
        if item.share < 1:
            name = f"{item.determined}.by_{item.given}"
            why = f"{_percent(item.share)} of the rows have the usual {item.determined} of their {item.given}"
            pair = (item.given, item.determined)
            yield replace(_made("dependency", None, why), columns=pair, name=name)


# Columns ------------------------------------------------------------------------------------------


def _presence(guess: Guess) -> Iterator[Check]:
    column = guess.column
    share = column.missing / column.rows
    optional = share > OPTIONAL
    why = f"{_percent(1 - share)} of the rows have a value"
    if optional:
        why += ": perhaps an optional column"
    params: dict[str, Any] = {}
    if guess.typed:
        if not column.missing:
            return
        why += f"; text that does not read as {guess.logical} counts as missing"
    elif guess.gaps:
        shown = [text for text in guess.gaps if text.strip()]
        why += f"; {_listed(shown)} counts as missing" if shown else "; blanks count as missing"
        params = {"values": guess.gaps}
    check = _made("not_missing" if params else "not_null", guess.path, why, **params)
    yield _hint(check) if optional else check


def _type(guess: Guess) -> Iterator[Check]:
    if not guess.typed or guess.logical is None:
        return
    share = guess.column.reads(guess.logical)
    why = f"{_percent(share)} of the values read as {guess.logical}"
    missing = {"missing": guess.gaps} if guess.gaps else {}
    yield _made("type", guess.path, why, type=guess.logical, **missing)


def _format(guess: Guess) -> Iterator[Check]:
    form = _format_of(guess)
    if form is not None:
        share = guess.column.formats[form]
        where = f"{_percent(share)} of the values are {form} values"
        yield _made("format", guess.path, where, format=form)


def _format_of(guess: Guess) -> str | None:
    column = guess.column
    if guess.typed or not column.text:
        return None
    held = {name for name, share in column.formats.items() if share >= FORMATTED}
    said = set(words(leaf(guess.path)))
    certain = [name for name in TELLING if name in held and (name != "card" or column.distinct >= 10)]
    named = [name for name, names in SAID.items() if name in held and not said.isdisjoint(names)]
    return next(iter(certain + named), None)


def _shape(guess: Guess) -> Iterator[Check]:
    column = guess.column
    if guess.typed or not column.text or column.distinct < 10 or column.seen < FEW or _format_of(guess):
        return
    found = shape_of(column.counts, least=SHAPED, besides=guess.gaps)
    if found is not None:
        yield _made(
            "matches",
            guess.path,
            f"{_percent(found.share)} of the values have this shape",
            pattern=found.pattern,
        )


def _spelling(guess: Guess) -> Iterator[Check]:
    wrong = guess.misspelled
    if not wrong:
        return
    shown = [f"{bad!r} looks like {good!r}" for bad, good in list(wrong.items())[:2]]
    more = f" and {len(wrong) - 2} more" if len(wrong) > 2 else ""
    right = [value for value in guess.column.counts if value not in wrong]
    why = f"{'; '.join(shown)}{more}"
    if len(right) <= SHORT and guess.column.whole:
        yield _made("in_set", guess.path, why, values=[*right, *guess.gaps])
    else:
        yield _made("not_in_set", guess.path, why, values=list(wrong))


def _spaces(guess: Guess) -> Iterator[Check]:
    """White space around values, unless all such values are told as misspelled."""
    column = guess.column
    if guess.typed or not column.text or not column.seen or column.lengths[1] > LONG:
        return
    padded = column.like(r"^\s|\s$")
    share = column.share(padded)
    if 0 < share <= PADDED and not guess.misspelled.keys() >= set(column.values["value"].filter(padded)):
        why = f"{_percent(1 - share)} of the values have no white space around them"
        yield _hint(_made("not_matches", guess.path, why, pattern=r"^\s|\s$"))


def _key(guess: Guess) -> Iterator[Check]:
    """The column that comes nearest to a key; other columns that repeat a value refer to something else."""
    column, evidence = guess.column, guess.evidence
    if guess.path not in evidence.schema or not _may_be_key(column, evidence):
        return
    rivals = (evidence.columns[name] for name in evidence.schema)
    best = max((rival.distinct for rival in rivals if _may_be_key(rival, evidence)), default=0)
    if column.distinct >= max(best, UNIQUE * column.present):
        why = (
            "no value occurs twice" if column.distinct == column.present else "nearly every value occurs once"
        )
        yield _made("unique", guess.path, why)


def _may_be_key(column: Column, evidence: Evidence) -> bool:
    first = column.path == next(iter(evidence.schema)) and column.logical in {"date", "timestamp"}
    return not column.nested and column.present >= 10 and (first or identifies(column.path))


def _outliers(guess: Guess) -> Iterator[Check]:
    """Values far out; where there are many, the same on a logarithmic scale; where there still are, none."""
    if not guess.numeric or labels(guess.path):
        return
    numbers = _numbers(guess)
    if numbers.height < 10 or int(numbers["count"].sum()) < FEW or _counter(guess):
        return
    yield from _negative(guess, numbers)
    fences = _fences(numbers, FAR)
    if fences is None:
        return
    if _outside(numbers, *fences) <= TAIL:
        why = f"the middle half lies between {_short(_quantile(numbers, 0.25))} and {_short(_quantile(numbers, 0.75))}"
        yield _hint(_made("iqr", guess.path, why, factor=FAR))
        return
    positive = numbers.filter(pl.col("value") > 0)
    if numbers["value"].min() < 0 or positive.height < 10:  # type: ignore[operator]
        return
    logs = _fences(positive.with_columns(pl.col("value").log()), FAR)
    if logs is not None and logs[1] < 700:
        high = _rounded(math.exp(logs[1]))
        if _outside(numbers, -math.inf, high) <= TAIL:
            why = "few values lie far above the rest, its long tail included"
            yield _hint(_made("between", guess.path, why, max=high))


def _negative(guess: Guess, numbers: pl.DataFrame) -> Iterator[Check]:
    below = numbers.filter(pl.col("value") < 0)
    share = int(below["count"].sum()) / int(numbers["count"].sum())
    if 0 < share <= 0.02 and _quantile(numbers, 0.1) >= 0:
        check = _made("between", guess.path, f"{_percent(1 - share)} of the values are not negative", min=0)
        yield _hint(replace(check, name=f"{guess.path}.not_negative"))


def _counter(guess: Guess) -> bool:
    """A running number: all different and without gaps to speak of."""
    column, rows = guess.column, guess.evidence.rows
    return (
        guess.logical == "integer"
        and column.distinct == rows
        and not guess.typed
        and (column.high - column.low < 2 * rows)
    )


def _numbers(guess: Guess) -> pl.DataFrame:
    """The numbers seen with their counts, in ascending order."""
    values = guess.column.values.select(pl.col("value").cast(pl.Float64, strict=False), pl.col("count"))
    return values.filter(pl.col("value").is_finite()).sort("value")


def _quantile(numbers: pl.DataFrame, share: float) -> float:
    reached = numbers["count"].cum_sum() >= share * int(numbers["count"].sum())
    return float(numbers["value"].filter(reached)[0])


def _fences(numbers: pl.DataFrame, factor: float) -> tuple[float, float] | None:
    """Tukey's fences; None where the middle half is one value."""
    lower, upper = _quantile(numbers, 0.25), _quantile(numbers, 0.75)
    spread = factor * (upper - lower)
    return (lower - spread, upper + spread) if spread else None


def _outside(numbers: pl.DataFrame, low: float, high: float) -> float:
    outside = numbers.filter((pl.col("value") < low) | (pl.col("value") > high))
    return int(outside["count"].sum()) / int(numbers["count"].sum())


def _rounded(number: float) -> float:
    """Upwards to two digits."""
    power = 10.0 ** (math.floor(math.log10(number)) - 1)
    found = float(f"{math.ceil(number / power) * power:.2g}")
    return int(found) if found.is_integer() else found


ABOUT: tuple[Callable[[Guess], Iterator[Check]], ...] = (
    _presence,
    _type,
    _format,
    _shape,
    _spelling,
    _spaces,
    _key,
    _outliers,
)
"""What is asked of every column, in the order of the checks."""


# Words --------------------------------------------------------------------------------------------


def _percent(share: float) -> str:
    """A share in words; never 100 % when one is missing, nor 0 % when one is there."""
    if share in {0.0, 1.0}:
        return "none" if share == 0.0 else "all"
    if share >= 0.9995:
        return "nearly all"
    return f"{100 * share:.1f} %" if share > 0.1 else f"{100 * share:.2g} %"


def _short(number: float) -> str:
    return f"{number:.4g}"


def _listed(texts: list[str]) -> str:
    return ", ".join(repr(text) for text in texts[:4])

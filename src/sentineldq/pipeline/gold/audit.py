"""Whether a build may be published: its rows checked by the contract of its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sentineldq.api import check
from sentineldq.checks.definition import catalogue
from sentineldq.checks.model import Outcome
from sentineldq.contracts.model import Contract

LENIENT = {"allow", "warn"}
"""What on_violation may say for a check of rows that does not stop a build."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The checks that refuse a build, and those that failed or could not be evaluated and only warn."""

    refusing: list[Outcome] = field(default_factory=list)
    warning: list[Outcome] = field(default_factory=list)


def audit(
    rows: Any, contract: Contract, *, name: str, datasets: Mapping[str, Any] | None = None, samples: int = 5
) -> Verdict:
    """Check the rows of a whole build (a lazy frame); a critical check that fails, or errs, refuses it.

    A check of rows with on_violation `allow` or `warn` refuses nothing, nor does one of a lesser severity; a check of
    the whole table (a count, an aggregate, a query) has only its severity. name: of the model, and of the contract's
    dataset where it has several. datasets: others, for references. Raises UsageError.
    """
    dataset = None if len(contract.schema) == 1 else name
    result = check(rows, contract, dataset=dataset, datasets=datasets, samples=samples, name=name)
    refusing = [one for one in result.failing("CRITICAL") if not _lenient(one)]
    told = [one for one in result.worst() if one.status in {"error", "fail", "warn"}]
    return Verdict(refusing=refusing, warning=[one for one in told if one not in refusing])


def _lenient(outcome: Outcome) -> bool:
    """Whether a check says of the rows it finds that they may stay."""
    definition = catalogue().get(outcome.kind)
    of_rows = definition is not None and definition.shape in {"row", "relation", "value"}
    return of_rows and outcome.on_violation in LENIENT

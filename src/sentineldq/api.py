"""The verbs, as Python functions: check, split, infer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sentineldq.checks.derive import derive
from sentineldq.checks.engines import ENGINES
from sentineldq.checks.engines import engine as engine_named
from sentineldq.checks.engines.base import Engine, Source
from sentineldq.checks.model import Check, Outcome, Result, Severity
from sentineldq.checks.run import run_checks
from sentineldq.checks.scope import DatasetMissingError, Scope
from sentineldq.checks.score import score
from sentineldq.contracts.load import load_contract
from sentineldq.contracts.model import Contract, SchemaObject
from sentineldq.contracts.privacy import classified
from sentineldq.errors import ReadError, UsageError, suggest
from sentineldq.readers.damage import reading, refuse_damage
from sentineldq.readers.open import open_table
from sentineldq.readers.table import Table
from sentineldq.version import __version__

if TYPE_CHECKING:
    from sentineldq.checks.split import Split

ContractLike = Contract | str | Path | dict[str, Any]


def check(
    data: Any,
    contract: ContractLike | None = None,
    *,
    checks: Sequence[Check] | None = None,
    dataset: str | None = None,
    engine: str | None = None,
    datasets: Mapping[str, Any] | None = None,
    samples: int = 5,
    fail_on: Severity = "CRITICAL",
    name: str | None = None,
) -> Result:
    """Check data against a contract, or against what its own bulk suggests when there is none.

    data: a path, glob, database URL or `-`; a Polars, pandas, Arrow, DuckDB or Spark frame.
    contract: a Contract, or a path, YAML text or dict of one; checks: further checks, or in its place.
    dataset: which schema object of the contract; datasets: others by name, for references.
    Raises ReadError, ContractError, UsageError. The Result is not raised: look at `passed`.
    """
    start = perf_counter()
    agreed = load_contract(contract) if contract is not None else None
    table = open_data(data, agreed, name=name)
    found = _object(agreed, dataset, table.name) if agreed else None
    with reading(table):
        scope = _scope(table, found, engine=engine, datasets=datasets or {})
        if found is None and checks is None:
            from sentineldq.checks.surmise import surmise

            found, surmised = surmise(table, scope)
            checks, scope = surmised, _scope(table, found, engine=engine, datasets=datasets or {})
            found = None
        wanted = [*(derive(found, place=_place(agreed, found)) if found else []), *(checks or [])]
        rows, outcomes = run_checks(wanted, scope, samples=samples)
        severity: Severity = "CRITICAL" if agreed else "WARNING"
        masked = bool(scope.classified)
        outcomes += _set_aside(table, rows, severity=severity, samples=samples, masked=masked)
    return _result(table, agreed, scope, rows, outcomes, fail_on=fail_on, seconds=perf_counter() - start)


def split(
    data: Any,
    contract: ContractLike | None = None,
    *,
    checks: Sequence[Check] | None = None,
    dataset: str | None = None,
    engine: str | None = None,
    datasets: Mapping[str, Any] | None = None,
    result: Result | None = None,
) -> Split:
    """Split data into good rows and bad rows, each bad row with all its reasons in `_errors`.

    Takes what `check` takes. `result` is what `check` found in the same data: what it found to hold for every row
    is not evaluated again. Raises CheckDefinitionError when a check cannot be evaluated.
    """
    from sentineldq.checks.split import split_frame, with_misfits

    agreed = load_contract(contract) if contract is not None else None
    table = open_data(data, agreed)
    found = _object(agreed, dataset, table.name) if agreed else None
    with reading(table):
        scope = _scope(table, found, engine=engine, datasets=datasets or {})
        held = {item.fingerprint for item in result.checks if item.failed == 0} if result else set()
        wanted = [*(derive(found) if found else []), *(checks or [])]
        return with_misfits(split_frame(wanted, scope, held=held), table, scope)


def infer(data: Any, *, name: str | None = None) -> Contract:
    """The contract that a person would have written for this data; see `sentinel contract infer`."""
    from sentineldq.checks.infer import infer_contract

    table = open_table(data, name=name)
    with reading(table):
        return infer_contract(table)


def open_data(
    data: Any, contract: Contract | None = None, *, name: str | None = None, form: str | None = None
) -> Table:
    """Open data as `check` does: text columns that the contract calls strings stay text."""
    if isinstance(data, Table):
        return data
    tables = contract.schema if contract else []
    strings = {path for table in tables for path, item in table.walk() if item.logical_type == "string"}
    return open_table(data, name=name, format=form, strings=strings)


def _object(contract: Contract, wanted: str | None, table: str) -> SchemaObject:
    """The schema object meant: the one named, the one named like the data, or the only one."""
    names = [item.name or "" for item in contract.schema]
    if wanted is not None:
        found = contract.object(wanted)
        if found is None:
            raise UsageError(f"the contract has no dataset {wanted!r}", hint=suggest(wanted, names))
        return found
    if len(contract.schema) == 1:
        return contract.schema[0]
    stem = Path(table).name.split(".", 1)[0]
    found = contract.object(stem)
    if found is None:
        raise UsageError(
            f"the contract describes {len(names)} datasets and none is named {stem!r}",
            hint=f"choose one with --dataset: {', '.join(names)}",
        )
    return found


def _place(contract: Contract | None, found: SchemaObject) -> str:
    position = next((at for at, item in enumerate(contract.schema) if item is found), 0) if contract else 0
    return f"schema[{position}]"


def _scope(
    table: Table, found: SchemaObject | None, *, engine: str | None, datasets: Mapping[str, Any]
) -> Scope:
    _refuse_missing(datasets)
    chosen = engine_named(engine or _home(table))
    logical = {path: item.logical_type for path, item in found.walk() if item.logical_type} if found else {}
    frame = chosen.frame(table, shared=bool(datasets))
    return Scope(
        engine=chosen,
        frame=frame,
        schema=frame.collect_schema(),
        text=table.text,
        logical=logical,
        classified=classified(found) if found else frozenset(),
        find=_finder(datasets, chosen),
        datasets=datasets,
        paths=_paths(table),
        parts=_parts(table, chosen),
        refuse_damage=cache(lambda: refuse_damage(table)),
        name=(found.physical_name or found.name if found else None) or "data",
    )


def _parts(table: Table, engine: Engine) -> int:
    """How many slices uniqueness is counted in, from the rows that a Parquet footer tells."""
    if engine.distinct_rows is None or table.format != "parquet" or not table.paths:
        return 1
    import polars as pl

    rows = int(table.frame.select(pl.len()).collect().item())
    if rows <= engine.distinct_rows // 5:
        return 1
    # Beside the other checks' columns even a fraction of the values is much: they have a reading of their own.
    return max(2, -(-rows // engine.distinct_rows))


def _home(table: Table) -> str:
    """The engine a frame came from; Polars for all else."""
    if table.native is None:
        return "polars"
    return next((name for name in ENGINES if name in type(table.native).__module__), "polars")


def _paths(table: Table) -> tuple[str, ...]:
    """The files that a query may scan in place of the frame."""
    return table.paths if table.format == "parquet" else ()


def _refuse_missing(datasets: Mapping[str, Any]) -> None:
    """Raise ReadError for another dataset whose file is not there, before anything is checked."""
    for name, data in datasets.items():
        text = str(data) if isinstance(data, str | Path) else ""
        plain = bool(text) and text != "-" and not any(sign in text for sign in ("://", "*", "?", "[", "#"))
        if plain and not Path(text).expanduser().exists():
            raise ReadError(text, "there is no such file", hint=f"it was given for dataset {name!r}")


def _finder(datasets: Mapping[str, Any], engine: Engine) -> Callable[[str], Source]:
    @cache
    def find(name: str) -> Source:
        if name not in datasets:
            raise DatasetMissingError(name)
        table = open_table(datasets[name], name=name)
        return Source(engine.frame(table, shared=True), _paths(table))

    return find


def _set_aside(table: Table, rows: int, *, severity: Severity, samples: int, masked: bool) -> list[Outcome]:
    """A failed check for records that do not fit the table at all: they are in no column that a check could see."""
    count = len(table.details.get("misfits") or ()) or int(table.details.get("rejected") or 0)
    if not count:
        return []
    misfits = table.details.get("misfits") or ()
    told = [f"row {item.row_number}" if masked else list(item.cells) for item in misfits[:samples]]
    return [
        Outcome(
            name="structure",
            kind="structure",
            column=None,
            dimension="conformity",
            severity=severity,
            status="fail",
            on_violation="quarantine",
            evaluated=rows + count,
            failed=count,
            failed_share=count / (rows + count),
            expected="records that fit the table",
            samples=told,
            fingerprint="structure",
        )
    ]


def _result(
    table: Table,
    contract: Contract | None,
    scope: Scope,
    rows: int,
    outcomes: list[Outcome],
    *,
    fail_on: Severity,
    seconds: float,
) -> Result:
    weights = contract.custom("scoreWeights", {}) if contract else {}
    overall, dimensions = score(outcomes, weights)
    result = Result(
        dataset=table.name,
        contract=(contract.name or contract.id) if contract else None,
        contract_version=contract.version if contract else None,
        engine=scope.engine.name,
        rows=rows,
        passed=False,
        score=overall,
        dimensions=dimensions,
        duration_s=round(seconds, 6),
        checks=outcomes,
        findings=table.findings[:FINDINGS],
        findings_count=len(table.findings),
        sentineldq=__version__,
    )
    result.passed = not result.failing(fail_on)
    return result


FINDINGS = 100
"""Reading findings that a result lists; `findings_count` tells how many there are."""

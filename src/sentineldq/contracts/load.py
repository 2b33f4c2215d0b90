"""Load a contract: the document's values fitted to the structs of `model`, every misfit named with its place.

One walk over the structs' own types does it; no section has code of its own. Reads ODCS 3.0 to 3.2; what 3.0
wrote otherwise (the team as a list, exclusive bounds as flags) comes out in the newest shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sentineldq.contracts.document import Document, read_document
from sentineldq.contracts.fit import Walk, word
from sentineldq.contracts.model import (
    API_VERSIONS,
    NEWEST,
    Contract,
    MapType,
    Property,
    Quality,
    Team,
    TypeOptions,
)
from sentineldq.contracts.problem import Problem
from sentineldq.errors import ContractError, suggest

_METRICS = {"duplicateCount": "duplicateValues", "rowCount": "rowCount"}


def load_contract(
    source: str | Path | dict[str, Any] | Contract, *, variables: Mapping[str, str] | None = None
) -> Contract:
    """Read a contract from a path, a YAML or JSON text, a dict, or hand a contract through.

    `variables` (for instance `os.environ`) fills in `${NAME}`; without it, references are left as they are.
    Raises ContractError with every problem found, each with its path and line.
    """
    if isinstance(source, Contract):
        return source
    return fit_contract(read_document(source), variables=variables)


def fit_contract(document: Document, *, variables: Mapping[str, str] | None = None) -> Contract:
    """The contract in a document. Raises ContractError with every problem found."""
    contract, problems = parse_contract(document, variables=variables)
    if contract is None or problems:
        raise ContractError(document.source, [str(problem) for problem in problems], hint=_hint(problems))
    return contract


def parse_contract(
    document: Document, *, variables: Mapping[str, str] | None = None
) -> tuple[Contract | None, list[Problem]]:
    """The contract in a document (as far as it could be read) and every problem of its shape."""
    problems = list(document.problems)
    data = document.data
    if problems and data is None:
        return None, problems
    walk = _Walk(document)
    if variables is not None:
        data = walk.filled(data, variables)
    if not isinstance(data, dict):
        walk.problem(
            "SDQ012", "", f"the document is {word(data)}, expected an object with apiVersion, kind, …"
        )
    elif walk.version(data):
        contract = walk.struct(data, Contract, "")
        problems += walk.problems
        return (_modern(contract) if isinstance(contract, Contract) else None), problems
    return None, problems + walk.problems


def _hint(problems: list[Problem]) -> str | None:
    if any(problem.rule == "SDQ014" for problem in problems):
        return f"supported: {', '.join(reversed(API_VERSIONS))}"
    return None


class _Walk(Walk):
    """Fits a contract, whose version is looked at first."""

    def version(self, data: dict[str, Any]) -> bool:
        """True when the document says it is a contract of a version that is understood."""
        for key, value in (("apiVersion", NEWEST), ("kind", "DataContract")):
            if data.get(key) is None:
                self.problem("SDQ011", "", f"{key} is missing", f"add `{key}: {value}`")
        stated = data.get("apiVersion")
        if stated is None or stated in API_VERSIONS:
            return True
        hint = suggest(str(stated), API_VERSIONS)
        if str(stated).lstrip("v").startswith("2."):
            hint = "ODCS 2.x has another layout; migrate the contract to v3 first"
        self.problem("SDQ014", "apiVersion", f"ODCS version {stated!r} is not supported", hint)
        return False


def _modern(contract: Contract) -> Contract:
    """What ODCS 3.0 wrote otherwise, in the newest shape."""
    if isinstance(contract.team, list):
        contract.team = Team(members=contract.team)
    for table in contract.schema:
        _metrics(table.quality)
        for item in _properties(iter(table.properties)):
            _metrics(item.quality)
            if item.logical_type_options is not None:
                _bounds(item.logical_type_options)
    return contract


def _properties(properties: Iterator[Property]) -> Iterator[Property]:
    for item in properties:
        yield item
        kinds = item.map if isinstance(item.map, MapType) else None
        inner = [*item.properties, item.items, *((kinds.key, kinds.value) if kinds else ())]
        yield from _properties(child for child in inner if child is not None)


def _metrics(rules: list[Quality]) -> None:
    """A library rule's `rule` (3.0) is its `metric` since 3.1, where the meaning is the same."""
    for rule in rules:
        if rule.metric is None and rule.rule in _METRICS:
            rule.metric, rule.rule = _METRICS[rule.rule], None


def _bounds(options: TypeOptions) -> None:
    """`minimum: 1, exclusiveMinimum: true` (3.0) is `exclusiveMinimum: 1` since 3.1."""
    for bound in ("minimum", "maximum"):
        flag = getattr(options, f"exclusive_{bound}")
        if isinstance(flag, bool):
            setattr(options, f"exclusive_{bound}", getattr(options, bound) if flag else None)
            if flag:
                setattr(options, bound, None)

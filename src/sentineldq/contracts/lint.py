"""Lint: what is wrong with a contract beyond its shape, rule by rule.

The rules live in `rules`; `docs/reference/contract.md` lists them. Faults of shape (SDQ0xx) are the loader's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sentineldq.contracts.document import Document, read_document
from sentineldq.contracts.load import parse_contract
from sentineldq.contracts.model import Contract
from sentineldq.contracts.problem import Level, Problem
from sentineldq.contracts.rules import elements, fundamentals, options, quality
from sentineldq.contracts.rules.base import RULES, View
from sentineldq.contracts.write import contract_data

#: Faults of shape, which the loader finds: rule to what is wrong.
SHAPE_RULES = {
    "SDQ001": "The document is not readable YAML or JSON.",
    "SDQ002": "A key appears twice.",
    "SDQ003": "A YAML tag is not allowed.",
    "SDQ010": "A key is unknown to the standard.",
    "SDQ011": "A required key is missing.",
    "SDQ012": "A value has the wrong type.",
    "SDQ013": "A value is none of those allowed.",
    "SDQ014": "The version of the standard is not supported.",
    "SDQ015": "A variable has no value.",
}
_RANK: dict[Level, int] = {"error": 0, "warning": 1, "note": 2}
_MODULES = (fundamentals, elements, options, quality)  # importing them registers their rules


def rules() -> dict[str, tuple[Level, str]]:
    """Every rule of loader and lint: id to level and what is wrong."""
    shape: dict[str, tuple[Level, str]] = {name: ("error", text) for name, text in SHAPE_RULES.items()}
    return shape | {name: (RULES[name].level, RULES[name].summary) for name in sorted(RULES)}


def lint(contract: Contract, document: Document | None = None) -> list[Problem]:
    """Faults of a contract's meaning, by line where the document is given, else worst first."""
    data: Any = document.data if document else contract_data(contract, api_version=contract.api_version)
    view = View(contract, data if isinstance(data, dict) else {})
    problems = [
        Problem(
            rule=rule.id,
            level=rule.level,
            path=fault.path,
            line=document.line(fault.path) if document else None,
            message=fault.message,
            hint=fault.hint,
        )
        for rule in RULES.values()
        for fault in rule.check(view)
    ]
    return sorted(problems, key=lambda problem: (problem.line or 0, _RANK[problem.level], problem.rule))


def lint_document(source: str | Path | dict[str, Any]) -> list[Problem]:
    """Faults of a document's shape; of its meaning when its shape is right.

    Raises ContractError when the file cannot be read at all.
    """
    document = read_document(source)
    contract, problems = parse_contract(document)
    return problems if problems or contract is None else lint(contract, document)

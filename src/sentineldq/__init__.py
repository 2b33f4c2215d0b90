"""SentinelDQ: contracts, checks and monitors for data.

`check`, `split`, `decode` and `infer` are the four verbs; `Contract` is what they work with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentineldq.errors import SentinelError
from sentineldq.version import __version__

if TYPE_CHECKING:
    from sentineldq.api import check, infer, split
    from sentineldq.checks.catalogue import metric_check, row_check
    from sentineldq.checks.model import Check, Outcome, Result
    from sentineldq.checks.records.decode import decode
    from sentineldq.contracts.load import load_contract
    from sentineldq.contracts.model import Contract

# Imported on first use: `import sentineldq` costs milliseconds, Polars and DuckDB cost half a second.
_HOMES = {
    "Check": "sentineldq.checks.model",
    "Contract": "sentineldq.contracts.model",
    "Outcome": "sentineldq.checks.model",
    "Result": "sentineldq.checks.model",
    "check": "sentineldq.api",
    "decode": "sentineldq.checks.records.decode",
    "infer": "sentineldq.api",
    "load_contract": "sentineldq.contracts.load",
    "metric_check": "sentineldq.checks.catalogue",
    "row_check": "sentineldq.checks.catalogue",
    "split": "sentineldq.api",
}

__all__ = [
    "Check",
    "Contract",
    "Outcome",
    "Result",
    "SentinelError",
    "__version__",
    "check",
    "decode",
    "infer",
    "load_contract",
    "metric_check",
    "row_check",
    "split",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sentineldq' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

"""What all peers check, and the one line that each of them prints. Standard library only."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

STATUSES = ["placed", "paid", "shipped", "delivered", "cancelled"]
COUNTRIES = (
    "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV MT NL NO PL PT RO SE SI SK".split()  # noqa: SIM905
)
EMAIL = r"^[a-z0-9._-]+@[a-z0-9.-]+\.[a-z]{2,}$"
SKU = r"^[A-Z]{3}-[0-9]{5}$"
FIRST = datetime(2025, 1, 1)  # noqa: DTZ001
LAST = datetime(2025, 12, 31, 23, 59, 59)  # noqa: DTZ001

# The sixteen checks, in the order in which the scripts state them. A null is a fault for `not_null` alone.
CHECKS = [
    "order_id not_null",
    "order_id unique",
    "customer_id not_null",
    "customer_id positive",
    "created_at not_null",
    "created_at between",
    "status in_set",
    "status not_null",
    "country in_set",
    "email regex",
    "sku regex",
    "amount between",
    "amount not_null",
    "quantity between",
    "note length",
    "rows some",
]


def path() -> Path:
    """The file named on the command line."""
    return Path(sys.argv[1])


def tell(peer: str, *, rows: int, failed: dict[str, int] | list[int], packages: str | None = None) -> None:
    """Print the result as one line of JSON; a list of counts is in the order of CHECKS."""
    counts = dict(zip(CHECKS, failed, strict=True)) if isinstance(failed, list) else failed
    names = (packages or peer).split()
    line = {
        "peer": peer,
        "version": ", ".join(f"{name} {version(name)}" for name in names),
        "rows": rows,
        "checks": len(counts),
        "failed_counts": {name: int(count) for name, count in counts.items()},
    }
    sys.stdout.write(json.dumps(line) + "\n")

"""Write orders.csv: 200 orders of an invented shop, with the faults that README.md lists.

The same bytes on every machine: `python examples/generate.py`.
"""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

TARGET = Path(__file__).with_name("orders.csv")
COUNTRIES = ["AT", "BE", "CH", "DE", "DK", "ES", "FR", "GB", "IT", "NL", "PL", "SE"]
NAMES = [
    "ada",
    "bela",
    "carl",
    "dora",
    "emil",
    "fina",
    "gert",
    "hana",
    "ivo",
    "jana",
    "kurt",
    "lena",
    "nora",
    "otto",
]
PRODUCTS = {"MUG-00012": 9.5, "TEE-00340": 24.0, "CAP-00077": 18.9, "BAG-01024": 59.0, "PEN-00003": 2.2}
START = datetime(2026, 3, 2, 7, tzinfo=UTC)
NOTES = ["", "", "", "", "", "", "leave at the door", "gift, please wrap", "call before delivery"]

# Row (as numbered by a spreadsheet, the header being 1) and what stands there in place of the right value.
FAULTS = {
    18: {"email": ""},
    31: {"status": "shiped"},
    44: {"email": "emil.k@example"},
    57: {"amount": "-59.00"},
    69: {"country": "UK"},
    83: {"order_id": "ORD-100071"},
    96: {"shipped_at": "2026-03-01T09:00:00Z"},
    110: {"quantity": "0"},
    127: {"email": "otto at example.com"},
    139: {"sku": "mug-12"},
    152: {"country": "UK"},
    168: {"customer_id": ""},
    181: {"status": "shiped"},
}


def orders() -> list[dict[str, str]]:
    """All rows, in the order they were placed."""
    rng = random.Random(20260302)
    placed = START
    rows = []
    for number in range(200):
        placed += timedelta(seconds=rng.randint(60, 5400))
        sku, price = rng.choice(list(PRODUCTS.items()))
        quantity = rng.choices([1, 2, 3, 5], [70, 18, 8, 4])[0]
        status = rng.choices(["placed", "paid", "shipped", "delivered", "cancelled"], [8, 14, 22, 50, 6])[0]
        shipped = placed + timedelta(hours=rng.randint(4, 60)) if status in {"shipped", "delivered"} else None
        row = {
            "order_id": f"ORD-{100_000 + number}",
            "customer_id": str(rng.randint(1, 90)),
            "ordered_at": f"{placed:%Y-%m-%dT%H:%M:%SZ}",
            "shipped_at": f"{shipped:%Y-%m-%dT%H:%M:%SZ}" if shipped else "",
            "status": status,
            "country": rng.choice(COUNTRIES),
            "email": f"{rng.choice(NAMES)}.{rng.choice('abcdefghk')}@example.com",
            "sku": sku,
            "quantity": str(quantity),
            "amount": f"{price * quantity:.2f}",
            "note": rng.choice(NOTES),
        }
        rows.append(row | FAULTS.get(number + 2, {}))
    return rows


def text() -> str:
    """The whole file."""
    rows = orders()
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8", newline="")

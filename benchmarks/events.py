"""Make events of GitHub as the pipeline gets them: 1.8 KB each, 2 % of them bad, every id its own.

    python benchmarks/events.py ROWS

Two events of the API as it was until October 2025 to one as it is since, from our own simulation; the same bytes on
every machine. Prints the file's path, benchmarks/data/simulated-{rows}.ndjson.
"""

from __future__ import annotations

import sys
from itertools import chain, islice
from pathlib import Path

from data import FOLDER

from sentineldq.sources.simulate import generate

FAULTS = [
    {"kind": "bad_type", "rate": 0.004},
    {"kind": "missing_field", "rate": 0.003},
    {"kind": "null_field", "rate": 0.003},
    {"kind": "bad_value", "rate": 0.006},
    {"kind": "malformed_json", "rate": 0.002},
    {"kind": "truncated", "rate": 0.002},
]


def simulated(rows: int) -> Path:
    """The NDJSON file with so many events; made when it is not there."""
    target = FOLDER / f"simulated-{rows}.ndjson"
    if target.exists():
        return target
    FOLDER.mkdir(exist_ok=True)
    full = generate("github", seed=1, records=rows, rate=10_000, era="full", faults=FAULTS)
    trimmed = generate("github", seed=2, records=rows, rate=5_000, era="trimmed", faults=FAULTS)
    partial = target.with_suffix(".partial")
    with partial.open("wb") as file:
        for event in islice(chain.from_iterable(zip(full, full, trimmed, strict=False)), rows):
            file.write(event.rstrip(b"\n") + b"\n")
    partial.rename(target)
    return target


if __name__ == "__main__":
    print(simulated(int(float(sys.argv[1]))))

"""dlt from a file of events to one table of Parquet files, with nothing checked.

    python peers/dlt_pipeline.py EVENTS.ndjson FOLDER

The settings that are quickest here: documents as they come from orjson in lists of 10,000 (dlt's own readers do the
same), payloads kept as JSON and not taken apart into tables of their own, large buffers, Parquet by pyarrow, a process
for each core in normalising. Lines that are no JSON are counted and left out, as dlt would stop at the first.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

CORES = len(os.sched_getaffinity(0))
FOLDER = Path(sys.argv[2])
os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "DESTINATION__FILESYSTEM__BUCKET_URL": (FOLDER / "lake").as_uri(),
    "NORMALIZE__WORKERS": str(CORES),
    "NORMALIZE__START_METHOD": "fork",
    "LOAD__WORKERS": str(CORES),
    "DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
    "EXTRACT__DATA_WRITER__FILE_MAX_ITEMS": "50000",
    "NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION": "true",
    "EXTRACT__DATA_WRITER__DISABLE_COMPRESSION": "true",
}

import dlt  # noqa: E402
import orjson  # noqa: E402

STEP = 10_000


@dlt.resource(
    name="events", max_table_nesting=0, write_disposition="append", columns={"payload": {"data_type": "json"}}
)
def events(path: Path) -> Iterator[list[dict]]:
    """The documents of a file, in lists."""
    held = []
    with path.open("rb") as file:
        for line in file:
            try:
                held.append(orjson.loads(line))
            except orjson.JSONDecodeError:
                continue
            if len(held) == STEP:
                yield held
                held = []
    yield held


def main() -> None:
    pipeline = dlt.pipeline(
        "benchmark", destination="filesystem", dataset_name="bronze", pipelines_dir=str(FOLDER / "state")
    )
    pipeline.run(events(Path(sys.argv[1])), loader_file_format="parquet")
    rows = pipeline.last_trace.last_normalize_info.row_counts["events"]
    used = os.times()
    print(
        json.dumps(
            {
                "version": f"dlt {version('dlt')}",
                "counts": {"rows": rows},
                "cpu": round(sum(used[:4]), 2),
            }
        )
    )


if __name__ == "__main__":
    main()

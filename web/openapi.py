"""Write web/openapi.json, the description of the API that the dashboard's types are made from.

Run it from the checkout's root when a route changed (`python web/openapi.py`), then `npm --prefix web run schema`.
`--check` only says whether the file is as the server is: it exits with 1 where it is not.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from sentineldq.pipeline.project import load_project
from sentineldq.server.app import create_app
from sentineldq.server.state import State

HERE = Path(__file__).parent
FILE = HERE / "openapi.json"
PROJECT = HERE.parent / "projects" / "github"


def describe() -> str:
    """The description as the server answers it, without the version, which is not the routes'."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "github"
        shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns(".sentinel"))
        project = load_project(copy, simulated=True)
        with project.open_store() as store, closing(State(project=project, store=store)) as here:
            found = create_app(here).openapi()
    found["info"].pop("version")
    found["info"]["version"] = "1"
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or compare it."""
    fresh = describe()
    if "--check" in arguments:
        same = FILE.exists() and FILE.read_text() == fresh
        sys.stdout.write("up to date\n" if same else "stale: run `python web/openapi.py`\n")
        return 0 if same else 1
    FILE.write_text(fresh)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Make one virtual environment per peer under benchmarks/.envs, at the newest versions.

`python benchmarks/envs.py` makes what is missing, `--upgrade` makes all anew; names limit it to some.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

ENVS = Path(__file__).parent / ".envs"
PEERS = {
    "cuallee": ["cuallee", "numpy", "polars", "pyarrow"],
    "dataframely": ["dataframely", "polars"],
    "dlt": ["dlt[parquet]", "orjson"],
    "evidently": ["evidently==0.7.*", "pandas<3", "pyarrow"],
    "great_expectations": ["great_expectations", "pandas", "pyarrow"],
    "jsonschema_rs": ["jsonschema-rs", "orjson"],
    "nannyml": ["nannyml==0.13.*", "pandas<3", "pyarrow", "statsmodels"],
    "pandera": ["pandera[polars]"],
    "pointblank": ["pointblank[pl]"],
    "pydantic": ["pydantic"],
    "soda": ["soda-duckdb"],
    "whylogs": ["whylogs==1.6.*", "numpy<2", "pandas<3", "pyarrow"],
}


def python(peer: str) -> Path:
    """The interpreter of a peer's environment."""
    return ENVS / peer / "bin" / "python"


def make(peer: str, *, upgrade: bool = False) -> None:
    """Create a peer's environment unless it is there; an unfinished one is made anew."""
    stamp = ENVS / peer / "made.stamp"
    wanted = "\n".join(PEERS[peer])
    if not upgrade and stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"installing {peer}", file=sys.stderr)
    venv.create(ENVS / peer, with_pip=True, clear=True)
    command = [python(peer), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *PEERS[peer]]
    subprocess.run(command, check=True, env={**os.environ, "PIP_REQUIRE_VIRTUALENV": "1"})
    stamp.write_text(wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", nargs="*", choices=[*PEERS, []], metavar="PEER")
    parser.add_argument("--upgrade", action="store_true")
    arguments = parser.parse_args()
    for peer in arguments.peers or PEERS:
        make(peer, upgrade=arguments.upgrade)


if __name__ == "__main__":
    main()

"""SentinelDQ over NDJSON: each line to a typed record, every error of those that do not fit."""

from pathlib import Path

from rules import path, tell

from sentineldq import decode, load_contract

CONTRACT = Path(__file__).parents[1] / "events.odcs.yaml"


def main() -> None:
    decoded = decode(path().read_bytes(), load_contract(CONTRACT))
    tell("ours", rows=decoded.total, failed={"bad": len(decoded.errors)}, packages="sentineldq msgspec")


if __name__ == "__main__":
    main()

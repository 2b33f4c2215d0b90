"""Records inside one process: decode alone, decode and columns, and the peers that are installed beside it.

    python benchmarks/records.py [EVENTS.ndjson]     (made by data.py --events 2e4)

A stricter contract than that of run.py (allowed types, ranges, an open payload), the same for all; the bytes
are in memory, times are the best of seven rounds in turn, in microseconds per record.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

import data

from sentineldq.checks.records.decode import decode
from sentineldq.contracts.model import EnumValue, Property, SchemaObject, TypeOptions

ROUNDS = 7
KINDS = [
    "CommitCommentEvent",
    "CreateEvent",
    "DeleteEvent",
    "ForkEvent",
    "GollumEvent",
    "IssueCommentEvent",
    "IssuesEvent",
    "MemberEvent",
    "PublicEvent",
    "PullRequestEvent",
    "PullRequestReviewCommentEvent",
    "PushEvent",
    "ReleaseEvent",
    "WatchEvent",
]


def contract() -> SchemaObject:
    def field(name: str, logical_type: Any, **rest: Any) -> Property:
        return Property(name=name, logical_type=logical_type, required=True, **rest)

    key = field("id", "integer", logical_type_options=TypeOptions(minimum=1))
    short = TypeOptions(min_length=1, max_length=100)
    login, name = (field(word, "string", logical_type_options=short) for word in ("login", "name"))
    return SchemaObject(
        name="events",
        properties=[
            field("id", "string"),
            field("type", "string", enum=[EnumValue(value=kind) for kind in KINDS]),
            field("actor", "object", properties=[key, login, field("url", "string")]),
            field("repo", "object", properties=[key, name, field("url", "string")]),
            field("payload", "object"),
            field("public", "boolean"),
            field("created_at", "timestamp"),
        ],
    )


def jsonschema(raw: bytes) -> int:
    """Number of faulty records by orjson and jsonschema-rs."""
    import jsonschema_rs
    import orjson

    key = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
    short = {"type": "string", "minLength": 1, "maxLength": 100}
    url = {"type": "string"}
    fields: dict[str, Any] = {
        "id": {"type": "string"},
        "type": {"enum": KINDS},
        "actor": {"type": "object", "properties": {"id": key, "login": short, "url": url}},
        "repo": {"type": "object", "properties": {"id": key, "name": short, "url": url}},
        "payload": {"type": "object"},
        "public": {"type": "boolean"},
        "created_at": {"type": "string", "format": "date-time"},
    }
    for inner in ("actor", "repo"):
        fields[inner]["required"] = list(fields[inner]["properties"])
    schema = {"type": "object", "required": list(fields), "properties": fields}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    good, bad = [], []
    for line in raw.splitlines():
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as problem:
            bad.append([str(problem)])
            continue
        if validator.is_valid(record):
            good.append(record)
        else:
            bad.append([(error.instance_path, error.message) for error in validator.iter_errors(record)])
    return len(bad)


def pydantic(raw: bytes) -> int:
    """Number of faulty records by pydantic."""
    from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, create_model

    strict = ConfigDict(strict=True)
    key = Annotated[int, Field(ge=1, le=2**63 - 1)]
    short = Annotated[str, Field(min_length=1, max_length=100)]
    actor = create_model("Actor", __config__=strict, id=key, login=short, url=str)
    repo = create_model("Repo", __config__=strict, id=key, name=short, url=str)
    event = create_model(
        "Event",
        __config__=strict,
        id=str,
        type=Literal[tuple(KINDS)],
        actor=actor,
        repo=repo,
        payload=dict[str, Any],
        public=bool,
        created_at=datetime,
    )
    validate = TypeAdapter(event).validate_json
    good, bad = [], []
    for line in raw.splitlines():
        try:
            good.append(validate(line))
        except ValidationError as problem:
            bad.append(problem.errors(include_url=False))
    return len(bad)


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else data.events(20_000)
    if source is None:
        sys.exit(f"no events under {data.SHARED}")
    raw, table = source.read_bytes(), contract()
    rows = decode(raw, table).total

    def frame(raw: bytes) -> int:
        result = decode(raw, table)
        return rows - result.frame.height

    jobs: dict[str, Callable[[bytes], int]] = {
        "ours": lambda raw: len(decode(raw, table).errors),
        "ours, with columns": frame,
    }
    if find_spec("orjson") and find_spec("jsonschema_rs"):
        jobs["orjson + jsonschema-rs"] = jsonschema
    if find_spec("pydantic"):
        jobs["pydantic"] = pydantic
    best = dict.fromkeys(jobs, float("inf"))
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            start = time.perf_counter()
            bad = job(raw)
            best[name] = min(best[name], time.perf_counter() - start)
            print(f"\r{name}: {bad} bad", end="\033[K", file=sys.stderr)
    print(file=sys.stderr)
    for name, seconds in best.items():
        each, pace, share = 1e6 * seconds / rows, rows / seconds, seconds / best["ours"]
        print(f"{name:24} {each:7.2f} us  {pace:9,.0f} records/s  {share:5.2f} x ours")


if __name__ == "__main__":
    main()

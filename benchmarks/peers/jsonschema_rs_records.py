"""orjson and jsonschema-rs over NDJSON: each line to a dict, every error of those that do not fit."""

import jsonschema_rs
import orjson
from rules import path, tell

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id", "type", "actor", "repo", "public", "created_at"],
    "properties": {
        "id": {"type": "string"},
        "type": {"type": "string"},
        "actor": {
            "type": "object",
            "required": ["id", "login"],
            "properties": {"id": {"type": "integer"}, "login": {"type": "string"}},
        },
        "repo": {
            "type": "object",
            "required": ["id", "name"],
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
        },
        "public": {"type": "boolean"},
        "created_at": {"type": "string", "format": "date-time"},
    },
}


def main() -> None:
    validator = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    good, bad = [], []
    for line in path().read_bytes().splitlines():
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            bad.append([str(error)])
            continue
        if validator.is_valid(record):
            good.append(record)
        else:
            bad.append([(item.instance_path, item.message) for item in validator.iter_errors(record)])
    tell(
        "jsonschema_rs",
        rows=len(good) + len(bad),
        failed={"bad": len(bad)},
        packages="jsonschema-rs orjson",
    )


if __name__ == "__main__":
    main()

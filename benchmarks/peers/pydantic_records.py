"""pydantic over NDJSON: each line to a typed model, every error of those that do not fit."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from rules import path, tell


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class Actor(Strict):
    id: int
    login: str


class Repo(Strict):
    id: int
    name: str


class Event(Strict):
    id: str
    type: str
    actor: Actor
    repo: Repo
    public: bool
    created_at: datetime


def main() -> None:
    validate = TypeAdapter(Event).validate_json
    good, bad = [], []
    for line in path().read_bytes().splitlines():
        try:
            good.append(validate(line))
        except ValidationError as error:
            bad.append(error.errors(include_url=False))
    tell("pydantic", rows=len(good) + len(bad), failed={"bad": len(bad)})


if __name__ == "__main__":
    main()

"""Events as the API sends them, in their shapes of 2015 and of today."""

from __future__ import annotations

from typing import Any

SHA = "0123456789abcdef0123456789abcdef01234567"


def event(**changes: Any) -> dict[str, Any]:
    """A push of today: without its commits, and without their number."""
    found: dict[str, Any] = {
        "id": "51000000001",
        "type": "PushEvent",
        "actor": {
            "id": 7,
            "login": "ann",
            "display_login": "ann",
            "gravatar_id": "",
            "url": "https://api.github.com/users/ann",
            "avatar_url": "https://avatars.githubusercontent.com/u/7?",
        },
        "repo": {"id": 70, "name": "ann/tools", "url": "https://api.github.com/repos/ann/tools"},
        "payload": {
            "repository_id": 70,
            "push_id": 700,
            "ref": "refs/heads/main",
            "head": SHA,
            "before": SHA[::-1],
        },
        "public": True,
        "created_at": "2026-03-01T10:15:00Z",
    }
    return {**found, **changes}


def push(
    size: int, *, distinct: int | None = None, listed: int | None = None, **changes: Any
) -> dict[str, Any]:
    """A push of before October 2025, with its size and the first 20 of its commits."""
    commits = [
        {"sha": SHA, "author": {"email": "a@example.com", "name": "Ann"}, "message": "m", "distinct": True}
    ] * (min(size, 20) if listed is None else listed)
    payload = {
        **event()["payload"],
        "size": size,
        "distinct_size": size if distinct is None else distinct,
        "commits": commits,
    }
    return event(payload=payload, **changes)


def old(**changes: Any) -> dict[str, Any]:
    """An event of 2015: the actor has no `display_login`, URLs are of another host."""
    actor = {"id": 7, "login": "ann", "gravatar_id": "", "url": "https://api.github.dev/users/ann"}
    return event(
        **{
            "actor": actor,
            "type": "WatchEvent",
            "payload": {"action": "started"},
            "created_at": "2015-01-01T00:00:00Z",
            **changes,
        }
    )

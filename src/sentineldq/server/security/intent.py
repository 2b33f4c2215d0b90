"""What is going to be done is written down before it is: a process that dies in between leaves a trace of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from starlette.types import Scope

from sentineldq.server.state import State
from sentineldq.store import audit


def intend(request: Request, here: State, *, name: str | None = None, role: str | None = None) -> None:
    """Write down, once a request, that it is going to be done. Raises StoreError: what cannot be is not done."""
    if getattr(request.state, "intent", None) is None:
        said = {**described(request.scope), "status": audit.UNKNOWN}
        said |= {"actor": name, "role": role} if name is not None else {}
        request.state.intent = audit.add(here.store, **said)


def described(scope: Scope) -> dict[str, Any]:
    """Who asks for what, as the audit log has it."""
    who = scope.get("state", {}).get("principal")
    route = scope.get("route")
    return {
        "at": datetime.now(UTC),
        "actor": getattr(who, "name", None),
        "role": getattr(who, "role", None),
        "address": scope["client"][0] if scope.get("client") else None,
        "action": f"{scope['method']} {getattr(route, 'path', 'unknown')}",
        "target": scope["path"][:500],
    }

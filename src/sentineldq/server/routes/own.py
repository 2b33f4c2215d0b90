"""What is one's own: keys, and sessions elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from sentineldq.server.page import Page
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.routes.access import KeyOut, KeyWithSecret, NewOwnKey, key_shown, made
from sentineldq.server.security.principal import RANK, Principal, Viewer
from sentineldq.server.state import Here
from sentineldq.store import keys, sessions

router = APIRouter(prefix="/session", tags=["session"])


class SessionOut(BaseModel):
    """A session of one's own. seen_at: to the minute; current: the one that asks."""

    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool


@router.get("/all")
def list_sessions(me: Viewer, here: Here) -> Page[SessionOut]:
    """Where one is logged in, the session used last first."""
    found = sessions.of_user(here.store, me.user_id, now=datetime.now(UTC)) if me.user_id else []
    items = [
        SessionOut(
            created_at=one.created_at,
            seen_at=one.seen_at,
            expires_at=one.expires_at,
            current=one.digest == me.session,
        )
        for one in found
    ]
    return Page[SessionOut](items=items, total=len(items))


@router.delete("/others", status_code=204)
def end_others(me: Viewer, here: Here) -> None:
    """Log out everywhere else."""
    sessions.end_all(here.store, person(me), but=me.session)


@router.get("/keys")
def list_own(me: Viewer, here: Here) -> Page[KeyOut]:
    """One's own keys, the newest first, those that hold no more among them."""
    found = [key for key in keys.every(here.store) if me.user_id is not None and key.user_id == me.user_id]
    return Page[KeyOut](items=[key_shown(key) for key in found], total=len(found))


@router.post("/keys", status_code=201)
def add_own(given: NewOwnKey, request: Request, me: Viewer, here: Here) -> KeyWithSecret:
    """Make a key of one's own, of one's own role at most. Its secret is in this answer and nowhere else."""
    request.state.secret = True  # not to be kept for a request that comes twice
    if RANK[given.role] > RANK[me.role]:
        raise RequestError(403, f"a key of {me.name} is {me.role} at most")
    return made(here, given, person(me))


@router.delete("/keys/{key_id}", status_code=204)
def revoke_own(key_id: str, me: Viewer, here: Here) -> None:
    """Revoke a key of one's own: it holds no more from now on."""
    mine = {key.key_id for key in keys.every(here.store) if key.user_id == person(me)}
    if key_id not in mine or not keys.revoke(here.store, key_id, now=datetime.now(UTC)):
        raise NotFoundError(f"key {key_id!r} of yours that holds")


def person(me: Principal) -> str:
    """The user who is logged in. Raises RequestError for a program, which makes no keys and ends no sessions."""
    if me.kind != "session" or me.user_id is None:
        raise RequestError(403, "this is for who is logged in by name", hint="log in first")
    return me.user_id

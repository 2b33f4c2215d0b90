"""Logging in and out, and who one is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from sentineldq.contracts.duration import parse_duration
from sentineldq.server.problems import RequestError
from sentineldq.server.security import secrets
from sentineldq.server.security.limits import Limit, address
from sentineldq.server.security.principal import COOKIE, Anyone, Viewer
from sentineldq.server.state import Here
from sentineldq.store import keys, sessions, users
from sentineldq.store.sessions import Session
from sentineldq.store.users import User

router = APIRouter(prefix="/session", tags=["session"])

TRIES = Limit(burst=10, per_minute=6)
"""Of one address, and of one name."""


class Login(BaseModel):
    """A name and a password."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["ada"])]
    password: Annotated[str, Field(min_length=1, max_length=secrets.LONGEST, examples=["four words will do"])]


class Token(BaseModel):
    """An API key of a user, such as the one that the first run shows."""

    token: Annotated[str, Field(min_length=1, max_length=500)]


class Me(BaseModel):
    """Who is logged in. csrf: what to send as X-CSRF-Token with every write of a session."""

    name: str
    role: str
    kind: str
    csrf: str | None = None


@router.post("", dependencies=[Anyone])
def log_in(given: Login, request: Request, response: Response, here: Here) -> Me:
    """Log in: the session's secret comes as a cookie that no script can read."""
    TRIES.take(f"address {address(request)}")
    TRIES.take(f"name {given.name.lower()}")
    user = users.by_name(here.store, given.name)
    if not secrets.fits(given.password, user.password if user else None) or user is None or not user.active:
        raise RequestError(401, "name and password do not fit", headers={"WWW-Authenticate": "Cookie"})
    return open_session(request, response, here, user)


@router.post("/token", dependencies=[Anyone])
def log_in_by_token(given: Token, request: Request, response: Response, here: Here) -> Me:
    """Log in with a key that is a user's own, and has all of the user's rights."""
    TRIES.take(f"address {address(request)}")
    key = keys.find(here.store, secrets.digest(given.token.strip()), now=datetime.now(UTC))
    user = users.by_id(here.store, key.user_id) if key and key.user_id else None
    if key is None or user is None or not user.active or key.scopes or key.role != user.role:
        raise RequestError(401, "the token is not one to log in with", headers={"WWW-Authenticate": "Cookie"})
    return open_session(request, response, here, user)


def open_session(request: Request, response: Response, here: Here, user: User) -> Me:
    """Begin a session for a user, and set its cookie. The session of before, if any, is over."""
    if old := request.cookies.get(COOKIE):
        sessions.end(here.store, secrets.digest(old))
    now = datetime.now(UTC)
    term = parse_duration(here.project.settings.server.session)
    secret = secrets.new()
    begun = Session(
        digest=secrets.digest(secret),
        user_id=user.user_id,
        csrf=secrets.new(),
        created_at=now,
        seen_at=now,
        expires_at=now + term,
    )
    sessions.begin(here.store, begun)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(term.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return Me(name=user.name, role=user.role, kind="session", csrf=begun.csrf)


@router.get("")
def who(me: Viewer) -> Me:
    """Who one is, and the token that writes need."""
    return Me(name=me.name, role=me.role, kind=me.kind, csrf=me.csrf)


@router.delete("", status_code=204)
def log_out(me: Viewer, response: Response, here: Here) -> None:
    """Log out: the session is over at once."""
    if me.session is not None:
        sessions.end(here.store, me.session)
    response.delete_cookie(COOKIE)

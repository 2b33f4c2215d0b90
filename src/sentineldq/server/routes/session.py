"""Logging in and out, and who one is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from sentineldq.contracts.duration import parse_duration
from sentineldq.server.problems import RequestError
from sentineldq.server.security import secrets
from sentineldq.server.security.intent import intend
from sentineldq.server.security.limits import address
from sentineldq.server.security.principal import COOKIE, Anyone, Viewer, principal_of
from sentineldq.server.state import Here, State
from sentineldq.store import keys, sessions, users
from sentineldq.store.sessions import Session
from sentineldq.store.users import User

router = APIRouter(prefix="/session", tags=["session"])


class Login(BaseModel):
    """A name and a password."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["ada"])]
    password: Annotated[str, Field(min_length=1, max_length=secrets.LONGEST, examples=["four words will do"])]


class Token(BaseModel):
    """An API key of a user, such as the one that the first run shows."""

    token: Annotated[str, Field(min_length=1, max_length=500)]


class Change(BaseModel):
    """The password of before, and the one from now on."""

    old: Annotated[str, Field(max_length=secrets.LONGEST, examples=["four words will do"])] = ""
    new: Annotated[
        str,
        Field(min_length=secrets.SHORTEST, max_length=secrets.LONGEST, examples=["so will these four"]),
    ]


class Ways(BaseModel):
    """How one can log in. open: nobody has to. provider: what the identity provider is called, null where none is."""

    open: bool
    password: bool
    provider: str | None


class Me(BaseModel):
    """Who is logged in. csrf: what to send as X-CSRF-Token with every write of a session."""

    name: str
    role: str
    kind: str
    csrf: str | None = None


@router.post("", dependencies=[Anyone])
def log_in(given: Login, request: Request, response: Response, here: Here) -> Me:
    """Log in: the session's secret comes as a cookie that no script can read."""
    here.tries.take(f"address {address(request)}", f"name {given.name.lower()}")
    user = users.by_name(here.store, given.name)
    if not secrets.fits(given.password, user.password if user else None) or user is None or not user.active:
        raise RequestError(401, "name and password do not fit", headers={"WWW-Authenticate": "Cookie"})
    return open_session(request, response, here, user)


@router.post("/token", dependencies=[Anyone])
def log_in_by_token(given: Token, request: Request, response: Response, here: Here) -> Me:
    """Log in with a key that is a user's own, and has all of the user's rights."""
    here.tries.take(f"address {address(request)}")
    key = keys.find(here.store, secrets.digest(given.token.strip()), now=datetime.now(UTC))
    user = users.by_id(here.store, key.user_id) if key and key.user_id else None
    if key is None or user is None or not user.active or key.scopes or key.role != user.role:
        raise RequestError(401, "the token is not one to log in with", headers={"WWW-Authenticate": "Cookie"})
    return open_session(request, response, here, user)


def open_session(request: Request, response: Response, here: Here, user: User) -> Me:
    """Begin a session for a user, and set its cookie. The session of before, if any, is over, and so are old ones."""
    intend(request, here, name=user.name, role=user.role)
    now = datetime.now(UTC)
    if old := request.cookies.get(COOKIE):
        sessions.end(here.store, secrets.digest(old))
    sessions.prune(here.store, now=now)
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
    request.state.principal = principal_of(begun, user)
    response.set_cookie(COOKIE, secret, max_age=int(term.total_seconds()), **manner(request, here))
    return Me(name=user.name, role=user.role, kind="session", csrf=begun.csrf)


def manner(request: Request, here: State) -> dict[str, Any]:
    """How the cookie is set: for no script, for no other site, and over TLS alone where people come by it."""
    link = here.project.settings.server.link or ""
    tls = request.url.scheme == "https" or link.startswith("https://")
    return {"httponly": True, "samesite": "strict", "secure": tls}


@router.get("/ways", dependencies=[Anyone])
def ways(here: Here) -> Ways:
    """How one can log in here."""
    oidc = here.project.settings.server.oidc
    return Ways(open=here.open_, password=not here.open_, provider=oidc.label if oidc else None)


@router.get("")
def who(me: Viewer, response: Response) -> Me:
    """Who one is, and the token that writes need."""
    response.headers["Cache-Control"] = "no-store"
    return Me(name=me.name, role=me.role, kind=me.kind, csrf=me.csrf)


@router.put("/password")
def change_password(given: Change, me: Viewer, request: Request, response: Response, here: Here) -> Me:
    """Change one's own password. Every session of before is over; this one goes on as a new one."""
    user = users.by_id(here.store, me.user_id) if me.kind == "session" and me.user_id else None
    if user is None or user.issuer is not None:
        raise RequestError(403, "a password is changed by who is logged in with it", hint="log in first")
    here.tries.take(f"name {user.name.lower()}")
    if not secrets.fits(given.old, user.password) and user.password is not None:
        raise RequestError(403, "the old password is not that")
    now = datetime.now(UTC)
    changed = users.change(here.store, user.user_id, now=now, password=secrets.hash_password(given.new))
    return open_session(request, response, here, changed or user)


@router.delete("", status_code=204)
def log_out(me: Viewer, request: Request, response: Response, here: Here) -> None:
    """Log out: the session is over at once."""
    if me.session is not None:
        sessions.end(here.store, me.session)
    response.delete_cookie(COOKIE, **manner(request, here))

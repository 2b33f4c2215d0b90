"""Who asks, and whether they may: the one dependency that every route has."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import Depends, Request

from sentineldq.server.problems import RequestError
from sentineldq.server.security import secrets
from sentineldq.server.security.intent import intend
from sentineldq.server.state import Here, State
from sentineldq.store import keys, sessions
from sentineldq.store.users import User

Role = Literal["viewer", "analyst", "steward", "admin"]
RANK: dict[str, int] = {"viewer": 0, "analyst": 1, "steward": 2, "admin": 3}
COOKIE = "sentinel_session"
CSRF = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PREFIX = "/api/v1/"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who asks. kind: by what they are known; id: of the key or the user that it is.

    scopes: the parts of the API that a key is good for; none: all.
    """

    id: str
    name: str
    role: Role
    kind: Literal["open", "key", "session"]
    user_id: str | None = None
    session: str | None = None
    csrf: str | None = None
    scopes: tuple[str, ...] = ()


def identify(request: Request, here: State) -> Principal | None:
    """Who a request is from; None for nobody. Raises RequestError for a credential that does not hold."""
    if here.open_:
        refuse_elsewhere(request)
        return Principal(id="local", name="local", role="admin", kind="open")
    header = request.headers.get("Authorization")
    if header is not None:
        return _bearer(header, here)
    secret = request.cookies.get(COOKIE)
    return _session(request, here, secret) if secret else None


def refuse_elsewhere(request: Request) -> None:
    """Where nobody has to log in, refuse the pages of other sites, which this machine's browser would ask for.

    A site may have its name lead to this machine (DNS rebinding), or post a form here. Raises RequestError.
    """
    host = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    if not is_local(host):
        raise RequestError(
            403, f"{host!r} is not this machine", hint="open http://127.0.0.1 or http://localhost"
        )
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.headers["Host"]:
        raise RequestError(403, "a page of another site asks")


def is_local(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bearer(header: str, here: State) -> Principal:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise unknown("the Authorization header is not `Bearer TOKEN`")
    digest = secrets.digest(secret.strip())
    key = keys.find(here.store, digest, now=datetime.now(UTC))
    if key is None:
        raise unknown("the token is unknown, revoked or over")
    return Principal(
        id=key.key_id,
        name=key.name,
        role=key.role,  # type: ignore[arg-type]  # the store's own rule
        kind="key",
        user_id=key.user_id,
        scopes=tuple(key.scopes),
    )


def _session(request: Request, here: State, secret: str) -> Principal:
    digest = secrets.digest(secret)
    found = sessions.find(here.store, digest, now=datetime.now(UTC))
    if found is None:
        raise unknown("the session is over; log in again")
    session, user = found
    if request.method not in SAFE and not hmac.compare_digest(request.headers.get(CSRF, ""), session.csrf):
        raise RequestError(403, f"the {CSRF} header is missing or wrong")
    return principal_of(session, user)


def principal_of(session: sessions.Session, user: User) -> Principal:
    """Who a session is of."""
    return Principal(
        id=user.user_id,
        name=user.name,
        role=user.role,  # type: ignore[arg-type]  # the store's own rule
        kind="session",
        user_id=user.user_id,
        session=session.digest,
        csrf=session.csrf,
    )


class Allowed:
    """A dependency: the principal of a request, of this role at least; `None` in `role` asks for nobody.

    It runs before the route does, so that what somebody may do is written down here before it is done. reads: a route
    that changes nothing, though its method is one of those that do.
    """

    def __init__(self, role: Role | None, *, reads: bool = False) -> None:
        self.role, self.reads = role, reads

    def __call__(self, request: Request, here: Here) -> Principal | None:
        if self.role is None:
            return None
        found: Principal | None = getattr(request.state, "principal", None) or identify(request, here)
        if found is None:
            raise unknown("nobody is logged in")
        request.state.principal = found
        if RANK[found.role] < RANK[self.role]:
            raise RequestError(403, f"this takes the role {self.role}; {found.name} is {found.role}")
        part = request.url.path.removeprefix(PREFIX).split("/", 1)[0]
        if found.scopes and part not in found.scopes:
            raise RequestError(403, f"the key {found.name} is not for {part}")
        if request.method not in SAFE and not self.reads:
            intend(request, here)
        return found


def unknown(why: str) -> RequestError:
    """401, and how to say who one is."""
    return RequestError(401, why, headers={"WWW-Authenticate": "Bearer"})


Anyone = Depends(Allowed(None))
"""For what has to be reached before one is known: health, logging in, the dashboard's files."""

Viewer = Annotated[Principal, Depends(Allowed("viewer"))]
Analyst = Annotated[Principal, Depends(Allowed("analyst"))]
Reading = Annotated[Principal, Depends(Allowed("analyst", reads=True))]
Steward = Annotated[Principal, Depends(Allowed("steward"))]
Admin = Annotated[Principal, Depends(Allowed("admin"))]

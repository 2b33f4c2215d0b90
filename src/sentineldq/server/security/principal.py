"""Who asks, and whether they may: the one dependency that every route has."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

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

    @property
    def owner(self) -> str:
        """Whose what it makes is: the user's behind it, by session or key; a key's own where there is none."""
        return self.user_id or self.id


LOCAL = Principal(id="local", name="local", role="admin", kind="open")


async def asks(request: Request, here: State) -> Principal | None:
    """Who a request is from, as `identify` says; the store is asked, in another thread, only of whom it must be."""
    return recall(request, here) or await run_in_threadpool(identify, request, here)


def recall(request: Request, here: State) -> Principal | None:
    """Who a request is from, where that is known without the store. Raises RequestError as `identify`."""
    found = _credential(request, here)
    if isinstance(found, str):
        known = here.known.recall(secrets.digest(found))
        return None if known is None else _checked(request, known)
    return found


def identify(request: Request, here: State) -> Principal | None:
    """Who a request is from; None for nobody. Raises RequestError for a credential that does not hold."""
    found = _credential(request, here)
    if not isinstance(found, str):
        return found
    digest = secrets.digest(found)
    known = here.known.recall(digest)
    if known is None:
        stamp = here.store.stamp()
        held = _bearer if "Authorization" in request.headers else _session
        known, ends = held(here, digest)
        here.known.remember(digest, known, stamp=stamp, ends=ends)
    return _checked(request, known)


def _credential(request: Request, here: State) -> str | Principal | None:
    """The secret that a request comes with; where nobody has to log in, who all are."""
    if here.open_:
        refuse_elsewhere(request)
        return LOCAL
    header = request.headers.get("Authorization")
    if header is None:
        return request.cookies.get(COOKIE) or None
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise unknown("the Authorization header is not `Bearer TOKEN`")
    return secret.strip()


def _checked(request: Request, found: Principal) -> Principal:
    """Whoever comes with a session sends its token along with every write. Raises RequestError."""
    if found.csrf is None or request.method in SAFE:
        return found
    if not hmac.compare_digest(request.headers.get(CSRF, "").encode(), found.csrf.encode()):
        raise RequestError(403, f"the {CSRF} header is missing or wrong")
    return found


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


def _bearer(here: State, digest: str) -> tuple[Principal, datetime | None]:
    key = keys.find(here.store, digest, now=datetime.now(UTC))
    if key is None:
        raise unknown("the token is unknown, revoked or over")
    found = Principal(
        id=key.key_id,
        name=key.name,
        role=key.role,  # type: ignore[arg-type]  # the store's own rule
        kind="key",
        user_id=key.user_id,
        scopes=tuple(key.scopes),
    )
    return found, key.expires_at


def _session(here: State, digest: str) -> tuple[Principal, datetime | None]:
    found = sessions.find(here.store, digest, now=datetime.now(UTC))
    if found is None:
        raise unknown("the session is over; log in again")
    session, user = found
    return principal_of(session, user), session.expires_at


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

    async def __call__(self, request: Request, here: Here) -> Principal | None:
        if self.role is None:
            return None
        found: Principal | None = getattr(request.state, "principal", None) or await asks(request, here)
        if found is None:
            raise unknown("nobody is logged in")
        request.state.principal = found
        if RANK[found.role] < RANK[self.role]:
            raise RequestError(403, f"this takes the role {self.role}; {found.name} is {found.role}")
        part = request.url.path.removeprefix(PREFIX).split("/", 1)[0]
        if found.scopes and part not in found.scopes:
            raise RequestError(403, f"the key {found.name} is not for {part}")
        if request.method not in SAFE:
            if self.reads:
                request.state.reads = True
            else:
                await run_in_threadpool(intend, request, here)
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

"""Logging in by an identity provider."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse

from sentineldq.errors import UsageError
from sentineldq.pipeline.settings import Oidc
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.routes.session import manner, open_session
from sentineldq.server.security.intent import intend
from sentineldq.server.security.limits import address
from sentineldq.server.security.oidc import TERM, Provider, role_of
from sentineldq.server.security.principal import Anyone
from sentineldq.server.state import Here, State
from sentineldq.store import users
from sentineldq.store.users import User

PATH = "/api/v1/session/provider"
COOKIE = "sentinel_login"

router = APIRouter(prefix="/session/provider", tags=["session"])


@router.get("", dependencies=[Anyone], status_code=303, response_class=RedirectResponse)
def begin(request: Request, here: Here) -> RedirectResponse:
    """Go to the identity provider to log in."""
    provider = _provider(here)
    here.tries.take(f"provider {address(request)}")
    where, secret = provider.begin(back=_back(request, here))
    answer = RedirectResponse(where, 303)
    # Lax, since the way back begins at the provider's site.
    how = {**manner(request, here), "samesite": "lax", "path": PATH}
    answer.set_cookie(COOKIE, secret, max_age=int(TERM.total_seconds()), **how)
    return answer


@router.get("/back", dependencies=[Anyone], status_code=303, response_class=RedirectResponse)
def back(request: Request, here: Here) -> RedirectResponse:
    """Come back from the identity provider: a session begins."""
    provider = _provider(here)
    request.state.audited = True
    secret = request.cookies.get(COOKIE)
    claims = provider.finish(dict(request.query_params), secret=secret, back=_back(request, here))
    intend(request, here)
    answer = RedirectResponse("/", 303)
    open_session(request, answer, here, _known(here, provider.settings, claims))
    answer.delete_cookie(COOKIE, path=PATH)
    return answer


def _known(here: State, settings: Oidc, claims: dict[str, Any]) -> User:
    """The user that claims are about, with the role that they give; one who comes for the first time is added."""
    role, now = role_of(claims, settings), datetime.now(UTC)
    if role is None:
        raise RequestError(403, "you have no role here", hint="ask whoever looks after this server for one")
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    user = users.by_subject(here.store, issuer=issuer, subject=subject)
    if user is None:
        name = _name(here, claims)
        shown = claims.get("name")
        return users.add(
            here.store,
            name=name,
            role=role,
            now=now,
            display_name=shown[:200] if isinstance(shown, str) else None,
            issuer=issuer,
            subject=subject,
        )
    if not user.active:
        raise RequestError(403, "you are let in no more")
    if user.role == role:
        return user
    try:
        return users.change(here.store, user.user_id, now=now, role=role) or user
    except UsageError as fault:
        raise RequestError(409, fault.message, hint=fault.hint) from fault


def _name(here: State, claims: dict[str, Any]) -> str:
    """A name that nobody has yet: who has it already is somebody else."""
    said = [claims.get(one) for one in ("preferred_username", "email")]
    host = urlsplit(str(claims["iss"])).hostname or "provider"
    wished = next(
        (one for one in said if isinstance(one, str) and one.strip().isprintable() and one.strip()), ""
    )
    names = [wished.strip()[:150], f"{wished.strip()[:100]} ({host})"[:200]] if wished else []
    return next(
        (one for one in names if users.by_name(here.store, one) is None), f"{claims['sub']} ({host})"[:500]
    )


def _back(request: Request, here: State) -> str:
    """Where the provider sends people back to; it has to know this address beforehand."""
    link = here.project.settings.server.link or f"{request.url.scheme}://{request.url.netloc}"
    return f"{link.rstrip('/')}{PATH}/back"


def _provider(here: State) -> Provider:
    if here.provider is None:
        raise NotFoundError("identity provider here", hint="`server.oidc` in sentinel.yaml names one")
    return here.provider

"""The application: routes, in the order of their subjects, within layers that all of them share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from sentineldq.server import pages, problems, standing
from sentineldq.server.description import Described
from sentineldq.server.routes import (
    access,
    alerts,
    channels,
    comparison,
    contracts,
    dashboard,
    datasets,
    drift,
    events,
    freshness,
    health,
    jobs,
    matrix,
    monitors,
    own,
    past,
    pipelines,
    profiles,
    provider,
    quality,
    quarantine,
    runs,
    search,
    session,
    validate,
)
from sentineldq.server.security.audit import Audited
from sentineldq.server.security.bodies import Bounded
from sentineldq.server.security.gate import Gate
from sentineldq.server.security.headers import SecureHeaders
from sentineldq.server.security.once import Once
from sentineldq.server.security.tags import LEVEL, PACKED, Tagged
from sentineldq.server.state import State
from sentineldq.version import __version__

API = "/api/v1"
DESCRIPTION = "Data quality, drift, alerts and pipelines of one project."
ERRORS = problems.documented(400, 401, 403, 404, 409, 422, 429, 503)
PEOPLE = (session, own, provider, access, alerts, channels)
DATA = (
    dashboard,
    datasets,
    contracts,
    profiles,
    drift,
    matrix,
    comparison,
    monitors,
    freshness,
    pipelines,
    runs,
    quarantine,
    past,
    validate,
    quality,
    jobs,
    search,
    events,
)
"""The place of models' own subject, `model-monitoring`, is after these; nothing answers there yet."""


def create_app(here: State) -> FastAPI:
    """The app over a project's state, which outlives it: the workers beside it need that until they have stopped."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        here.feed.close()

    app = Described(
        title="SentinelDQ",
        version=__version__,
        description=DESCRIPTION,
        lifespan=life,
        openapi_url=None,  # a route of ours answers it, to those who may read
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
    )
    app.state.here = here
    here.renewals.append(partial(standing.renew, here))
    problems.install(app)
    app.include_router(health.router)
    for subject in (*PEOPLE, *DATA):
        app.include_router(subject.router, prefix=API, responses=ERRORS)
    app.include_router(pages.router)  # the last: it answers whatever is left
    layer(app, here)
    return app


def layer(app: FastAPI, here: State) -> None:
    """What every request goes through, from the inside out."""
    settings = here.project.settings.server
    app.add_middleware(Tagged, stamp=here.stamp)
    app.add_middleware(Once, here=here)
    app.add_middleware(Gate, here=here)
    app.add_middleware(Bounded, file_limit=settings.upload_limit)
    app.add_middleware(Audited, here=here)
    app.add_middleware(GZipMiddleware, minimum_size=PACKED, compresslevel=LEVEL)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "Idempotency-Key"],
        )
    app.add_middleware(SecureHeaders, tls=(settings.link or "").startswith("https://"))

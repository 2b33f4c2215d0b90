"""Error reports to Sentry: sent where SENTRY_DSN names a project, else not even imported.

Reports hold the error, its trace and what `capture` is told; no variables, no records, no logs. Secrets are masked in
them as they are in logs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sentineldq.errors import MissingExtraError, UsageError
from sentineldq.telemetry.secrets import Masker, values
from sentineldq.version import __version__

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

DSN, ENVIRONMENT, RELEASE = "SENTRY_DSN", "ENVIRONMENT", "SENTRY_RELEASE"
PATIENCE = 2.0
"""Seconds to wait at the end for reports under way."""


def configure(*, variables: Mapping[str, str] | None = None) -> bool:
    """Report errors from now on if SENTRY_DSN is set; whether it is. Raises MissingExtraError, UsageError."""
    given = os.environ if variables is None else variables
    if not given.get(DSN):
        return False
    try:
        import sentry_sdk
        from sentry_sdk.integrations.logging import LoggingIntegration
        from sentry_sdk.utils import BadDsn
    except ImportError:
        raise MissingExtraError(
            "sentry-sdk", extra="sentry", purpose=f"{DSN} is set: reporting errors"
        ) from None
    masker = Masker(values(given))

    def mask(event: Event, _hint: Hint) -> Event:
        return masker.mapping(event, depth=32)  # type: ignore[return-value]  # the same keys, as plain JSON

    try:
        sentry_sdk.init(
            dsn=given[DSN],
            environment=given.get(ENVIRONMENT) or "production",
            release=given.get(RELEASE) or f"sentineldq@{__version__}",
            send_default_pii=False,
            include_local_variables=False,
            auto_enabling_integrations=False,
            # Our errors are told on purpose, by `capture`; a log line may hold a record.
            integrations=[LoggingIntegration(level=None, event_level=None)],
            max_breadcrumbs=0,
            before_send=mask,
            shutdown_timeout=PATIENCE,
        )
    except BadDsn as fault:
        raise UsageError(f"{DSN} is not the DSN of a Sentry project: {fault}", hint=f"unset {DSN}") from None
    return True


def capture(error: BaseException, **facts: Any) -> None:
    """Report an error with facts about it (run, pipeline, …); nothing happens where reports are off."""
    sentry_sdk = sys.modules.get("sentry_sdk")
    if sentry_sdk is None or not sentry_sdk.is_initialized():
        return
    with sentry_sdk.new_scope() as scope:
        for name, value in facts.items():
            scope.set_tag(name, str(value))
        scope.capture_exception(error)


def flush() -> None:
    """Wait for reports under way, two seconds at most."""
    sentry_sdk = sys.modules.get("sentry_sdk")
    if sentry_sdk is not None:
        sentry_sdk.flush(timeout=PATIENCE)

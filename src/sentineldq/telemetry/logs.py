"""Logs: events with facts, for people on a terminal and as JSON everywhere else.

`configure` is for the program, once; code of the package asks for a `logger` and binds what it is about. Nothing is
written before `configure`: a library has no business on somebody's screen. Logs go to standard error, since standard
output is for data.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO, cast

from sentineldq.errors import UsageError, WriteError, suggest
from sentineldq.telemetry.render import Human, to_json
from sentineldq.telemetry.secrets import Masker, values

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger
    from structlog.typing import Processor

Format = Literal["auto", "human", "json"]

OURS = "sentineldq"
LEVELS = ("debug", "info", "warning", "error")
SIZE = 10_000_000
"""Bytes of a log file, after which a new one is begun."""

KEPT = 5
"""Log files kept beside the current one."""

# Without a handler of anybody's, Python would write warnings to standard error.
logging.getLogger(OURS).addHandler(logging.NullHandler())


def configure(
    *,
    format: Format = "auto",  # noqa: A002  # the name of the option
    level: str = "info",
    file: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> None:
    """Send the events of this package and the logs of libraries to standard error, and to a file when one is named.

    format: `auto` is human on a terminal and JSON elsewhere; the file is JSON always, and begun anew at 10 MB (five
    old ones are kept). level: of this package's events; libraries are heard from `warning` on, with `debug` from
    `info` on. variables: those whose names say they are secret have their values masked; the environment by default.
    Called again, it replaces what it did before. Raises UsageError, WriteError.
    """
    if level not in LEVELS:
        raise UsageError(f"unknown level of logs: {level!r}", hint=suggest(level, LEVELS))
    masker = Masker(values(os.environ if variables is None else variables))
    handlers: list[logging.Handler] = [_terminal(sys.stderr, format, masker)]
    if file is not None:
        handlers.append(_file(file, masker))
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler.name == OURS]:
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        handler.set_name(OURS)
        root.addHandler(handler)
    root.setLevel(logging.INFO if level == "debug" else logging.WARNING)
    logging.getLogger(OURS).setLevel(level.upper())
    logging.captureWarnings(capture=True)


def logger(name: str) -> BoundLogger:
    """A logger of this package, by the module's name: `log.info("batch committed", rows=10)`."""
    import structlog

    # Not structlog's own configuration, which belongs to the program that we may be a library of.
    wrapped = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return cast("BoundLogger", wrapped)


def bound(**facts: Any) -> AbstractContextManager[None]:
    """Facts (run, pipeline, batch) for all events within a `with` block.

    They are the context's: a thread begun within has them when it is run in a copy of it (`contextvars`).
    """
    from structlog.contextvars import bound_contextvars

    return bound_contextvars(**facts)


def _shared() -> list[Processor]:
    """What is done with every event, ours or a library's, where it is logged."""
    import structlog

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
    ]


def _formatter(masker: Masker, render: Processor) -> logging.Formatter:
    """What is done with every event where it is written. Secrets are masked last, in all that was added."""
    import structlog

    def mask(_logger: Any, _method: str, event: Any) -> dict[str, Any]:
        return masker.mapping(event)

    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_shared(), processors=[meta, mask, render])


def _terminal(stream: TextIO, chosen: Format, masker: Masker) -> logging.Handler:
    terminal = stream.isatty()
    human = chosen == "human" or (chosen == "auto" and terminal)
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(masker, Human(colour=colour) if human else to_json))
    return handler


def _file(path: Path, masker: Masker) -> logging.Handler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _Rotating(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8")
    except OSError as fault:
        raise WriteError(str(path), fault.strerror or str(fault)) from fault
    handler.setFormatter(_formatter(masker, to_json))
    return handler


class _Rotating(RotatingFileHandler):
    """A log file; that it cannot be written is said once, and does not stop the work."""

    told = False

    def close(self) -> None:
        with suppress(OSError):  # what is still held back cannot be written either
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802
        if not self.told:
            self.told = True
            sys.stderr.write(f"cannot write log file {self.baseFilename}: {sys.exc_info()[1]}\n")

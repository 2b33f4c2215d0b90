"""A sign of life on a terminal, for what takes more than two seconds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

AFTER = 2.0
"""Seconds of silence before anything is shown; rich is imported only then."""


@contextmanager
def progress(text: str) -> Iterator[None]:
    """Show the text and the time elapsed on standard error while the block runs, if it is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    lock, shown, over = Lock(), list["Progress"](), False

    def show() -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with lock:
            if over:
                return
            columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
            bar = Progress(*columns, console=Console(stderr=True), transient=True)
            bar.add_task(text, total=None)
            bar.start()
            shown.append(bar)

    timer = Timer(AFTER, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            over = True
            for bar in shown:
                bar.stop()

"""A deadline for whole requests: the line is cut when it passes."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping
from threading import Timer
from typing import Any


class Line:
    """The connection in use, which a timer cuts when a request takes too long.

    httpx bounds each read by itself, so that a server which drips a byte now and then would hold a request for
    ever; cutting the socket ends any read at once. `cut` tells whether that happened to the last request.
    """

    def __init__(self) -> None:
        self.cut = False
        self._socket: socket.socket | None = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """The `trace` extension of httpx: takes note of the socket of each new connection."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cuts the line when what is done in the block takes longer."""
        self.cut = False
        timer = Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self.cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is closed already
                # The plain socket's own: that of a TLS socket forgets its TLS first, beneath the reading thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

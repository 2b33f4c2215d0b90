"""Metrics for Prometheus, in a registry of our own; how many series there can be is bounded."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any
from wsgiref.simple_server import WSGIServer

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
    start_http_server,
)

from sentineldq.errors import UsageError

MOST = 500
"""Values of one label; those that come later are counted under `other`."""

OTHER = "other"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """What a process counts. Every method may be called from any thread."""

    def __init__(self, *, most: int = MOST) -> None:
        self.registry = CollectorRegistry()
        self._events = _Labelled(
            Counter("ingestion_events", "Records committed to bronze", ["source"], registry=self.registry),
            most,
        )
        self._failed = _Labelled(
            Counter("validation_failed", "Records that failed a check", ["check"], registry=self.registry),
            most,
        )
        self._quarantined = _Labelled(
            Counter("quarantined", "Records put into quarantine", ["dataset"], registry=self.registry), most
        )
        self._lag = _Labelled(
            Gauge("lag_seconds", "Age of a dataset when last measured", ["dataset"], registry=self.registry),
            most,
        )
        self._seconds = _Labelled(
            Histogram(
                "batch_seconds",
                "Time that a stage took for a batch",
                ["stage"],
                buckets=SECONDS,
                registry=self.registry,
            ),
            most,
        )
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def ingested(self, source: str, events: int) -> None:
        """Records of a source that are committed: `ingestion_events_total`."""
        self._events.of(source).inc(events)

    def failed(self, check: str, records: int) -> None:
        """Records that failed a check: `validation_failed_total`."""
        self._failed.of(check).inc(records)

    def quarantined(self, dataset: str, records: int) -> None:
        """Records of a dataset put into quarantine: `quarantined_total`."""
        self._quarantined.of(dataset).inc(records)

    def lag(self, dataset: str, seconds: float) -> None:
        """How old a dataset is: `lag_seconds`."""
        self._lag.of(dataset).set(seconds)

    def batch(self, stage: str, seconds: float) -> None:
        """How long a stage took for a batch: `batch_seconds`."""
        self._seconds.of(stage).observe(seconds)

    def text(self) -> str:
        """All of it in the text format of Prometheus."""
        return generate_latest(self.registry).decode()


@dataclass
class _Labelled:
    """A metric of one label, whose values are the first so many that came."""

    metric: Any
    most: int
    seen: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, value: str) -> Any:
        with self.lock:
            if value not in self.seen and len(self.seen) >= self.most:
                value = OTHER
            else:
                self.seen.add(value)
        return self.metric.labels(value)


@dataclass(frozen=True)
class Server:
    """A server of metrics in a thread of its own."""

    host: str
    port: int
    _server: WSGIServer
    _thread: threading.Thread

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(metrics: Metrics, *, port: int, host: str = "127.0.0.1") -> Server:
    """Serve metrics at `http://HOST:PORT/metrics`; port 0 is any that is free. Raises UsageError."""
    try:
        server, thread = start_http_server(port, addr=host, registry=metrics.registry)
    except (OSError, OverflowError) as fault:
        raise UsageError(
            f"cannot serve metrics at {host}:{port}: {getattr(fault, 'strerror', None) or fault}",
            hint="another program may have that port; name another one",
        ) from fault
    return Server(host=host, port=server.server_port, _server=server, _thread=thread)

"""Metrics: counted in a registry of our own, bounded, and served over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from sentineldq.errors import UsageError
from sentineldq.telemetry.metrics import Metrics, serve


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Samples by name and values of labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_is_counted_is_told() -> None:
    metrics = Metrics()
    metrics.ingested("github", 10)
    metrics.ingested("github", 5)
    metrics.failed("type.in_set", 2)
    metrics.quarantined("events", 2)
    metrics.lag("events", 12.5)
    metrics.batch("silver", 0.2)
    found = samples(metrics.text())
    assert found["ingestion_events_total", "github"] == 15
    assert found["validation_failed_total", "type.in_set"] == 2
    assert found["quarantined_total", "events"] == 2
    assert found["lag_seconds", "events"] == 12.5
    assert found["batch_seconds_count", "silver"] == 1
    assert found["batch_seconds_bucket", "0.25", "silver"] == 1
    assert found["batch_seconds_bucket", "0.1", "silver"] == 0
    assert ("process_resident_memory_bytes",) in found


def test_a_registry_is_ones_own() -> None:
    Metrics().ingested("github", 1)
    assert REGISTRY.get_sample_value("ingestion_events_total", {"source": "github"}) is None
    assert ("ingestion_events_total", "github") not in samples(Metrics().text())


def test_there_are_only_so_many_series() -> None:
    metrics = Metrics(most=3)
    for number in range(10):
        metrics.failed(f"check {number}", 1)
    metrics.failed("check 0", 1)
    found = {
        key[1]: value for key, value in samples(metrics.text()).items() if key[0] == "validation_failed_total"
    }
    assert found == {"check 0": 2, "check 1": 1, "check 2": 1, "other": 7}


def test_threads_count_together() -> None:
    metrics = Metrics(most=2)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: metrics.ingested(f"source {number % 4}", 1), range(400)))
    found = [value for key, value in samples(metrics.text()).items() if key[0] == "ingestion_events_total"]
    assert (sum(found), len(found)) == (400, 3)


def test_any_text_can_be_a_label() -> None:
    metrics = Metrics()
    metrics.ingested('a"b\\c\nd', 1)
    assert samples(metrics.text())["ingestion_events_total", 'a"b\\c\nd'] == 1


def test_they_are_served_on_this_machine() -> None:
    metrics = Metrics()
    metrics.ingested("github", 1)
    server = serve(metrics, port=0)
    assert server.host == "127.0.0.1"
    answer = httpx.get(f"http://127.0.0.1:{server.port}/metrics", trust_env=False)
    assert samples(answer.text)["ingestion_events_total", "github"] == 1
    with pytest.raises(UsageError, match=f"127.0.0.1:{server.port}"):
        serve(metrics, port=server.port)
    server.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{server.port}/metrics", trust_env=False)


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="99999"):
        serve(Metrics(), port=99999)

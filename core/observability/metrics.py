"""Counters for Prometheus, summed over the processes of the web server.

``PROMETHEUS_MULTIPROC_DIR`` is set by the supervisor before Python starts; without it one process counts for itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from prometheus_client import REGISTRY as DEFAULT
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

REQUESTS = Counter("yidun_http_requests_total", "Answered requests", ["method", "endpoint", "status"])
SECONDS = Histogram(
    "yidun_http_request_seconds",
    "Time to answer",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def count(method: str, endpoint: str, status: int, seconds: float) -> None:
    """One more answered request (labels are ours, never text of a client)."""
    REQUESTS.labels(method, endpoint, str(status)).inc()
    SECONDS.labels(endpoint).observe(seconds)


class _Gauges(Collector):
    """Values measured at the moment of the question."""

    def __init__(self, values: dict[str, tuple[str, float]]) -> None:
        self._values = values

    def collect(self) -> Iterable[Metric]:
        for name, (text, value) in self._values.items():
            family = GaugeMetricFamily(name, text)
            family.add_metric([], value)
            yield family


def exposition(gauges: dict[str, tuple[str, float]]) -> bytes:
    """The text Prometheus reads: counters of all processes and ``gauges`` (name: (help, value))."""
    registry = CollectorRegistry()
    registry.register(_Gauges(gauges))
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(DEFAULT)

"""What Prometheus may know: counts and durations, never who or what."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

registry = CollectorRegistry()

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0)

requests = Counter(
    "kvitt_gateway_requests",
    "Requests by route and status.",
    ("route", "status"),
    registry=registry,
)
messages = Counter(
    "kvitt_gateway_messages", "Accepted messages by kind.", ("kind",), registry=registry
)
refused = Counter(
    "kvitt_gateway_refused", "Refused requests by error code.", ("code",), registry=registry
)
masked = Counter(
    "kvitt_gateway_masked", "Numbers masked in messages, by kind.", ("kind",), registry=registry
)
turns = Counter("kvitt_gateway_turns", "Ended turns by outcome.", ("outcome",), registry=registry)
turn_seconds = Histogram(
    "kvitt_gateway_turn_seconds",
    "From claiming a turn to its answer in the log.",
    buckets=_SECONDS,
    registry=registry,
)
rasa_seconds = Histogram(
    "kvitt_gateway_rasa_seconds",
    "Waiting for Rasa within a turn.",
    buckets=_SECONDS,
    registry=registry,
)
streams = Gauge("kvitt_gateway_streams", "Open event streams.", registry=registry)
streams_cut = Counter(
    "kvitt_gateway_streams_cut", "Streams closed because they read too slowly.", registry=registry
)


def expose() -> bytes:
    return generate_latest(registry)

"""What of the desk is counted and measured: one set for each process."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from starlette.types import Scope

from frontdesk.kit.metrics import Counter, Gauge, Histogram, Instrument
from frontdesk.ports.channel import Failed, SendResult, Sent, Unknown

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
OTHER = "other"
"""What stands for any path that is no route, and any method that nobody has: they are the caller's words."""


def _requests() -> Histogram:
    told = "Requests and how long they took to answer, streams apart."
    return Histogram("frontdesk_http_request_seconds", told, "method", "route", "status")


def _sends() -> Counter:
    told = "Tries to send a message, by what came of them: sent, retry, failed or unknown."
    return Counter("frontdesk_sends_total", told, "channel", "result")


def _send_seconds() -> Histogram:
    return Histogram("frontdesk_provider_request_seconds", "How long a provider took for a send.", "channel")


def _told_seconds() -> Histogram:
    told = "How long a provider says that a send took it."
    return Histogram("frontdesk_provider_told_seconds", told, "channel")


def _concurrent() -> Gauge:
    told = "How many of our requests a provider said last to have under way."
    return Gauge("frontdesk_provider_concurrent_requests", told, "channel")


def _intake() -> Counter:
    told = "Requests of providers that were taken, by hook or collected."
    return Counter("frontdesk_intake_total", told, "channel", "way")


def _jobs() -> Gauge:
    told = "Jobs of all processes: running, due, later; dead ones wait to be replayed."
    return Gauge("frontdesk_jobs", told, "queue", "state")


@dataclass(slots=True)
class Instruments:
    """All that is counted."""

    requests: Histogram = field(default_factory=_requests)
    sends: Counter = field(default_factory=_sends)
    send_seconds: Histogram = field(default_factory=_send_seconds)
    told_seconds: Histogram = field(default_factory=_told_seconds)
    concurrent: Gauge = field(default_factory=_concurrent)
    intake: Counter = field(default_factory=_intake)
    jobs: Gauge = field(default_factory=_jobs)
    jobs_read: float = float("-inf")
    sockets: Gauge = field(
        default_factory=lambda: Gauge("frontdesk_live_sockets", "Open sockets of the live line.")
    )
    about: Gauge = field(default_factory=lambda: Gauge("frontdesk_info", "The version that runs.", "version"))

    def every(self) -> Iterator[Instrument]:
        """All of them, in the order in which they are told."""
        yield from (self.about, self.requests, self.sockets, self.intake, self.sends)
        yield from (self.send_seconds, self.told_seconds, self.concurrent, self.jobs)

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """A request was answered."""
        method = scope["method"]
        self.requests.observe(
            seconds,
            method if method in _METHODS else OTHER,
            getattr(scope.get("route"), "path", OTHER),
            status,
        )

    def sent(self, channel: str, result: SendResult, seconds: float) -> None:
        """A channel tried to send a message."""
        self.sends.add(channel, _outcome(result))
        self.send_seconds.observe(seconds, channel)
        exchange = result.exchange
        if exchange is not None and exchange.provider_seconds is not None:
            self.told_seconds.observe(exchange.provider_seconds, channel)
        if exchange is not None and exchange.provider_concurrent is not None:
            self.concurrent.put(exchange.provider_concurrent, channel)

    def collected(self, channel: str, count: int) -> None:
        """A channel's provider was asked and had so many requests for us."""
        self.intake.add(channel, "collected", by=count)


def _outcome(result: SendResult) -> str:
    match result:
        case Sent():
            return "sent"
        case Unknown():
            return "unknown"
        case Failed():
            return "retry" if result.retryable else "failed"

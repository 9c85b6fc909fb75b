"""The conformance kit of the channel port: what every channel must do, and cases that say what this one does.

Needs no test runner: each check returns, or raises Misfit with what is wrong. A case file is JSON:
`{"shows": "…", "body": …, "events": [neutral events]}`; each expected event is compared with the neutral form
of the event in its place, field by field, and may leave fields out. `"content_type"` and `"raw"` (a body as
text) are optional.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from frontdesk.domain.errors import Malformed, SignatureInvalid
from frontdesk.domain.neutral import neutral
from frontdesk.kit.http import ConnectFailed, OutcomeUnknown, Response
from frontdesk.ports.channel import (
    Channel,
    Connection,
    Disconnects,
    Failed,
    MediaFetchFailed,
    Outbound,
    RawRequest,
    SendResult,
    Unknown,
)
from frontdesk.testing.http import RecordedRequest, RecordingHttp

_GARBAGE = (b"", b"{", b"[]", b"null", b'"text"', b"1", b"\xff\xfe", b"{}", b'{"a":' * 5000, b"<x/>")


class Misfit(AssertionError):
    """A channel does not do what its case or the port says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundCase:
    """A hook's body and the neutral events it must yield, in order."""

    name: str
    body: bytes
    events: tuple[dict[str, Any], ...]
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundCase:
    """What is sent, and the exact requests it must make."""

    name: str
    outbound: Outbound
    requests: tuple[RecordedRequest, ...]
    answers: tuple[Response, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureVector:
    """A request and whether it proves its origin under these settings."""

    name: str
    request: RawRequest
    valid: bool
    config: Mapping[str, Any] = field(default_factory=dict)
    challenge: str | None = None


def connection_to(
    channel: Channel,
    config: Mapping[str, Any] | None = None,
    http: RecordingHttp | None = None,
    *,
    base_url: str | None = None,
    hook_url: str | None = "https://desk.example/hooks/x/y",
) -> Connection:
    """An inbox of this channel as the desk would hand it over."""
    return Connection(
        inbox_id=UUID(int=1),
        account_id=UUID(int=2),
        name="Inbox",
        config=channel.Config.model_validate(dict(config or {})),
        http=http or RecordingHttp(),
        base_url=base_url,
        hook_url=hook_url,
    )


def inbound_cases(folder: Path) -> list[InboundCase]:
    """The case files of a folder, by name."""
    return [_read_case(path) for path in sorted(folder.glob("*.json"))]


def _read_case(path: Path) -> InboundCase:
    told = json.loads(path.read_text(encoding="utf-8"))
    body = told["raw"] if "raw" in told else json.dumps(told["body"], ensure_ascii=False)
    return InboundCase(
        name=path.stem,
        body=body.encode(),
        events=tuple(told["events"]),
        content_type=told.get("content_type", "application/json"),
    )


def check_inbound(channel: Channel, case: InboundCase) -> None:
    """That a body yields exactly the events of its case."""
    request = RawRequest("POST", "http://localhost/", {}, {"content-type": case.content_type}, case.body)
    got = [neutral(event) for event in channel.parse(request)]
    kinds = [event["event"] for event in got], [event["event"] for event in case.events]
    if kinds[0] != kinds[1]:
        _misfit(case.name, "events", kinds[1], kinds[0])
    for n, (have, want) in enumerate(zip(got, case.events, strict=True)):
        for path, expected in _leaves(want):
            if _at(have, path) != expected:
                _misfit(case.name, f"[{n}].{'.'.join(path)}", expected, _at(have, path))


def check_signature(channel: Channel, vector: SignatureVector) -> None:
    """That a request is taken or refused as its vector says."""
    connection = connection_to(channel, vector.config)
    try:
        answer = channel.verify(vector.request, connection)
    except SignatureInvalid:
        if vector.valid:
            _misfit(vector.name, "verify", "taken", "refused")
        return
    if not vector.valid:
        _misfit(vector.name, "verify", "refused", "taken")
    if (answer.text if answer else None) != vector.challenge:
        _misfit(vector.name, "challenge", vector.challenge, answer)


async def check_outbound(
    channel: Channel, case: OutboundCase, config: Mapping[str, Any], *, base_url: str | None = None
) -> SendResult:
    """That sending makes exactly the requests of its case; the result, for further checks."""
    http = RecordingHttp(*case.answers)
    result = await channel.send(case.outbound, connection_to(channel, config, http, base_url=base_url))
    if tuple(http.requests) != case.requests:
        _misfit(case.name, "requests", case.requests, tuple(http.requests))
    return result


async def check_channel(
    channel: Channel, config: Mapping[str, Any], outbound: Outbound, *, has_hooks: bool = True
) -> None:
    """What the port asks of every channel, whatever it is.

    Args:
        channel: The channel.
        config: Valid settings.
        outbound: Something it can send.
        has_hooks: Whether its provider calls hooks.
    """
    if not channel.slug.isidentifier() or channel.slug != channel.slug.lower():
        _misfit(channel.slug, "slug", "a lower-case word", channel.slug)
    _check_form(channel)
    _check_garbage(channel)
    if has_hooks:
        _check_closed(channel, config)
    await _check_failures(channel, config, outbound)
    await _check_connecting(channel, config)


def _check_form(channel: Channel) -> None:
    """Every setting can be drawn as a form's field; settings that do not exist are refused."""
    for name, info in channel.Config.model_fields.items():
        if not info.title or not info.description:
            _misfit(channel.slug, f"Config.{name}", "a title and a description", info)
    if channel.Config.model_config.get("extra") != "forbid":
        _misfit(channel.slug, "Config", "unknown settings are refused", channel.Config.model_config)
    channel.Config.model_json_schema()


def _check_garbage(channel: Channel) -> None:
    """Any body is read or refused as malformed; nothing else comes out of `parse`."""
    for body in _GARBAGE:
        try:
            channel.parse(RawRequest("POST", "http://localhost/", {}, {}, body))
        except Malformed:
            continue


def _check_closed(channel: Channel, config: Mapping[str, Any]) -> None:
    """A hook without proof is refused, with and without secrets."""
    without = {
        name: value
        for name, value in config.items()
        if "Secret" not in str(channel.Config.model_fields[name].annotation)
    }
    for settings in (config, without):
        for method in ("GET", "POST"):
            request = RawRequest(method, "http://localhost/", {}, {}, b"{}")
            vector = SignatureVector(name="unsigned", request=request, valid=False, config=settings)
            check_signature(channel, vector)


async def _check_failures(channel: Channel, config: Mapping[str, Any], outbound: Outbound) -> None:
    """Not reached: may be tried again. Written and not answered: unknown, unless sends are idempotent."""
    http = RecordingHttp(ConnectFailed("refused"))
    result = await channel.send(outbound, connection_to(channel, config, http))
    if http.requests and not (isinstance(result, Failed) and result.retryable):
        _misfit(channel.slug, "send, not reached", "Failed(retryable)", result)
    http = RecordingHttp(OutcomeUnknown("reset"))
    result = await channel.send(outbound, connection_to(channel, config, http))
    if http.requests and not isinstance(result, Unknown) and not channel.capabilities.idempotent_sends:
        _misfit(channel.slug, "send, no answer", "Unknown", result)


async def _check_connecting(channel: Channel, config: Mapping[str, Any]) -> None:
    """Whatever goes wrong is told by a step with what helps; nothing is raised."""
    for trouble in (ConnectFailed("refused"), OutcomeUnknown("reset")):
        http = RecordingHttp(trouble)
        report = await channel.connect(connection_to(channel, config, http))
        failed = [evidence for _, passed, evidence in report.steps if not passed]
        if http.requests and (report.ok or not all(failed) or not failed):
            _misfit(channel.slug, "connect, not reached", "a failed step that says what helps", report)
        try:
            await channel.fetch("a-file", None, connection_to(channel, config, RecordingHttp(trouble)))
        except MediaFetchFailed:
            pass
        else:
            _misfit(channel.slug, "fetch, not reached", "MediaFetchFailed", "a file")
        if isinstance(channel, Disconnects):
            await channel.disconnect(connection_to(channel, config, RecordingHttp(trouble)))


def _leaves(value: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], Any]]:
    for name, part in value.items():
        if isinstance(part, Mapping) and part:
            yield from _leaves(part, (*path, name))
        else:
            yield (*path, name), part


def _at(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _misfit(case: str, what: str, expected: object, got: object) -> None:
    msg = f"{case}: {what}: expected {expected!r}, got {got!r}"
    raise Misfit(msg)

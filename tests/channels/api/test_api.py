"""One's own channel: the hook's shapes, its proof, the webhook out, and what its answers mean."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook

from frontdesk.channels.api import channel
from frontdesk.channels.api.config import ApiConfig
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.errors import Malformed
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import NO_CONTEXT, DeliveryStatus, Direction
from frontdesk.domain.neutral import neutral
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import ConnectFailed, OutcomeUnknown, Refused, Response
from frontdesk.kit.webhooks import sign
from frontdesk.ports.channel import (
    Connection,
    Failed,
    MediaFetchFailed,
    OutboundFile,
    OutboundMessage,
    RawRequest,
    ReadMark,
    Sent,
    TypingMark,
)
from frontdesk.testing import (
    RecordingHttp,
    SignatureVector,
    check_channel,
    check_signature,
    connection_to,
    json_answer,
)

HOOK = "whsec_" + base64.b64encode(b"the secret of the hook..").decode()
OUT = "whsec_" + base64.b64encode(b"the secret of the webhook").decode()
OLD = "whsec_" + base64.b64encode(b"the secret of last year.").decode()
URL = "https://rill.example/desk"
CONFIG: dict[str, Any] = {"webhook_url": URL, "webhook_secret": OUT, "hook_secret": HOOK}
DELIVERY = UUID("01990000-0000-7000-8000-000000000001")
NORA = Address("external", "nora-7")
PERSON = {"id": "nora-7", "name": "Nora", "phone": "+34 600 000 001", "email": "Nora@rill.example"}
MESSAGE = {"type": "message", "id": "m1", "from": PERSON, "content": {"kind": "text", "body": "Is it open?"}}


def read(body: Any) -> list[i.InboundEvent]:
    return list(channel.parse(RawRequest("POST", "https://desk.example/", {}, {}, json.dumps(body).encode())))


def outgoing(content: c.Content, *, to: Address = NORA, **more: Any) -> OutboundMessage:
    values = {"context": NO_CONTEXT, "message_id": UUID(int=7), **more}
    return OutboundMessage(delivery_id=DELIVERY, to=to, content=content, **values)


def connection(http: RecordingHttp, **changes: Any) -> Connection:
    return connection_to(channel, {**CONFIG, **changes}, http)


async def test_it_keeps_the_rules_of_the_port() -> None:
    await check_channel(channel, CONFIG, outgoing(c.Text(body="Hi")))


def test_a_message_names_its_writer_by_all_addresses() -> None:
    [found] = read(MESSAGE | {"at": "2026-11-21T10:00:00+01:00", "reply_to": "m0"})
    assert isinstance(found, i.MessageReceived)
    assert found.party == i.Party(
        (NORA, Address("phone", "+34600000001"), Address("email", "nora@rill.example")), "Nora"
    )
    assert (found.source_id, found.thread_key, found.answer_to) == ("m1", "external:nora-7", None)
    assert found.at == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert found.content == c.Text(body="Is it open?")
    assert found.context.reply_to_source_id == "m0"


def test_a_thread_of_yours_is_where_answers_go() -> None:
    [found] = read(MESSAGE | {"thread": "order-9"})
    assert isinstance(found, i.MessageReceived)
    assert found.thread_key == "external_thread:order-9"
    assert found.answer_to == Address("external_thread", "order-9")


def test_several_events_come_in_order_and_a_bad_one_spoils_nothing() -> None:
    """G9."""
    events = [
        {"type": "edit", "target": "m1", "content": {"kind": "text", "body": "At six?"}},
        {"type": "message", "id": "m2"},
        {"type": "dance"},
        7,
        {"type": "delete", "target": "m1"},
        {"type": "reaction", "id": "r1", "from": {"id": 7}, "target": "m1", "emoji": "👍"},
        {"type": "reaction", "id": "r2", "from": {"id": 7}, "target": "m1"},
        {"type": "status", "delivery_id": str(DELIVERY), "status": "read"},
        {"type": "status", "id": "x1", "status": "failed", "error": {"code": 5, "message": "no such user"}},
        MESSAGE | {"direction": "outgoing"},
    ]
    found = read({"events": events})
    kinds = " ".join(neutral(event)["event"] for event in found)
    assert kinds == "edit ignored ignored ignored delete reaction reaction status status message"
    status, failed, echo = found[-3:]
    assert isinstance(status, i.StatusReported)
    assert (status.status, status.delivery_id) == (DeliveryStatus.READ, DELIVERY)
    assert isinstance(failed, i.StatusReported)
    assert (failed.source_id, failed.error_code, failed.error_title) == ("x1", "5", "no such user")
    assert isinstance(echo, i.MessageReceived)
    assert echo.direction is Direction.OUTGOING


def test_nobody_outside_points_at_our_files() -> None:
    """Refusal 2: ids of the desk's own are not taken from a hook."""
    media = {"attachment_id": str(DELIVERY), "url": "https://rill.example/a.png", "mime": "image/png"}
    [found] = read(MESSAGE | {"content": {"kind": "image", "media": media}})
    assert isinstance(found, i.MessageReceived)
    assert found.content == c.Image(media=c.Media(url="https://rill.example/a.png", mime="image/png"))


@pytest.mark.parametrize(
    "content", [{"kind": "hologram"}, {"kind": "text"}, {"kind": "activity", "activity": "x"}, {}]
)
def test_content_of_another_kind_is_kept_whole(content: dict[str, Any]) -> None:
    [found] = read(MESSAGE | {"content": content})
    assert isinstance(found, i.MessageReceived)
    assert isinstance(found.content, c.Unsupported)
    assert found.content.raw == content


@pytest.mark.parametrize("body", [[], 1, {}, {"events": 1}, "x"])
def test_another_body_is_malformed(body: Any) -> None:
    with pytest.raises(Malformed):
        read(body)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ("id", "from", "content", "target", "status", "at", "thread", "emoji", "delivery_id", "error")


@given(
    st.sampled_from(["message", "edit", "delete", "reaction", "status"]),
    st.dictionaries(st.sampled_from(_FIELDS), _json, max_size=8),
)
def test_no_event_breaks_the_reader(kind: str, fields: dict[str, Any]) -> None:
    for event in read({**MESSAGE, "target": "m1", "status": "read", **fields, "type": kind}):
        assert neutral(event)["event"]


def hook(secret: str, *, seconds: int = 0, body: bytes = b"{}", signed: bytes | None = None) -> RawRequest:
    headers = sign([secret], "msg_1", utc_now() + timedelta(seconds=seconds), signed or body)
    return RawRequest("POST", "https://desk.example/", {}, headers, body)


@pytest.mark.parametrize(
    ("make", "valid"),  # made in the test: they are signed for now
    [
        (lambda: hook(HOOK), True),
        (lambda: hook(OLD), True),
        (lambda: hook(HOOK, seconds=-299), True),
        (lambda: hook(OUT), False),
        (lambda: hook(HOOK, seconds=-302), False),
        (lambda: hook(HOOK, seconds=302), False),
        (lambda: hook(HOOK, body=b"{} ", signed=b"{}"), False),
        (lambda: RawRequest("POST", "https://desk.example/", {}, {}, b"{}"), False),
    ],
    ids=["right", "old secret", "in time", "the webhook's secret", "late", "early", "tampered", "bare"],
)
def test_a_hook_is_proved_by_its_secrets(make: Callable[[], RawRequest], valid: bool) -> None:
    """Refusals 31 and 34."""
    config = CONFIG | {"old_hook_secret": OLD}
    check_signature(channel, SignatureVector(name="v", request=make(), valid=valid, config=config))


def test_without_a_secret_every_hook_is_refused() -> None:
    """Refusal 32."""
    vector = SignatureVector(name="v", request=hook(HOOK), valid=False, config={"webhook_url": URL})
    check_signature(channel, vector)


async def test_a_message_is_posted_signed_with_its_delivery_as_id() -> None:
    http = RecordingHttp(json_answer({"id": "yours-1"}))
    file = OutboundFile(content=b"12345", mime="image/png", filename="a.png")
    message = outgoing(
        c.Image(media=c.Media(), caption="Mended"),
        to=Address("external_thread", "order-9"),
        file=file,
        url="https://desk.example/v1/files/x",
        reply_to_source_id="m1",
    )
    result = await channel.send(message, connection(http))
    assert isinstance(result, Sent)
    assert result.source_id == "yours-1"
    [request] = http.requests
    assert (request.url, request.headers["webhook-id"]) == (URL, str(DELIVERY))
    assert isinstance(request.content, bytes)
    assert Webhook(OUT).verify(request.content, request.headers) == {
        "type": "message",
        "delivery_id": str(DELIVERY),
        "message_id": str(UUID(int=7)),
        "thread": "order-9",
        "content": {"kind": "image", "media": {}, "caption": "Mended"},
        "reply_to": "m1",
        "file": {
            "url": "https://desk.example/v1/files/x",
            "mime": "image/png",
            "filename": "a.png",
            "size": 5,
        },
    }
    assert result.exchange is not None
    assert "Mended" not in str(result.exchange)
    assert "v1," not in str(result.exchange)


async def test_a_reaction_and_marks_are_posted() -> None:
    http = RecordingHttp(Response(204, {}, b"", ""))
    reaction = outgoing(c.Reaction(emoji="👍", target_source_id="m1"), target_source_id="m1")
    result = await channel.send(reaction, connection(http))
    assert isinstance(result, Sent)
    assert result.source_id == str(DELIVERY)
    for mark in (ReadMark(to=NORA, source_id="m1"), TypingMark(to=NORA)):
        assert isinstance(await channel.send(mark, connection(http)), Sent)
    contents = [request.content for request in http.requests]
    bodies = [json.loads(content) for content in contents if isinstance(content, bytes | str)]
    assert bodies[0]["target"] == "m1"
    assert bodies[0]["to"] == {"scheme": "external", "id": "nora-7"}
    assert [body["type"] for body in bodies] == ["message", "read", "typing"]
    assert len({request.headers["webhook-id"] for request in http.requests}) == 3


@pytest.mark.parametrize(
    ("answer", "retryable", "expired"),
    [
        (Response(400, {}, b"", ""), False, False),
        (Response(401, {}, b"", ""), False, True),
        (Response(410, {}, b"", ""), False, True),
        (Response(302, {}, b"", ""), False, False),
        (Response(429, {"retry-after": "9"}, b"", ""), True, False),
        (Response(500, {}, b"", ""), True, False),
        (OutcomeUnknown("reset"), True, False),
        (ConnectFailed("refused"), True, False),
        (Refused("inside"), False, False),
    ],
)
async def test_what_answers_mean(answer: Any, retryable: bool, expired: bool) -> None:
    """G7: the webhook's id is the delivery's, so a send of unknown outcome may be repeated. Refusal 36."""
    result = await channel.send(outgoing(c.Text(body="x")), connection(RecordingHttp(answer)))
    assert isinstance(result, Failed)
    assert (result.retryable, result.auth_expired) == (retryable, expired)
    assert channel.capabilities.idempotent_sends
    if isinstance(answer, Response) and answer.status_code == 429:
        assert result.retry_at is not None
        assert timedelta(seconds=6) < result.retry_at - utc_now() < timedelta(seconds=10)


async def test_without_a_secret_nothing_is_posted() -> None:
    http = RecordingHttp()
    result = await channel.send(outgoing(c.Text(body="x")), connection(http, webhook_secret=None))
    assert isinstance(result, Failed)
    assert (result.code, http.requests) == ("not_configured", [])


async def test_connecting_posts_a_ping() -> None:
    http = RecordingHttp(Response(204, {}, b"", ""))
    report = await channel.connect(connection(http))
    assert report.ok
    assert http.requests[0].content == b'{"type":"ping"}'
    poor = await channel.connect(connection(RecordingHttp(), webhook_secret=None, hook_secret=None))
    assert [passed for _, passed, _ in poor.steps] == [False, False]
    lost = await channel.connect(connection(RecordingHttp(ConnectFailed("refused"))))
    assert not lost.ok


async def test_a_file_is_fetched_without_credentials() -> None:
    """Refusal 40."""
    http = RecordingHttp(Response(200, {"content-type": "image/png"}, b"png", ""))
    fetched = await channel.fetch(None, "https://rill.example/a.png", connection(http))
    assert fetched.content == b"png"
    assert http.requests[0].headers == {}
    for answer in (Response(410, {}, b"", ""), Refused("inside")):
        with pytest.raises(MediaFetchFailed) as failed:
            await channel.fetch(None, "https://rill.example/a.png", connection(RecordingHttp(answer)))
        assert not failed.value.retryable


@pytest.mark.parametrize(
    "change",
    [
        {"webhook_url": "file:///etc/passwd"},
        {"webhook_url": "https://a@b/"},
        {"hook_secret": "whsec_not base64 at all"},
    ],
)
def test_settings_that_cannot_work_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ApiConfig.model_validate({**CONFIG, **change})

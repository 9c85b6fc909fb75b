"""The channel against the kit that every channel passes, and what is LINE's own."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from uuid import UUID

import pytest
from frontdesk_line import channel

from frontdesk.domain.content import Content, Image, Location, Media, Text
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import MessageContext
from frontdesk.kit.http import OutcomeUnknown, Response
from frontdesk.ports.channel import Failed, MediaFetchFailed, OutboundMessage, RawRequest, Sent, TypingMark
from frontdesk.runtime import channels
from frontdesk.testing import (
    InboundCase,
    OutboundCase,
    RecordedRequest,
    RecordingHttp,
    SignatureVector,
    check_channel,
    check_inbound,
    check_outbound,
    check_signature,
    connection_to,
    inbound_cases,
    json_answer,
)

CONFIG = {"basic_id": "@harbour", "channel_secret": "a-channel-secret", "access_token": "an-access-token"}
DELIVERY = UUID("0198c1de-0000-7000-8000-000000000001")
NORA = Address("line", "Unora")
CASES = inbound_cases(Path(__file__).parent / "cases")


def outgoing(content: Content, url: str | None = None) -> OutboundMessage:
    return OutboundMessage(
        delivery_id=DELIVERY,
        message_id=UUID(int=2),
        to=NORA,
        content=content,
        context=MessageContext(),
        url=url,
    )


def push(*messages: object) -> RecordedRequest:
    return RecordedRequest(
        method="POST",
        url="https://api.line.me/v2/bot/message/push",
        headers={"authorization": "Bearer an-access-token", "x-line-retry-key": str(DELIVERY)},
        json={"to": "Unora", "messages": list(messages)},
        credential_hosts=("api.line.me", "api-data.line.me"),
    )


def test_the_desk_finds_it_by_its_entry_point() -> None:
    assert channels.find("line") is channel
    assert "line" in channels.slugs()


async def test_it_keeps_the_rules_of_the_port() -> None:
    await check_channel(channel, CONFIG, outgoing(Text(body="Hi")))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hooks(case: InboundCase) -> None:
    check_inbound(channel, case)


def test_signatures() -> None:
    body = json.dumps({"destination": "U", "events": []}).encode()
    mac = hmac.digest(b"a-channel-secret", body, hashlib.sha256)
    good = base64.b64encode(mac).decode()
    for name, signature, sent, valid in (
        ("good", good, body, True),
        ("another body", good, body + b" ", False),
        ("hex", mac.hex(), body, False),
        ("none", "", body, False),
    ):
        request = RawRequest("POST", "https://desk.example/", {}, {"x-line-signature": signature}, sent)
        check_signature(channel, SignatureVector(name=name, request=request, valid=valid, config=CONFIG))


async def test_what_is_sent() -> None:
    taken = json_answer({"sentMessages": [{"id": "601", "quoteToken": "q"}]})
    picture, link = Image(media=Media(attachment_id=UUID(int=3))), "https://desk.example/f/bike.jpg"
    for name, outbound, message in (
        ("text", outgoing(Text(body="It is ready.")), {"type": "text", "text": "It is ready."}),
        (
            "picture",
            outgoing(picture, link),
            {"type": "image", "originalContentUrl": link, "previewImageUrl": link},
        ),
        (
            "place",
            outgoing(Location(latitude=41.38, longitude=2.17, name="Workshop")),
            {
                "type": "location",
                "title": "Workshop",
                "address": "41.38, 2.17",
                "latitude": 41.38,
                "longitude": 2.17,
            },
        ),
    ):
        case = OutboundCase(name=name, outbound=outbound, requests=(push(message),), answers=(taken,))
        result = await check_outbound(channel, case, CONFIG)
        assert isinstance(result, Sent)
        assert result.source_id == "601"


async def test_what_answers_mean() -> None:
    async def send(answer: Response) -> Sent | Failed:
        result = await channel.send(
            outgoing(Text(body="Hi")), connection_to(channel, CONFIG, RecordingHttp(answer))
        )
        assert isinstance(result, Sent | Failed)
        return result

    again = await send(json_answer({"message": "already accepted", "sentMessages": [{"id": "601"}]}, 409))
    assert isinstance(again, Sent)
    assert again.source_id == "601"
    for status, message, retryable, expired in (
        (400, "The property, 'to', in the request body is invalid", False, False),
        (401, "Authentication failed", False, True),
        (429, "You have reached your monthly limit.", False, False),
        (429, "The API rate limit has been exceeded. Try again later.", True, False),
        (500, "Internal", True, False),
    ):
        failed = await send(json_answer({"message": message}, status))
        assert isinstance(failed, Failed)
        assert (failed.code, failed.message) == (f"http_{status}", message)
        assert (failed.retryable, failed.auth_expired) == (retryable, expired)


async def test_what_line_does_not_have_is_refused_without_a_request() -> None:
    http = RecordingHttp()
    connection = connection_to(channel, CONFIG, http)
    for outbound in (outgoing(Text(body="x" * 5001)), outgoing(Image(media=Media())), TypingMark(to=NORA)):
        result = await channel.send(outbound, connection)
        assert isinstance(result, Failed)
        assert not result.retryable
    assert http.requests == []


async def test_files_are_fetched_with_the_token_from_line_only() -> None:
    http = RecordingHttp(Response(200, {"content-type": "image/jpeg"}, b"bytes", ""))
    connection = connection_to(channel, CONFIG, http)
    assert (await channel.fetch("50/2", None, connection)).content == b"bytes"
    assert (await channel.fetch(None, "https://elsewhere.example/a.jpg", connection)).mime == "image/jpeg"
    own, other = http.requests
    assert own.url == "https://api-data.line.me/v2/bot/message/50%2F2/content"
    assert own.headers == {"authorization": "Bearer an-access-token"}
    assert (other.headers, other.credential_hosts) == ({}, ())
    for failure, retryable in (
        (json_answer({}, 404), False),
        (json_answer({}, 202), True),
        (OutcomeUnknown("x"), True),
    ):
        with pytest.raises(MediaFetchFailed) as raised:
            await channel.fetch("502", None, connection_to(channel, CONFIG, RecordingHttp(failure)))
        assert raised.value.retryable is retryable


async def test_connecting_registers_the_hook_and_says_what_is_missing() -> None:
    bot, registered = json_answer({"displayName": "Harbour Bikes"}), json_answer({})
    http = RecordingHttp(bot, registered, json_answer({"endpoint": "…", "active": True}))
    report = await channel.connect(connection_to(channel, CONFIG, http))
    assert report.ok
    assert http.requests[1].json == {"endpoint": "https://desk.example/hooks/x/y"}
    switched_off = RecordingHttp(bot, registered, json_answer({"active": False}))
    report = await channel.connect(connection_to(channel, CONFIG, switched_off))
    assert [passed for _, passed, _ in report.steps] == [True, True, False]
    report = await channel.connect(connection_to(channel, CONFIG, RecordingHttp(json_answer({}, 401))))
    assert [name for name, passed, _ in report.steps if not passed] == ["Access token"]

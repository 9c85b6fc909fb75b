"""Exact requests, and what Twilio's answers mean (S3-07 to S3-09, S3-11, S3-13, S3-19, G7, Refusal 40)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from frontdesk.channels.twilio_sms import channel
from frontdesk.channels.twilio_sms.config import TwilioConfig
from frontdesk.channels.twilio_sms.segments import parts_of
from frontdesk.domain import content as c
from frontdesk.domain.errors import Invalid
from frontdesk.domain.inbound import Address
from frontdesk.features.conversations.policy import check_content
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import Refused, Response
from frontdesk.ports.channel import Failed, MediaFetchFailed, ReadMark, SendResult, Sent, Unknown
from frontdesk.testing import OutboundCase, RecordedRequest, RecordingHttp, check_outbound, json_answer
from tests.channels.twilio_sms.inbox import (
    ACCOUNT,
    BASIC,
    CONFIG,
    DELIVERY,
    HOOK,
    MESSAGES,
    NORA,
    OURS,
    TOKEN,
    connection,
    outgoing,
)

CALLBACK = f"https://desk.example/hooks/x/y?delivery={DELIVERY}"
TAKEN = json_answer(
    {
        "sid": "SM7",
        "status": "queued",
        "num_segments": "1",
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "body": "Until six.",
        "to": NORA.value,
    },
    201,
    twilio_request_id="RQ1",
    twilio_concurrent_requests="2",
    twilio_request_duration="0.041",
)


def form(**fields: str) -> RecordedRequest:
    return RecordedRequest(method="POST", url=MESSAGES, headers=BASIC, data=fields)


async def test_words_are_posted_and_all_that_twilio_answers_is_kept() -> None:
    """S3-07, S3-13: sid, segments, media, price, error, and the headers; neither words nor credentials."""
    case = OutboundCase(
        name="text",
        outbound=outgoing(c.Text(body="Until six.")),
        requests=(form(To=NORA.value, From=OURS, Body="Until six.", StatusCallback=CALLBACK),),
        answers=(TAKEN,),
    )
    result = await check_outbound(channel, case, CONFIG)
    assert isinstance(result, Sent)
    assert (result.source_id, result.delivered) == ("SM7", False)
    assert result.exchange is not None
    assert result.exchange.request["body"] == {"From": OURS, "To": "…0100", "segments": 1}
    assert result.exchange.response == {
        "status": 201,
        "sid": "SM7",
        "message_status": "queued",
        "num_segments": "1",
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "headers": {
            "twilio-request-id": "RQ1",
            "twilio-request-duration": "0.041",
            "twilio-concurrent-requests": "2",
        },
    }
    assert (result.exchange.provider_seconds, result.exchange.provider_concurrent) == (0.041, 2)
    assert TOKEN not in str(result.exchange)


async def test_a_file_goes_by_its_public_address() -> None:
    """S3-09."""
    url = "https://desk.example/v1/files/abc"
    case = OutboundCase(
        name="image",
        outbound=outgoing(c.Image(media=c.Media(), caption="Mended"), url=url),
        requests=(form(To=NORA.value, From=OURS, MediaUrl=url, Body="Mended", StatusCallback=CALLBACK),),
        answers=(TAKEN,),
    )
    assert isinstance(await check_outbound(channel, case, CONFIG), Sent)
    assert channel.capabilities.files_by_link


@pytest.mark.parametrize(
    ("config", "to", "fields"),
    [
        (
            {"sender": "whatsapp:+15005550006"},
            Address("whatsapp", "15005550100"),
            ("whatsapp:+15005550006", "whatsapp:+15005550100"),
        ),
        ({"sender": "whatsapp:+15005550006"}, NORA, ("whatsapp:+15005550006", "whatsapp:+15005550100")),
        ({"sender": OURS}, Address("whatsapp", "15005550100"), (OURS, "+15005550100")),
        ({"sender": OURS}, Address("sms", "72345"), (OURS, "72345")),
    ],
)
async def test_the_sender_decides_the_network(
    config: dict[str, str], to: Address, fields: tuple[str, str]
) -> None:
    http = RecordingHttp(TAKEN)
    assert isinstance(await channel.send(outgoing(c.Text(body="x"), to=to), connection(http, **config)), Sent)
    assert http.requests[0].data is not None
    assert (http.requests[0].data["From"], http.requests[0].data["To"]) == fields


async def test_a_messaging_service_a_template_and_a_place() -> None:
    service = {"messaging_service_sid": "MG" + "0" * 32, "sender": None}
    http = RecordingHttp(TAKEN)
    parameters: list[Any] = [{"type": "text", "text": "Nora"}, {"type": "text", "text": "six"}]
    template = c.Template(name="HX1", language="en", components=({"type": "body", "parameters": parameters},))
    assert isinstance(await channel.send(outgoing(template), connection(http, **service)), Sent)
    place = c.Location(latitude=53.8, longitude=-1.55, name="Rill")
    whatsapp = connection(http, sender="whatsapp:+15005550006")
    assert isinstance(await channel.send(outgoing(place), whatsapp), Sent)
    assert isinstance(await channel.send(outgoing(place), connection(http)), Sent)
    first, second, third = (request.data or {} for request in http.requests)
    assert first["MessagingServiceSid"] == service["messaging_service_sid"]
    assert (first["ContentSid"], first["ContentVariables"]) == ("HX1", '{"1": "Nora", "2": "six"}')
    assert second["PersistentAction"] == "geo:53.8,-1.55|Rill"
    assert third["Body"].startswith("Rill\nhttps://")


@pytest.mark.parametrize(
    "to",
    [
        Address("phone", "5005550100"),
        Address("phone", "+05005550100"),
        Address("phone", "+1500"),
        Address("phone", "+1500555010012345678"),
        Address("email", "nora@rill.example"),
    ],
)
async def test_a_number_that_is_none_is_refused_without_a_call(to: Address) -> None:
    """S3-08."""
    http = RecordingHttp(TAKEN)
    result = await channel.send(outgoing(c.Text(body="x"), to=to), connection(http))
    assert isinstance(result, Failed)
    assert (result.retryable, http.requests) == (False, [])
    assert "E.164" in result.message


async def test_a_text_of_2000_characters_goes_as_two_messages_in_order() -> None:
    """S3-08: cut after a word, nothing lost, one message with all ids; 16,000 at most, refused with 422."""
    text = "word " * 400
    answers = [json_answer({"sid": f"SM{n}", "num_segments": "11"}, 201) for n in range(2)]
    http = RecordingHttp(*answers)
    result = await channel.send(outgoing(c.Text(body=text)), connection(http))
    assert isinstance(result, Sent)
    assert (result.source_id, result.more_source_ids) == ("SM0", ("SM1",))
    bodies = [(request.data or {})["Body"] for request in http.requests]
    assert "".join(bodies) == text
    assert [len(body) for body in bodies] == [1600, 400]
    assert {(request.data or {})["StatusCallback"] for request in http.requests} == {HOOK}
    assert result.exchange is not None
    assert [part["segments"] for part in result.exchange.request["parts"]] == [11, 3]
    check_content(channel.capabilities, c.Text(body="a" * 16000))
    with pytest.raises(Invalid, match="16000"):
        check_content(channel.capabilities, c.Text(body="a" * 16001))


async def test_a_text_that_went_in_part_is_not_sent_again() -> None:
    """S3-08, G7: the first part's failure is the message's; a later one leaves it unknown and shown."""
    busy = json_answer({"code": 20429, "message": "Too many requests"}, 429)
    result = await channel.send(outgoing(c.Text(body="a" * 2000)), connection(RecordingHttp(busy)))
    assert isinstance(result, Failed)
    assert result.retryable
    result = await channel.send(outgoing(c.Text(body="a" * 2000)), connection(RecordingHttp(TAKEN, busy)))
    assert isinstance(result, Unknown)
    assert result.code == "partly_sent"
    assert result.message == "1 of 2 parts were sent. Then: Twilio asks to send more slowly."


@given(st.text(max_size=200), st.integers(min_value=33, max_value=50))
def test_parts_are_the_text(text: str, most: int) -> None:
    parts = parts_of(text, most)
    assert "".join(parts) == text
    assert all(0 < len(part) <= most for part in parts) or parts == [""]


def test_a_sign_and_what_belongs_to_it_stay_together() -> None:
    family = "👨\u200d👩\u200d👧"
    assert parts_of("a" * 38 + family + "é" * 10, 40)[1].startswith(family)
    assert parts_of("a" * 39 + "e\u0301" + "b" * 10, 40)[0] == "a" * 39


async def test_1600_characters_go_as_one_message() -> None:
    """S3-08: segments are counted."""
    http = RecordingHttp(TAKEN)
    result = await channel.send(outgoing(c.Text(body="a" * 1600)), connection(http))
    assert isinstance(result, Sent)
    assert result.exchange is not None
    assert result.exchange.request["body"]["segments"] == 11
    result = await channel.send(outgoing(c.Text(body="a" * 16001)), connection(http))
    assert isinstance(result, Failed)
    assert len(http.requests) == 1


@pytest.mark.parametrize(
    "content",
    [
        c.Image(media=c.Media()),
        c.Template(name="hello", language="en"),
        c.Reaction(emoji="x", target_source_id="y"),
    ],
)
async def test_what_twilio_has_not_is_refused_without_a_call(content: c.Content) -> None:
    http = RecordingHttp(TAKEN)
    result = await channel.send(outgoing(content), connection(http))
    assert isinstance(result, Failed)
    assert (result.code, http.requests) == ("unsupported_by_channel", [])


async def answered(answer: Response) -> SendResult:
    return await channel.send(outgoing(c.Text(body="x")), connection(RecordingHttp(answer)))


@pytest.mark.parametrize(
    ("status", "code", "retryable", "expired", "words"),
    [
        (401, 20003, False, True, "auth token"),
        (400, 21610, False, False, "unsubscribed"),
        (400, 21211, False, False, "phone number"),
        (400, 21408, False, False, "country"),
        (400, 21617, False, False, "1,600"),
        (400, 99999, False, False, "Twilio's words"),
        (429, 20429, True, False, "slowly"),
        (503, 20503, True, False, "Twilio's words"),
    ],
)
async def test_errors_say_what_helps(
    status: int, code: int, retryable: bool, expired: bool, words: str
) -> None:
    """S3-19: a refused send is a failure with its code; S3-11: what heals may be tried again."""
    result = await answered(
        json_answer({"code": code, "message": "Twilio's words", "status": status}, status)
    )
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.auth_expired) == (str(code), retryable, expired)
    assert words in result.message


async def test_a_rate_limit_names_when_to_come_back() -> None:
    """S3-11."""
    result = await answered(
        json_answer({"code": 20429, "message": "Too Many Requests"}, 429, retry_after="7")
    )
    assert isinstance(result, Failed)
    assert result.retry_at is not None
    assert timedelta(seconds=4) < result.retry_at - utc_now() < timedelta(seconds=8)


@pytest.mark.parametrize(
    "answer", [Response(500, {}, b"", ""), Response(502, {}, b"<html>", ""), Response(201, {}, b"{}", "")]
)
async def test_what_may_have_been_taken_is_unknown(answer: Response) -> None:
    """G7."""
    assert isinstance(await answered(answer), Unknown)


async def test_without_a_token_or_a_sender_nothing_is_called() -> None:
    http = RecordingHttp(TAKEN)
    result = await channel.send(outgoing(c.Text(body="x")), connection(http, auth_token=None))
    assert isinstance(result, Failed)
    assert (result.code, result.auth_expired) == ("not_configured", True)
    result = await channel.send(outgoing(c.Text(body="x")), connection(http, sender=None))
    assert isinstance(result, Failed)
    assert isinstance(await channel.send(ReadMark(to=NORA, source_id="SM1"), connection(http)), Sent)
    assert http.requests == []


async def test_a_file_is_fetched_with_credentials_for_twilio_only() -> None:
    """Refusal 40."""
    http = RecordingHttp(Response(200, {"content-type": "image/png"}, b"png", ""))
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
    fetched = await channel.fetch(None, url, connection(http))
    assert (fetched.content, fetched.mime) == (b"png", "image/png")
    [request] = http.requests
    assert (request.headers, request.credential_hosts) == (BASIC, ("api.twilio.com",))


@pytest.mark.parametrize(
    ("answer", "retryable"),
    [
        (Response(404, {}, b"", ""), True),
        (Response(401, {}, b"", ""), False),
        (Response(500, {}, b"", ""), True),
        (Refused("inside"), False),
    ],
)
async def test_a_file_that_cannot_be_had(answer: Any, retryable: bool) -> None:
    with pytest.raises(MediaFetchFailed) as failed:
        await channel.fetch(None, "https://api.twilio.com/x", connection(RecordingHttp(answer)))
    assert failed.value.retryable is retryable


async def test_connecting_leads_the_number_to_our_hook() -> None:
    account = json_answer({"status": "active", "friendly_name": "Rill"})
    numbers = json_answer({"incoming_phone_numbers": [{"sid": "PN1"}]})
    http = RecordingHttp(account, numbers, json_answer({}))
    report = await channel.connect(connection(http))
    assert report.ok
    assert http.requests[2].url.endswith("/IncomingPhoneNumbers/PN1.json")
    assert http.requests[2].data == {"SmsUrl": HOOK, "SmsMethod": "POST"}


@pytest.mark.parametrize(
    ("answers", "changes", "missing"),
    [
        ((json_answer({"code": 20003}, 401),), {}, "Account SID and auth token"),
        ((json_answer({"status": "suspended"}),), {}, "Account SID and auth token"),
        ((json_answer({}),), {"auth_token": None}, "Auth token"),
        ((json_answer({}),), {"sender": None}, "Sender"),
        ((json_answer({}), json_answer({"incoming_phone_numbers": []})), {}, "Sender"),
    ],
)
async def test_connecting_says_what_is_missing(
    answers: tuple[Response, ...], changes: dict[str, Any], missing: str
) -> None:
    report = await channel.connect(connection(RecordingHttp(*answers), **changes))
    assert not report.ok
    assert [name for name, passed, _ in report.steps if not passed] == [missing]


@pytest.mark.parametrize("sender", ["5005550006", "+0123456", "whatsapp:123", "sms:+15005550006", "ab"])
def test_a_sender_that_is_none_cannot_be_saved(sender: str) -> None:
    with pytest.raises(ValidationError):
        TwilioConfig(account_sid=ACCOUNT, sender=sender)

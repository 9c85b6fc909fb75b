"""What is sent: the exact calls of every kind of message and mark, and what becomes of them."""

import json
from datetime import timedelta
from typing import Any

import pytest

from frontdesk.channels.telegram import channel
from frontdesk.domain import content as c
from frontdesk.domain.inbound import Address
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import ConnectFailed, HttpFailed, OutcomeUnknown, Refused, Response
from frontdesk.ports.channel import Failed, OutboundFile, ReadMark, Sent, TypingMark, Unknown
from frontdesk.testing import OutboundCase, RecordedRequest, RecordingHttp, check_outbound, json_answer
from tests.channels.telegram.inbox import (
    BUSINESS,
    CONFIG,
    DONE,
    IDA,
    TAKEN,
    TOKEN,
    TOPIC,
    URL,
    connection,
    outgoing,
)

PLAIN = {"is_disabled": True}
FILE = OutboundFile(content=b"bytes", mime="image/jpeg", filename="wheel.jpg")


def called(method: str, **body: Any) -> RecordedRequest:
    return RecordedRequest(method="POST", url=f"{URL}/{method}", json=body)


MESSAGES: dict[str, tuple[c.Content, RecordedRequest]] = {
    "text": (
        c.Text(body="Olive is back."),
        called("sendMessage", chat_id=70001234, text="Olive is back.", link_preview_options=PLAIN),
    ),
    "text with preview": (
        c.Text(body="https://rill.example", preview_url=True),
        called(
            "sendMessage",
            chat_id=70001234,
            text="https://rill.example",
            link_preview_options={"is_disabled": False},
        ),
    ),
    "pin": (
        c.Location(latitude=41.5, longitude=2.25),
        called("sendLocation", chat_id=70001234, latitude=41.5, longitude=2.25),
    ),
    "place": (
        c.Location(latitude=41.5, longitude=2.25, name="Rill", address="1 Mill Lane"),
        called(
            "sendVenue", chat_id=70001234, latitude=41.5, longitude=2.25, title="Rill", address="1 Mill Lane"
        ),
    ),
    "contact": (
        c.Contacts(
            cards=(
                c.ContactCard(
                    name="Amir Haddad",
                    first_name="Amir",
                    last_name="Haddad",
                    phones=(c.CardPhone(number="+447700900155"),),
                ),
            )
        ),
        called(
            "sendContact",
            chat_id=70001234,
            phone_number="+447700900155",
            first_name="Amir",
            last_name="Haddad",
        ),
    ),
    "poll": (
        c.Poll(question="Which size?", options=("M", "L")),
        called("sendPoll", chat_id=70001234, question="Which size?", options=[{"text": "M"}, {"text": "L"}]),
    ),
    "buttons": (
        c.Interactive(
            type="buttons",
            header="Size",
            body="Which size?",
            footer="You can change it later",
            buttons=(c.Choice(id="m", title="M"), c.Choice(id="l", title="L")),
        ),
        called(
            "sendMessage",
            chat_id=70001234,
            text="Size\n\nWhich size?\n\nYou can change it later",
            reply_markup={
                "inline_keyboard": [
                    [{"text": "M", "callback_data": "m"}],
                    [{"text": "L", "callback_data": "l"}],
                ]
            },
        ),
    ),
    "list": (
        c.Interactive(
            type="list",
            body="When?",
            button="Choose",
            sections=(c.ChoiceSection(title="Friday", rows=(c.Choice(id="f9", title="Friday at nine"),)),),
        ),
        called(
            "sendMessage",
            chat_id=70001234,
            text="When?",
            reply_markup={"inline_keyboard": [[{"text": "Friday at nine", "callback_data": "f9"}]]},
        ),
    ),
    "link": (
        c.Interactive(type="cta_url", body="Your order", button="Open", url="https://rill.example/o/7"),
        called(
            "sendMessage",
            chat_id=70001234,
            text="Your order",
            reply_markup={"inline_keyboard": [[{"text": "Open", "url": "https://rill.example/o/7"}]]},
        ),
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
async def test_each_kind_makes_its_call(name: str) -> None:
    content, request = MESSAGES[name]
    case = OutboundCase(name=name, outbound=outgoing(content), requests=(request,), answers=(TAKEN,))
    result = await check_outbound(channel, case, CONFIG)
    assert isinstance(result, Sent)
    assert result.source_id == "70001234:57"


@pytest.mark.parametrize(
    ("content", "method", "field", "caption"),
    [
        (c.Image(media=c.Media(), caption="Bent"), "sendPhoto", "photo", "Bent"),
        (c.Video(media=c.Media(), caption="Listen"), "sendVideo", "video", "Listen"),
        (c.Document(media=c.Media()), "sendDocument", "document", None),
        (c.Audio(media=c.Media()), "sendAudio", "audio", None),
        (c.Audio(media=c.Media(), voice=True), "sendVoice", "voice", None),
        (c.Sticker(media=c.Media()), "sendSticker", "sticker", None),
    ],
)
async def test_a_file_goes_in_a_form_or_by_its_address(
    content: c.Content, method: str, field: str, caption: str | None
) -> None:
    told = {"caption": caption} if caption else {}
    form = RecordedRequest(
        method="POST",
        url=f"{URL}/{method}",
        data={
            "chat_id": "70001234",
            **told,
            "reply_parameters": json.dumps({"message_id": 41, "allow_sending_without_reply": True}),
        },
        files={field: ("wheel.jpg", b"bytes", "image/jpeg")},
    )
    uploaded = outgoing(content, file=FILE, reply_to="70001234:41")
    await check_outbound(
        channel, OutboundCase(name="form", outbound=uploaded, requests=(form,), answers=(TAKEN,)), CONFIG
    )
    linked = outgoing(content, url="https://desk.example/f/1")
    by_url = called(method, chat_id=70001234, **{field: "https://desk.example/f/1"}, **told)
    await check_outbound(
        channel, OutboundCase(name="url", outbound=linked, requests=(by_url,), answers=(TAKEN,)), CONFIG
    )


@pytest.mark.parametrize(
    ("to", "where", "source_id"),
    [
        (TOPIC, {"chat_id": -1002200110099, "message_thread_id": 33}, "70001234:57"),
        (BUSINESS, {"chat_id": 70001234, "business_connection_id": "Bz_77-a"}, "Bz_77-a:70001234:57"),
        (Address("telegram", "@rillnews"), {"chat_id": "@rillnews"}, "70001234:57"),
    ],
)
async def test_topics_business_chats_and_public_names_are_reached(
    to: Address, where: dict[str, Any], source_id: str
) -> None:
    request = called("sendMessage", **where, text="Hi", link_preview_options=PLAIN)
    case = OutboundCase(
        name="to", outbound=outgoing(c.Text(body="Hi"), to=to), requests=(request,), answers=(TAKEN,)
    )
    result = await check_outbound(channel, case, CONFIG)
    assert isinstance(result, Sent)
    assert result.source_id == source_id


@pytest.mark.parametrize(
    ("emoji", "told"), [("👍", [{"type": "emoji", "emoji": "👍"}]), (None, [])], ids=["put", "taken back"]
)
async def test_a_reaction_names_its_target(emoji: str | None, told: list[dict[str, str]]) -> None:
    """S0-48."""
    reaction = c.Reaction(emoji=emoji, target_source_id="70001234:41")
    request = called("setMessageReaction", chat_id=70001234, message_id=41, reaction=told)
    case = OutboundCase(name="r", outbound=outgoing(reaction), requests=(request,), answers=(DONE,))
    result = await check_outbound(channel, case, CONFIG)
    assert isinstance(result, Sent)
    assert result.source_id is None


MARKS: dict[str, tuple[TypingMark | ReadMark, RecordedRequest]] = {
    "typing": (TypingMark(to=IDA), called("sendChatAction", chat_id=70001234, action="typing")),
    "button": (
        ReadMark(to=IDA, source_id="callback:77"),
        called("answerCallbackQuery", callback_query_id="77"),
    ),
    "business": (
        ReadMark(to=BUSINESS, source_id="Bz_77-a:70001234:41"),
        called("readBusinessMessage", business_connection_id="Bz_77-a", chat_id=70001234, message_id=41),
    ),
}


@pytest.mark.parametrize("name", MARKS)
async def test_marks(name: str) -> None:
    mark, request = MARKS[name]
    case = OutboundCase(name=name, outbound=mark, requests=(request,), answers=(DONE,))
    assert isinstance(await check_outbound(channel, case, CONFIG), Sent)


async def test_a_bot_s_own_chat_has_no_read_marks() -> None:
    mark = ReadMark(to=IDA, source_id="70001234:41")
    result = await check_outbound(channel, OutboundCase(name="n", outbound=mark, requests=()), CONFIG)
    assert result == Sent(source_id=None)


MANY = c.Contacts(cards=(c.ContactCard(name="A"), c.ContactCard(name="B")))
CANNOT: dict[str, Any] = {
    "kind": outgoing(c.Template(name="t", language="en")),
    "flow": outgoing(c.Interactive(type="flow", body="b", parameters={"a": 1})),
    "no file": outgoing(c.Image(media=c.Media())),
    "caption": outgoing(c.Image(media=c.Media(), caption="x" * 1025), file=FILE),
    "cards": outgoing(MANY),
    "card without number": outgoing(c.Contacts(cards=MANY.cards[:1])),
    "button id": outgoing(
        c.Interactive(type="buttons", body="b", buttons=(c.Choice(id="é" * 33, title="t"),))
    ),
    "scheme": outgoing(c.Text(body="Hi"), to=Address("phone", "+447700900142")),
    "address": outgoing(c.Text(body="Hi"), to=Address("telegram", "1/../2")),
    "target": outgoing(c.Reaction(emoji="👍", target_source_id="wamid.1")),
    "business reaction": outgoing(c.Reaction(emoji="👍", target_source_id="1:2"), to=BUSINESS),
}


@pytest.mark.parametrize("name", CANNOT)
async def test_what_telegram_has_not_is_refused_without_a_request(name: str) -> None:
    http = RecordingHttp(TAKEN)
    result = await channel.send(CANNOT[name], connection(http))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, http.requests) == ("unsupported_by_channel", False, [])


def refusal(status: int, description: str, **parameters: Any) -> Response:
    told: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return json_answer(told | ({"parameters": parameters} if parameters else {}), status)


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (refusal(400, "Bad Request: chat not found"), "not_started", "start the bot first"),
        (
            refusal(403, "Forbidden: bot can't initiate conversation with a user"),
            "not_started",
            "start the bot first",
        ),
        (refusal(403, "Forbidden: bot was blocked by the user"), "blocked", "blocked the bot"),
        (refusal(403, "Forbidden: user is deactivated"), "blocked", "blocked the bot"),
        (refusal(400, "Bad Request: message is too long"), "400", "too long"),
        (refusal(400, "Bad Request: REACTION_INVALID"), "400", "REACTION_INVALID"),
    ],
)
async def test_a_no_is_final_and_says_what_helps(answer: Response, code: str, words: str) -> None:
    """S2-06: a 400 becomes "start the bot first", and is not tried again."""
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(RecordingHttp(answer)))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.auth_expired) == (code, False, False)
    assert words in result.message
    if code in ("not_started", "blocked"):
        assert "https://t.me/rill_bikes_bot" in result.message


async def test_a_rate_limit_says_when_to_come_again() -> None:
    answer = refusal(429, "Too Many Requests: retry after 35", retry_after=35)
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(RecordingHttp(answer)))
    assert isinstance(result, Failed)
    assert result.retryable
    assert result.retry_at is not None
    assert timedelta(seconds=30) < result.retry_at - utc_now() <= timedelta(seconds=35)


@pytest.mark.parametrize("answer", [refusal(401, "Unauthorized"), refusal(404, "Not Found")])
async def test_a_token_that_is_no_longer_good_asks_to_reconnect(answer: Response) -> None:
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(RecordingHttp(answer)))
    assert isinstance(result, Failed)
    assert (result.retryable, result.auth_expired) == (False, True)


@pytest.mark.parametrize(
    "answer",
    [
        OutcomeUnknown(f"POST {URL}/sendMessage reset"),
        refusal(500, "Internal Server Error"),
        Response(502, {}, b"<html>", ""),
        Response(200, {}, b"cut", ""),
        json_answer({"ok": True, "result": True}),
    ],
)
async def test_what_may_have_been_taken_is_unknown(answer: Response | HttpFailed) -> None:
    """G4: never repeated by itself."""
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(RecordingHttp(answer)))
    assert isinstance(result, Unknown)
    assert TOKEN not in repr(result)


async def test_a_group_that_moved_is_written_to_at_its_new_place() -> None:
    moved = refusal(
        400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1002200110099
    )
    taken = json_answer({"ok": True, "result": {"message_id": 3, "chat": {"id": -1002200110099}}})
    http = RecordingHttp(moved, taken)
    result = await channel.send(
        outgoing(c.Text(body="Hi"), to=Address("telegram", "-4400")), connection(http)
    )
    assert isinstance(result, Sent)
    assert result.source_id == "-1002200110099:3"
    assert [request.json["chat_id"] for request in http.requests] == [-4400, -1002200110099]


@pytest.mark.parametrize(
    "answer",
    [
        TAKEN,
        refusal(400, f"Bad Request: {TOKEN}"),
        ConnectFailed(f"POST {URL}/sendMessage: refused"),
        Refused(f"{URL} is not allowed"),
        OutcomeUnknown(f"{URL}/sendMessage"),
    ],
)
async def test_neither_token_nor_content_is_kept(answer: Response | HttpFailed) -> None:
    """S2-09: the token is part of the address, and neither log nor delivery log may hold it."""
    result = await channel.send(outgoing(c.Text(body="a secret word")), connection(RecordingHttp(answer)))
    assert TOKEN not in repr(result)
    assert "a secret word" not in repr(result)
    assert result.exchange is not None
    assert result.exchange.request == {
        "method": "POST",
        "url": "https://api.telegram.org/bot…/sendMessage",
        "body": {"chat_id": "…1234"},
    }


async def test_without_a_token_nothing_is_sent() -> None:
    http = RecordingHttp()
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(http, bot_token=None))
    assert isinstance(result, Failed)
    assert (result.code, result.auth_expired, http.requests) == ("not_configured", True, [])

"""What is sent: the exact requests of every kind of message and mark, and what becomes of them."""

import json
from typing import Any

import pytest

from frontdesk.channels.messenger.channel import Messenger, channel, instagram
from frontdesk.domain import content as c
from frontdesk.domain.inbound import Address
from frontdesk.kit.http import ConnectFailed, HttpFailed, OutcomeUnknown, Response
from frontdesk.ports.channel import (
    Failed,
    FetchedMedia,
    MediaFetchFailed,
    OutboundFile,
    PeopleUnavailable,
    ReadMark,
    Sent,
    TypingMark,
    Unknown,
)
from frontdesk.testing import (
    OutboundCase,
    RecordedRequest,
    RecordingHttp,
    check_channel,
    check_outbound,
    json_answer,
)
from tests.channels.messenger.inbox import (
    BEARER,
    BOTH,
    CONFIG,
    MARK,
    PAGE,
    PERSON,
    TAKEN,
    TOKEN,
    URL,
    connection,
    outgoing,
)

both = pytest.mark.parametrize("of", BOTH, ids=lambda of: of.slug)
FILE = OutboundFile(content=b"bytes", mime="image/jpeg", filename="wheel.jpg")


def posted(**body: Any) -> RecordedRequest:
    told = {"recipient": {"id": PERSON}, **body}
    return RecordedRequest(method="POST", url=f"{URL}/messages", headers=BEARER, json=told)


def message(**part: Any) -> RecordedRequest:
    return posted(messaging_type="RESPONSE", message={**part, "metadata": MARK})


CHOICES = (c.Choice(id="m", title="M"), c.Choice(id="l", title="L"))
QUICK = [
    {"content_type": "text", "title": "M", "payload": "m"},
    {"content_type": "text", "title": "L", "payload": "l"},
]
MESSAGES: dict[str, tuple[c.Content, RecordedRequest]] = {
    "text": (c.Text(body="Olive is back."), message(text="Olive is back.")),
    "buttons": (
        c.Interactive(type="buttons", body="Which size?", buttons=CHOICES),
        message(text="Which size?", quick_replies=QUICK),
    ),
    "list": (
        c.Interactive(type="list", body="Size?", button="See", sections=(c.ChoiceSection(rows=CHOICES),)),
        message(text="Size?", quick_replies=QUICK),
    ),
    "link": (
        c.Interactive(type="cta_url", body="Your order", button="Open", url="https://rill.example/7"),
        message(
            attachment={
                "type": "template",
                "payload": {
                    "template_type": "button",
                    "text": "Your order",
                    "buttons": [{"type": "web_url", "url": "https://rill.example/7", "title": "Open"}],
                },
            }
        ),
    ),
}


@both
async def test_the_rules_of_the_port_are_kept(of: Messenger) -> None:
    await check_channel(of, CONFIG, outgoing(c.Text(body="Hi"), of))


@both
@pytest.mark.parametrize("name", MESSAGES)
async def test_each_kind_makes_its_request(of: Messenger, name: str) -> None:
    content, request = MESSAGES[name]
    case = OutboundCase(name=name, outbound=outgoing(content, of), requests=(request,), answers=(TAKEN,))
    result = await check_outbound(of, case, CONFIG)
    assert isinstance(result, Sent)
    assert result.source_id == "m_3"


async def test_a_reply_quotes() -> None:
    request = posted(
        messaging_type="RESPONSE", reply_to={"mid": "m_1"}, message={"text": "M", "metadata": MARK}
    )
    case = OutboundCase(
        name="reply",
        outbound=outgoing(c.Text(body="M"), reply_to="m_1"),
        requests=(request,),
        answers=(TAKEN,),
    )
    await check_outbound(channel, case, CONFIG)


def uploading(kind: str, **more: str) -> RecordedRequest:
    told = {"message": json.dumps({"attachment": {"type": kind, "payload": {"is_reusable": True}}}), **more}
    return RecordedRequest(
        method="POST",
        url=f"{URL}/message_attachments",
        headers=BEARER,
        data=told,
        files={"filedata": ("wheel.jpg", b"bytes", "image/jpeg")},
    )


@pytest.mark.parametrize(
    ("of", "more"), [(channel, {}), (instagram, {"platform": "instagram"})], ids=["messenger", "instagram"]
)
async def test_a_file_is_uploaded_first_and_its_caption_follows(of: Messenger, more: dict[str, str]) -> None:
    photo = outgoing(c.Image(media=c.Media(), caption="Bent"), of, file=FILE)
    attachment = {"type": "image", "payload": {"attachment_id": "88"}}
    requests = (uploading("image", **more), message(attachment=attachment), message(text="Bent"))
    answers = (json_answer({"attachment_id": "88"}), TAKEN, json_answer({"message_id": "m_4"}))
    result = await check_outbound(
        of, OutboundCase(name="file", outbound=photo, requests=requests, answers=answers), CONFIG
    )
    assert isinstance(result, Sent)
    assert (result.source_id, result.more_source_ids) == ("m_3", ("m_4",))


async def test_a_file_without_its_caption_is_sent_in_part_and_never_again() -> None:
    http = RecordingHttp(json_answer({"attachment_id": "88"}), TAKEN, ConnectFailed("refused"))
    photo = outgoing(c.Image(media=c.Media(), caption="Bent"), file=FILE)
    result = await channel.send(photo, connection(http))
    assert isinstance(result, Unknown)
    assert result.code == "sent_in_part"


@pytest.mark.parametrize("answer", [OutcomeUnknown("reset"), json_answer({}, 500), json_answer({})])
async def test_an_upload_that_fails_does_no_harm(answer: Response | HttpFailed) -> None:
    result = await channel.send(
        outgoing(c.Image(media=c.Media()), file=FILE), connection(RecordingHttp(answer))
    )
    assert isinstance(result, Failed)
    assert result.retryable


@both
async def test_marks(of: Messenger) -> None:
    to = Address(of.slug, PERSON)
    for mark, action in (
        (TypingMark(to=to), "typing_on"),
        (ReadMark(to=to, source_id="m_1"), "mark_seen"),
    ):
        case = OutboundCase(name=action, outbound=mark, requests=(posted(sender_action=action),))
        assert isinstance(await check_outbound(of, case, CONFIG), Sent)


@pytest.mark.parametrize(
    ("emoji", "told"),
    [
        ("❤️", {"sender_action": "react", "payload": {"message_id": "m_1", "reaction": "love"}}),
        (None, {"sender_action": "unreact", "payload": {"message_id": "m_1"}}),
    ],
)
async def test_instagram_reacts_with_a_heart(emoji: str | None, told: dict[str, Any]) -> None:
    reaction = outgoing(c.Reaction(emoji=emoji, target_source_id="m_1"), instagram)
    case = OutboundCase(name="heart", outbound=reaction, requests=(posted(**told),))
    assert isinstance(await check_outbound(instagram, case, CONFIG), Sent)
    assert "reaction" not in channel.capabilities.kinds_out


CANNOT: dict[str, Any] = {
    "kind": outgoing(c.Location(latitude=1, longitude=2)),
    "no file": outgoing(c.Image(media=c.Media())),
    "scheme": outgoing(c.Text(body="Hi"), to=Address("instagram", PERSON)),
    "title": outgoing(c.Interactive(type="buttons", body="b", buttons=(c.Choice(id="1", title="x" * 21),))),
    "flow": outgoing(c.Interactive(type="flow", body="b", parameters={"a": 1})),
}


@pytest.mark.parametrize("name", CANNOT)
async def test_what_the_platform_has_not_is_refused_without_a_request(name: str) -> None:
    http = RecordingHttp(TAKEN)
    result = await channel.send(CANNOT[name], connection(http))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, http.requests) == ("unsupported_by_channel", False, [])


def refusal(status: int, **error: Any) -> Response:
    return json_answer({"error": {"message": "told", **error}}, status)


@pytest.mark.parametrize(
    ("answer", "code", "retryable", "auth_expired"),
    [
        (refusal(400, code=190), "190", False, True),
        (refusal(401), "http_401", False, True),
        (refusal(400, code=10, error_subcode=2018278), "window_closed", False, False),
        (refusal(400, code=551), "unreachable", False, False),
        (refusal(400, code=100), "100", False, False),
        (refusal(400, code=613), "613", True, False),
        (refusal(429), "http_429", True, False),
        (refusal(500, code=2), "2", True, False),
        (refusal(400, code=1200), "1200", True, False),
        (ConnectFailed("refused"), "not_reached", True, False),
    ],
)
async def test_a_no_says_whether_it_can_heal(
    answer: Response | HttpFailed, code: str, retryable: bool, auth_expired: bool
) -> None:
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(RecordingHttp(answer)))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.auth_expired) == (code, retryable, auth_expired)


@pytest.mark.parametrize(
    "answer",
    [OutcomeUnknown("reset"), refusal(500, code=1), Response(502, {}, b"<html>", ""), json_answer({})],
)
async def test_what_may_have_been_taken_is_unknown(answer: Response | HttpFailed) -> None:
    """G4: never repeated by itself."""
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(RecordingHttp(answer)))
    assert isinstance(result, Unknown)


async def test_the_exchange_keeps_neither_token_nor_content() -> None:
    result = await channel.send(outgoing(c.Text(body="a secret word")), connection(RecordingHttp(TAKEN)))
    assert result.exchange is not None
    assert result.exchange.request == {
        "method": "POST",
        "url": f"{URL}/messages",
        "body": {"messaging_type": "RESPONSE", "recipient": "…0011"},
    }
    assert TOKEN not in repr(result)
    assert "a secret word" not in repr(result)


async def test_a_file_is_fetched_without_the_token() -> None:
    """Refusal 40: its address is no credential's business."""
    http = RecordingHttp(Response(200, {"content-type": "image/jpeg; x=1"}, b"bytes", ""))
    fetched = await channel.fetch(None, "https://cdn.example/f/1", connection(http))
    assert fetched == FetchedMedia(content=b"bytes", mime="image/jpeg")
    assert http.requests == [
        RecordedRequest(method="GET", url="https://cdn.example/f/1", credential_hosts=())
    ]


@pytest.mark.parametrize(
    ("url", "answer", "retryable"),
    [
        (None, TAKEN, False),
        ("https://cdn.example/f/1", Response(403, {}, b"", ""), False),
        ("https://cdn.example/f/1", Response(500, {}, b"", ""), True),
        ("https://cdn.example/f/1", OutcomeUnknown("reset"), True),
    ],
)
async def test_a_file_that_cannot_be_had_says_whether_to_come_again(
    url: str | None, answer: Response | HttpFailed, retryable: bool
) -> None:
    with pytest.raises(MediaFetchFailed) as caught:
        await channel.fetch(None, url, connection(RecordingHttp(answer)))
    assert caught.value.retryable is retryable


KNOWN = json_answer(
    {"id": PAGE, "name": "Rill Bikes", "instagram_business_account": {"username": "rillbikes"}}
)
DONE = json_answer({"success": True})


@pytest.mark.parametrize(
    ("of", "proof"), [(channel, "Rill Bikes"), (instagram, "Rill Bikes, @rillbikes")], ids=["m", "i"]
)
async def test_a_good_inbox_is_connected(of: Messenger, proof: str) -> None:
    http = RecordingHttp(KNOWN, DONE)
    report = await of.connect(connection(http, of))
    assert report.ok
    assert report.steps[0] == ("Page access token and page", True, proof)
    assert "https://desk.example/hooks/x/y" in report.steps[-1][2]
    assert http.requests[1].url == f"{URL}/subscribed_apps"
    assert "message_reads" in http.requests[1].json["subscribed_fields"]


@pytest.mark.parametrize(
    ("answers", "missing", "failed"),
    [
        ((), ("access_token",), "Page access token"),
        ((refusal(401, code=190),), (), "Page access token and page"),
        ((json_answer({"name": "Rill"}),), (), "Page access token and page"),
        ((ConnectFailed("refused"),), (), "Page access token and page"),
        ((KNOWN, DONE), ("app_secret",), "App secret"),
        ((KNOWN, DONE), ("verify_token",), "Verify token"),
        ((KNOWN, refusal(403, code=200)), (), "Hook"),
    ],
)
async def test_what_is_missing_is_named_with_its_cure(
    answers: tuple[Response | HttpFailed, ...], missing: tuple[str, ...], failed: str
) -> None:
    http = RecordingHttp(*answers)
    report = await instagram.connect(connection(http, instagram, **dict.fromkeys(missing)))
    assert [name for name, passed, _ in report.steps if not passed] == [failed]
    assert all(words and TOKEN not in words for _, _, words in report.steps)


@pytest.mark.parametrize(
    ("of", "profile", "name"),
    [
        (channel, {"name": "Nora Vidal", "first_name": "Nora"}, "Nora Vidal"),
        (channel, {"name": " ", "first_name": "Nora"}, "Nora"),
        (instagram, {"username": "nora.rides"}, "nora.rides"),
        (instagram, {"name": None}, None),
    ],
    ids=["whole", "first", "account", "none"],
)
async def test_what_somebody_is_called(of: Messenger, profile: dict[str, Any], name: str | None) -> None:
    http = RecordingHttp(json_answer({"id": PERSON, **profile}))
    assert await of.name_of(Address(of.slug, PERSON), connection(http, of)) == name
    (request,) = http.requests
    assert request.url == f"https://graph.facebook.com/v25.0/{PERSON}"
    assert request.params == {"fields": ",".join(of.names)}


async def test_names_that_meta_does_not_tell() -> None:
    nora = Address("messenger", PERSON)
    gone = json_answer({"error": {"code": 100, "error_subcode": 33, "message": "No profile."}}, 400)
    assert await channel.name_of(nora, connection(RecordingHttp(gone))) is None
    assert await channel.name_of(Address("messenger", "../me"), connection(RecordingHttp())) is None
    assert await channel.name_of(nora, connection(RecordingHttp(), access_token=None)) is None
    refused = json_answer(
        {"error": {"code": 10, "message": "Needs Business Asset User Profile Access."}}, 403
    )
    with pytest.raises(PeopleUnavailable, match="User Profile Access"):
        await channel.name_of(nora, connection(RecordingHttp(refused)))

"""What is sent: the exact Graph requests of every kind of message and mark."""

from typing import Any

import pytest

from frontdesk.channels.whatsapp import channel
from frontdesk.domain import content as c
from frontdesk.domain.inbound import Address
from frontdesk.ports.channel import Failed, OutboundFile, ReadMark, Sent, TypingMark
from frontdesk.testing import OutboundCase, RecordedRequest, RecordingHttp, check_outbound, json_answer
from tests.channels.whatsapp.inbox import (
    BEARER,
    CONFIG,
    DELIVERY,
    NORA,
    TAKEN,
    TOKEN,
    URL,
    connection,
    outgoing,
)

FILE = OutboundFile(content=b"bytes", mime="image/jpeg", filename="wheel.jpg")
UPLOADED = json_answer({"id": "930001"})


def posted(part: dict[str, Any], **changes: Any) -> RecordedRequest:
    body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "447700900142"}
    body |= part | {"biz_opaque_callback_data": str(DELIVERY)} | changes
    return RecordedRequest(method="POST", url=f"{URL}/messages", headers=BEARER, json=body)


def media(filename: str | None = None) -> c.Media:
    return c.Media(filename=filename, mime="image/jpeg")


MESSAGES: dict[str, tuple[c.Content, dict[str, Any]]] = {
    "text": (
        c.Text(body="Olive is back."),
        {"type": "text", "text": {"body": "Olive is back.", "preview_url": False}},
    ),
    "text with preview": (
        c.Text(body="https://rill.example", preview_url=True),
        {"type": "text", "text": {"body": "https://rill.example", "preview_url": True}},
    ),
    "pin": (
        c.Location(latitude=41.5, longitude=2.25),
        {"type": "location", "location": {"latitude": 41.5, "longitude": 2.25}},
    ),
    "place": (
        c.Location(latitude=41.5, longitude=2.25, name="Rill", address="1 Mill Lane"),
        {
            "type": "location",
            "location": {"latitude": 41.5, "longitude": 2.25, "name": "Rill", "address": "1 Mill Lane"},
        },
    ),
    "contacts": (
        c.Contacts(
            cards=(
                c.ContactCard(
                    name="Amir Haddad",
                    first_name="Amir",
                    last_name="Haddad",
                    company="Rill",
                    birthday="1990-04-12",
                    phones=(c.CardPhone(number="+44 7700 900155", type="CELL", wa_id="447700900155"),),
                    emails=(c.CardEmail(address="amir@haddad.example", type="WORK"),),
                    urls=(c.CardUrl(url="https://rill.example"),),
                    addresses=(c.CardAddress(city="Leeds", country_code="gb"),),
                ),
                c.ContactCard(name="Rill Bikes"),
            )
        ),
        {
            "type": "contacts",
            "contacts": [
                {
                    "name": {"formatted_name": "Amir Haddad", "first_name": "Amir", "last_name": "Haddad"},
                    "org": {"company": "Rill"},
                    "birthday": "1990-04-12",
                    "phones": [{"phone": "+44 7700 900155", "type": "CELL", "wa_id": "447700900155"}],
                    "emails": [{"email": "amir@haddad.example", "type": "WORK"}],
                    "urls": [{"url": "https://rill.example"}],
                    "addresses": [{"city": "Leeds", "country_code": "gb"}],
                },
                {"name": {"formatted_name": "Rill Bikes", "first_name": "Rill Bikes"}},
            ],
        },
    ),
    "buttons": (
        c.Interactive(
            type="buttons",
            header="Size",
            body="Which size?",
            footer="You can change it later",
            buttons=(c.Choice(id="m", title="M"), c.Choice(id="l", title="L")),
        ),
        {
            "type": "interactive",
            "interactive": {
                "type": "button",
                "header": {"type": "text", "text": "Size"},
                "body": {"text": "Which size?"},
                "footer": {"text": "You can change it later"},
                "action": {
                    "buttons": [
                        {"type": "reply", "reply": {"id": "m", "title": "M"}},
                        {"type": "reply", "reply": {"id": "l", "title": "L"}},
                    ]
                },
            },
        },
    ),
    "list": (
        c.Interactive(
            type="list",
            body="When?",
            button="Choose",
            sections=(
                c.ChoiceSection(
                    title="Tuesday",
                    rows=(
                        c.Choice(id="9", title="9:00", description="Leeds"),
                        c.Choice(id="10", title="10:00"),
                    ),
                ),
            ),
        ),
        {
            "type": "interactive",
            "interactive": {
                "type": "list",
                "body": {"text": "When?"},
                "action": {
                    "button": "Choose",
                    "sections": [
                        {
                            "title": "Tuesday",
                            "rows": [
                                {"id": "9", "title": "9:00", "description": "Leeds"},
                                {"id": "10", "title": "10:00"},
                            ],
                        }
                    ],
                },
            },
        },
    ),
    "link": (
        c.Interactive(type="cta_url", body="Track it", button="Track", url="https://rill.example/t/1"),
        {
            "type": "interactive",
            "interactive": {
                "type": "cta_url",
                "body": {"text": "Track it"},
                "action": {
                    "name": "cta_url",
                    "parameters": {"display_text": "Track", "url": "https://rill.example/t/1"},
                },
            },
        },
    ),
    "flow": (
        c.Interactive(
            type="flow", body="Book", button="Book", parameters={"flow_id": "77", "flow_token": "t"}
        ),
        {
            "type": "interactive",
            "interactive": {
                "type": "flow",
                "body": {"text": "Book"},
                "action": {
                    "name": "flow",
                    "parameters": {
                        "flow_message_version": "3",
                        "flow_cta": "Book",
                        "flow_id": "77",
                        "flow_token": "t",
                    },
                },
            },
        },
    ),
    "template": (
        c.Template(
            name="service_due",
            language="en_GB",
            components=({"type": "body", "parameters": [{"type": "text", "text": "Nora"}]},),
            body="Nora, your bike is due.",
        ),
        {
            "type": "template",
            "template": {
                "name": "service_due",
                "language": {"code": "en_GB"},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": "Nora"}]}],
            },
        },
    ),
    "template without variables": (
        c.Template(name="hello", language="en"),
        {"type": "template", "template": {"name": "hello", "language": {"code": "en"}}},
    ),
}
FILES: dict[str, tuple[c.Content, dict[str, Any]]] = {
    "image": (
        c.Image(media=media(), caption="Look"),
        {"type": "image", "image": {"id": "930001", "caption": "Look"}},
    ),
    "image alone": (c.Image(media=media()), {"type": "image", "image": {"id": "930001"}}),
    "audio": (c.Audio(media=media()), {"type": "audio", "audio": {"id": "930001"}}),
    "voice": (
        c.Audio(media=media(), voice=True),
        {"type": "audio", "audio": {"id": "930001", "voice": True}},
    ),
    "video": (
        c.Video(media=media(), caption="Ride"),
        {"type": "video", "video": {"id": "930001", "caption": "Ride"}},
    ),
    "document": (
        c.Document(media=media("invoice.pdf"), caption="Paid"),
        {"type": "document", "document": {"id": "930001", "caption": "Paid", "filename": "invoice.pdf"}},
    ),
    "document named by its file": (
        c.Document(media=media()),
        {"type": "document", "document": {"id": "930001", "filename": "wheel.jpg"}},
    ),
    "sticker": (c.Sticker(media=media()), {"type": "sticker", "sticker": {"id": "930001"}}),
}


@pytest.mark.parametrize("name", MESSAGES)
async def test_a_message_is_one_request(name: str) -> None:
    content, part = MESSAGES[name]
    case = OutboundCase(name=name, outbound=outgoing(content), requests=(posted(part),), answers=(TAKEN,))
    result = await check_outbound(channel, case, CONFIG)
    assert isinstance(result, Sent)
    assert result.source_id == "wamid.SENT"


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_uploaded_and_then_named(name: str) -> None:
    content, part = FILES[name]
    upload = RecordedRequest(
        method="POST",
        url=f"{URL}/media",
        headers=BEARER,
        data={"messaging_product": "whatsapp", "type": "image/jpeg"},
        files={"file": ("wheel.jpg", b"bytes", "image/jpeg")},
    )
    case = OutboundCase(
        name=name,
        outbound=outgoing(content, file=FILE),
        requests=(upload, posted(part)),
        answers=(UPLOADED, TAKEN),
    )
    assert isinstance(await check_outbound(channel, case, CONFIG), Sent)


async def test_a_public_address_is_linked_when_there_are_no_bytes() -> None:
    outbound = outgoing(c.Image(media=media()), url="https://desk.example/v1/files/t")
    part = {"type": "image", "image": {"link": "https://desk.example/v1/files/t"}}
    case = OutboundCase(name="link", outbound=outbound, requests=(posted(part),), answers=(TAKEN,))
    await check_outbound(channel, case, CONFIG)


@pytest.mark.parametrize(("emoji", "sent"), [("👍", "👍"), (None, "")])
async def test_a_reaction_names_its_target_and_an_empty_one_takes_it_back(
    emoji: str | None, sent: str
) -> None:
    """S0-09."""
    reaction = c.Reaction(emoji=emoji, target_source_id="wamid.T")
    part = {"type": "reaction", "reaction": {"message_id": "wamid.T", "emoji": sent}}
    outbound = outgoing(reaction, target="wamid.T", reply_to="wamid.T")
    case = OutboundCase(name="reaction", outbound=outbound, requests=(posted(part),), answers=(TAKEN,))
    await check_outbound(channel, case, CONFIG)


async def test_a_reply_quotes() -> None:
    """S0-15."""
    part = {
        "type": "text",
        "text": {"body": "Yes", "preview_url": False},
        "context": {"message_id": "wamid.Q"},
    }
    outbound = outgoing(c.Text(body="Yes"), reply_to="wamid.Q")
    case = OutboundCase(name="reply", outbound=outbound, requests=(posted(part),), answers=(TAKEN,))
    await check_outbound(channel, case, CONFIG)


@pytest.mark.parametrize(
    ("to", "recipient"),
    [
        (NORA, {"to": "447700900142"}),
        (Address("phone", "+447700900142"), {"to": "447700900142"}),
        (Address("whatsapp_user", "GB.70012345678901234567"), {"recipient": "GB.70012345678901234567"}),
    ],
)
async def test_a_number_and_a_user_id_go_into_different_fields(
    to: Address, recipient: dict[str, str]
) -> None:
    """S0-24: a user id in `to` would be taken for a number and lost."""
    http = RecordingHttp(TAKEN)
    await channel.send(outgoing(c.Text(body="Hi"), to=to), connection(http))
    body = http.requests[0].json
    assert {name: body[name] for name in ("to", "recipient") if name in body} == recipient


@pytest.mark.parametrize(
    "outbound",
    [
        outgoing(c.Poll(question="Which?", options=("A", "B"))),
        outgoing(c.Unsupported(raw={})),
        outgoing(c.Text(body="Hi"), to=Address("email", "nora@example.org")),
        outgoing(c.Image(media=media())),
        outgoing(c.Interactive(type="other", body="x")),
        outgoing(c.Reaction(emoji="👍", target_id=DELIVERY)),
        TypingMark(to=NORA),
    ],
    ids=["poll", "unsupported", "mail", "no file", "interactive", "reaction to nothing", "typing on nothing"],
)
async def test_what_cannot_be_sent_is_refused_without_a_request(outbound: Any) -> None:
    http = RecordingHttp(TAKEN)
    result = await channel.send(outbound, connection(http))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, http.requests) == ("unsupported_by_channel", False, [])


async def test_without_a_token_nothing_is_sent() -> None:
    http = RecordingHttp(TAKEN)
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(http, access_token=None))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.auth_expired) == ("not_configured", False, True)
    assert http.requests == []


@pytest.mark.parametrize(
    ("mark", "body"),
    [
        (ReadMark(to=NORA, source_id="wamid.R"), {"status": "read", "message_id": "wamid.R"}),
        (
            TypingMark(to=NORA, source_id="wamid.R"),
            {"status": "read", "message_id": "wamid.R", "typing_indicator": {"type": "text"}},
        ),
    ],
)
async def test_marks(mark: Any, body: dict[str, Any]) -> None:
    request = RecordedRequest(
        method="POST", url=f"{URL}/messages", headers=BEARER, json={"messaging_product": "whatsapp"} | body
    )
    answer = json_answer({"success": True})
    case = OutboundCase(name="mark", outbound=mark, requests=(request,), answers=(answer,))
    result = await check_outbound(channel, case, CONFIG)
    assert isinstance(result, Sent)
    assert result.source_id is None


async def test_a_simulated_inbox_speaks_with_its_simulator_only() -> None:
    http = RecordingHttp(TAKEN)
    case = OutboundCase(
        name="simulated",
        outbound=outgoing(c.Text(body="Hi")),
        requests=(
            RecordedRequest(
                method="POST",
                url="http://127.0.0.1:9/simulators/x/v25.0/109876543210987/messages",
                headers=BEARER,
                json=posted({"type": "text", "text": {"body": "Hi", "preview_url": False}}).json,
            ),
        ),
        answers=(TAKEN,),
    )
    await check_outbound(channel, case, CONFIG, base_url="http://127.0.0.1:9/simulators/x")
    assert http.requests == []


async def test_the_exchange_keeps_neither_token_nor_content_nor_whole_addresses() -> None:
    """S0-45; G23."""
    content = c.Template(
        name="due", language="en", components=({"type": "body", "text": "canary"},), body="canary"
    )
    answers = [TAKEN, json_answer({"error": {"code": 131026, "message": "no", "fbtrace_id": "T"}}, 400)]
    for answer in answers:
        result = await channel.send(outgoing(content), connection(RecordingHttp(answer)))
        assert result.exchange is not None
        kept = repr(result.exchange)
        assert "canary" not in kept
        assert TOKEN not in kept
        assert "447700900142" not in kept
        assert "…0142" in kept
        assert "due" in kept

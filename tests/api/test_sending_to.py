"""Unified sending: `POST /v1/messages` finds the inbox by the address (S3-06)."""

import asyncio
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from pydantic import Field

from frontdesk.ports.channel import Capabilities, ChannelConfig
from tests.desk import RunningDesk, until
from tests.features.scene import PaperChannel

PLAIN = replace(PaperChannel.capabilities, window_seconds=None)
NOBODY = "0199f3a1-0000-7000-8000-000000000000"
HELLO = {"kind": "text", "body": "Your bike is ready."}


class OwnNumber(ChannelConfig):
    """Settings with an address of our own."""

    number: str = Field(title="Number")


class TextMessages(PaperChannel):
    """Reaches phones."""

    slug: ClassVar[str] = "text"
    name: ClassVar[str] = "Text messages"
    Config: ClassVar[type[ChannelConfig]] = OwnNumber
    capabilities: ClassVar[Capabilities] = replace(PLAIN, reaches=frozenset({"phone"}), own_address="number")


class Mail(PaperChannel):
    """Reaches mailboxes."""

    slug: ClassVar[str] = "mail"
    name: ClassVar[str] = "Mail"
    capabilities: ClassVar[Capabilities] = replace(
        PLAIN, reaches=frozenset({"email"}), kinds_out=PLAIN.kinds_out | {"email"}
    )


class App(PaperChannel):
    """Reaches the users of an app, within a window."""

    slug: ClassVar[str] = "app"
    name: ClassVar[str] = "App"
    capabilities: ClassVar[Capabilities] = replace(PaperChannel.capabilities, reaches=frozenset({"user"}))


@pytest.fixture
async def inboxes(desk: RunningDesk) -> dict[str, str]:
    """Two numbers, a mailbox and an app, by name."""
    channels: Any = desk.container.desk.channels
    for channel in (TextMessages(), Mail(), App()):
        channels[channel.slug] = channel
    made = {
        "First": await desk.owner.inbox("text", "First", {"number": "+34910000001"}),
        "Second": await desk.owner.inbox("text", "Second", {"number": "+34910000002"}),
        "Mail": await desk.owner.inbox("mail", "Mail", {}),
        "App": await desk.owner.inbox("app", "App", {}),
    }
    return {name: inbox["id"] for name, inbox in made.items()}


async def send(desk: RunningDesk, to: str, status: int = 201, /, **more: Any) -> Any:
    return await desk.owner.post("/v1/messages", {"to": to, "content": HELLO, **more}, status)


async def inbox_of(desk: RunningDesk, message: dict[str, Any]) -> str:
    shown = await desk.owner.get(f"/v1/conversations/{message['conversation_id']}")
    return str(shown["inbox"]["name"])


@pytest.mark.usefixtures("inboxes")
@pytest.mark.parametrize(
    ("to", "inbox", "address"),
    [
        ("+34 600 00 00 01", "First", "+34600000001"),
        ("phone:0034600000001", "First", "+34600000001"),
        ("tel:+34600000001", "First", "+34600000001"),
        ("Nora@Rill.Example", "Mail", "nora@rill.example"),
        ("mailto:nora@rill.example", "Mail", "nora@rill.example"),
    ],
)
async def test_the_address_chooses_the_route(desk: RunningDesk, to: str, inbox: str, address: str) -> None:
    """S3-06: a phone by text message, an e-mail address by mail."""
    sent = await send(desk, to, name="Nora")
    shown = await desk.owner.get(f"/v1/conversations/{sent['conversation_id']}")
    assert (shown["inbox"]["name"], shown["contact"]["address"]) == (inbox, address)
    assert shown["contact"]["name"] == "Nora"
    assert (sent["seq"], sent["direction"], sent["content"]["body"]) == (1, "outgoing", HELLO["body"])
    again = await send(desk, to)
    assert (again["conversation_id"], again["seq"]) == (sent["conversation_id"], 2)
    channel: Any = desk.container.desk.channels[shown["inbox"]["channel"]]

    async def is_sent() -> bool:
        return len(channel.sent) == 2

    await until(is_sent)
    assert {outbound.to.value for outbound in channel.sent} == {address}


async def test_a_known_user_is_reached_in_the_app(desk: RunningDesk, inboxes: dict[str, str]) -> None:
    """S3-06: a known app user in the app; an inbox where somebody talks already goes before an older one."""
    contact = await desk.owner.contact("Ana", ("user", "ana-1"), ("phone", "+34600000009"))
    refused = await send(desk, "user:ana-1", 409)
    assert refused["code"] == "not_allowed"
    template = {"kind": "template", "name": "hello", "language": "en"}
    sent = await send(desk, "user:ana-1", content=template)
    assert await inbox_of(desk, sent) == "App"
    assert (await send(desk, str(contact), content=template))["conversation_id"] == sent["conversation_id"]
    second = await send(desk, "+34600000009", inbox_id=inboxes["Second"])
    assert await inbox_of(desk, second) == "Second"
    assert (await send(desk, "+34600000009"))["conversation_id"] == second["conversation_id"]
    assert (await send(desk, str(contact)))["conversation_id"] == second["conversation_id"]


@pytest.mark.usefixtures("inboxes")
async def test_from_names_our_side(desk: RunningDesk) -> None:
    ours: dict[str, Any] = {}
    for own in ("+34 910 000 002", "second"):
        ours = {"from": own}
        assert await inbox_of(desk, await send(desk, "+34600000001", **ours)) == "Second"
    nobody = await send(desk, "+34600000001", 422, **{**ours, "from": "+34910000003"})
    assert nobody["errors"][0]["field"] == "from"


async def test_an_address_of_a_contact_goes_where_the_contact_talks(desk: RunningDesk) -> None:
    """With no inbox for phones, a customer of the app whose number is known is answered in the app."""
    channels: Any = desk.container.desk.channels
    channels["app"] = App()
    await desk.owner.inbox("app", "App", {})
    await desk.owner.contact("Ana", ("user", "ana-1"), ("phone", "+34600000009"))
    template = {"kind": "template", "name": "hello", "language": "en"}
    first = await send(desk, "user:ana-1", content=template)
    second = await send(desk, "+34600000009", content=template)
    assert second["conversation_id"] == first["conversation_id"]


@pytest.mark.parametrize(
    ("to", "more", "field", "detail"),
    [
        ("hello", {}, "to", "This is no address."),
        ("+1", {}, "to", "This is no address."),
        ("phone:12", {}, "to", "This is no phone number."),
        ("nora@", {}, "to", "This is no e-mail address."),
        ("pigeon:coo", {}, "to", "No inbox reaches this address."),
        (NOBODY, {}, "to", "There is no such contact."),
        ("+34600000001", {"inbox_id": NOBODY}, "inbox_id", "There is no such inbox."),
        ("+34600000001", {"inbox_id": "Mail"}, "to", "No inbox reaches this address."),
        ("+34600000001", {"content": {"kind": "text", "body": "x" * 5000}}, "content.body", None),
    ],
)
async def test_what_has_no_route_is_refused_and_leaves_nothing(  # noqa: PLR0917
    desk: RunningDesk, inboxes: dict[str, str], to: str, more: dict[str, Any], field: str, detail: str | None
) -> None:
    """S3-06: a clear 422, and no contact, conversation or message is made."""
    if more.get("inbox_id") == "Mail":
        more = {"inbox_id": inboxes["Mail"]}
    refused = await send(desk, to, 422, **more)
    assert refused["errors"][0]["field"] == field
    assert detail is None or refused["detail"] == detail
    assert (await desk.owner.get("/v1/conversations", status="all"))["items"] == []
    assert (await desk.owner.get("/v1/contacts"))["items"] == []


@pytest.mark.usefixtures("inboxes")
async def test_a_key_sends_once(desk: RunningDesk) -> None:
    """G6: repeats and races under one key are one message; another body is refused."""
    headers = {"Idempotency-Key": "order-7"}
    body = {"to": "+34600000001", "content": HELLO}
    answers = await asyncio.gather(
        *(desk.owner.http.post("/v1/messages", json=body, headers=headers) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    final = await desk.owner.http.post("/v1/messages", json=body, headers=headers)
    assert final.status_code == 201
    assert {answer.json()["id"] for answer in answers if answer.status_code == 201} == {final.json()["id"]}
    path = f"/v1/conversations/{final.json()['conversation_id']}/messages"
    assert len((await desk.owner.get(path))["items"]) == 1
    other = await desk.owner.http.post("/v1/messages", json={**body, "to": "+34600000002"}, headers=headers)
    assert other.status_code == 422


async def test_a_token_of_one_inbox_writes_from_that_one(desk: RunningDesk, inboxes: dict[str, str]) -> None:
    """A route never leaves the inboxes that the caller may see."""
    token = await desk.owner.api_token(inbox_ids=[inboxes["Second"]], user_id=desk.owner.user_id)
    headers = {"Authorization": f"Bearer {token}"}
    body = {"to": "+34600000001", "content": HELLO}
    answer = await desk.owner.http.post("/v1/messages", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert await inbox_of(desk, answer.json()) == "Second"
    body = {"to": "nora@rill.example", "content": HELLO}
    assert (await desk.owner.http.post("/v1/messages", json=body, headers=headers)).status_code == 422


@pytest.mark.usefixtures("inboxes")
@pytest.mark.parametrize(
    ("people", "field"),
    [
        ({"to": ["nora@rill.example", "nobody"]}, "content.to.1"),
        ({"to": ["nora@rill.example; ben@rill.example"]}, "content.to.0"),
        ({"cc": ["nora@rill.example", "Ben <ben@rill.example>", "@rill.example"]}, "content.cc.2"),
        ({"bcc": ["<nora@rill.example"]}, "content.bcc.0"),
        ({"bcc": ["nora@rill.example\r\nBcc: eve@evil.example"]}, "content.bcc.0"),
        ({"reply_to": "the shop"}, "content.reply_to"),
        ({"to": [f"nora@{'x' * 250}.example"]}, "content.to.0"),
    ],
)
async def test_s2_04_each_recipient_of_a_mail_is_checked_and_named(
    desk: RunningDesk, people: dict[str, Any], field: str
) -> None:
    """S2-04: nothing is written if one of them is none."""
    mail = {"kind": "email", "text": "Your bike is ready."}
    refused = await send(desk, "nora@rill.example", 422, content={**mail, **people})
    assert [each["field"] for each in refused["errors"]] == [field]
    assert (await desk.owner.get("/v1/conversations"))["items"] == []


@pytest.mark.usefixtures("inboxes")
async def test_s2_04_several_recipients_and_no_subject_are_taken(desk: RunningDesk) -> None:
    people = {"to": ["nora@rill.example", "Ben Ost <ben@rill.example>"], "cc": ["o'hara+x@rill.example"]}
    made = await send(desk, "nora@rill.example", content={"kind": "email", "text": "It is ready.", **people})
    assert {name: made["content"][name] for name in people} == people
    assert "subject" not in made["content"]

"""The WhatsApp channel against the simulated Graph API, over real HTTP: out, in, errors, connecting."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from pydantic import JsonValue, SecretStr

from frontdesk.channels.whatsapp.channel import channel
from frontdesk.channels.whatsapp.config import WhatsAppConfig
from frontdesk.domain import content as c
from frontdesk.domain.errors import SignatureInvalid
from frontdesk.domain.inbound import (
    Address,
    AddressChanged,
    InboundEvent,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    StatusReported,
)
from frontdesk.domain.message import NO_CONTEXT, DeliveryStatus
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import HttpClient
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import (
    Connection,
    Failed,
    MediaFetchFailed,
    OutboundFile,
    OutboundMessage,
    RawRequest,
    ReadMark,
    SendResult,
    Sent,
    TypingMark,
    Unknown,
)
from frontdesk.simulators.whatsapp import Settings, WhatsAppSimulator, serve
from tests.kit.scripted_server import Seen, scripted
from tests.simulators.conftest import (
    ACCOUNT,
    NORA,
    NUMBER,
    SECRET,
    TOKEN,
    VERIFY,
    Inbox,
    World,
    until,
)

TO = Address("whatsapp", NORA)
PNG = OutboundFile(content=b"\x89PNG\r\n\x1a\n" + bytes(64), mime="image/png", filename="a.png")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A simulator whose one business is our inbox, with Nora's phone and its window open."""
    inbox = Inbox()
    simulator = WhatsAppSimulator(Settings(), seed=11, retry_seconds=(0.01,) * 5)
    async with scripted(inbox.script) as server:
        inbox.server = server
        simulator.register(
            NUMBER, ACCOUNT, TOKEN, SECRET, VERIFY, f"{server.origin}/hooks/whatsapp/1", "Rill"
        )
        simulator.add_phone(NORA, "Nora").last_written[NUMBER] = simulator.state.now()
        async with serve(simulator) as url, HttpClient.for_origin(url) as http:
            yield World(simulator, url, http, inbox)


def connection(world: World, **changes: Any) -> Connection:
    """Our inbox as the channel sees it."""
    assert world.inbox.server is not None
    values: dict[str, Any] = {
        "phone_number_id": NUMBER,
        "waba_id": ACCOUNT,
        "access_token": SecretStr(TOKEN),
        "app_secret": SecretStr(SECRET),
        "verify_token": SecretStr(VERIFY),
    }
    return Connection(
        inbox_id=UUID(int=1),
        account_id=UUID(int=2),
        name="Rill",
        config=WhatsAppConfig(**{**values, **changes}),
        http=world.http,
        base_url=world.url,
        hook_url=f"{world.inbox.server.origin}/hooks/whatsapp/1",
    )


def outbound(content: c.Content, **more: Any) -> OutboundMessage:
    values = {"to": TO, "context": NO_CONTEXT, **more}
    return OutboundMessage(delivery_id=uuid7(), message_id=uuid7(), content=content, **values)


async def send(world: World, content: c.Content, **more: Any) -> SendResult:
    return await channel.send(outbound(content, **more), connection(world))


async def sent(world: World, content: c.Content, **more: Any) -> str:
    result = await send(world, content, **more)
    assert isinstance(result, Sent), result
    assert result.source_id is not None
    return result.source_id


def raw(seen: Seen) -> RawRequest:
    method, path, _ = seen.line.split()
    return RawRequest(method, f"http://desk.test{path}", {}, seen.headers, seen.body)


async def parsed(world: World, count: int = 1) -> list[InboundEvent]:
    """What the channel reads in the hooks, each verified first, once there are so many."""
    await until(lambda: len(world.inbox.posts) >= count)
    events: list[InboundEvent] = []
    for post in world.inbox.posts:
        assert channel.verify(raw(post), connection(world)) is None
        events += channel.parse(raw(post))
    return events


# --- out: what the channel sends is what the phone shows --------------------------------------------------

CARD = c.ContactCard(
    name="Tom Reed",
    first_name="Tom",
    last_name="Reed",
    company="Rill",
    phones=(c.CardPhone(number="+447700900111", type="WORK"),),
    emails=(c.CardEmail(address="tom@example.com"),),
)


async def test_text_arrives_byte_for_byte(world: World) -> None:
    """G24, S0-01."""
    body = "Olá 👩‍👩‍👧 <b>*x*</b>\n\ttab “quoted”"
    wamid = await sent(world, c.Text(body=body, preview_url=True))
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered"])
    (message,) = await world.phone_messages()
    assert (message["id"], message["type"], message["text"]["body"]) == (wamid, "text", body)
    assert message["text"]["preview_url"] is True


@pytest.mark.parametrize(
    ("content", "file", "kind", "fields"),
    [
        (c.Image(media=c.Media(), caption="look"), PNG, "image", {"caption": "look"}),
        (
            c.Document(media=c.Media(filename="ä b.pdf"), caption="bill"),
            OutboundFile(content=b"%PDF-1.4", mime="application/pdf", filename="ä b.pdf"),
            "document",
            {"caption": "bill", "filename": "ä b.pdf"},
        ),
        (
            c.Audio(media=c.Media()),
            OutboundFile(content=b"OggS" + bytes(9), mime="audio/ogg", filename="a.ogg"),
            "audio",
            {},
        ),
        (
            c.Video(media=c.Media(), caption="clip"),
            OutboundFile(content=bytes(20), mime="video/mp4", filename="a.mp4"),
            "video",
            {"caption": "clip"},
        ),
        (
            c.Sticker(media=c.Media()),
            OutboundFile(content=b"RIFF" + bytes(20), mime="image/webp", filename="a.webp"),
            "sticker",
            {},
        ),
    ],
)
async def test_files_arrive_with_their_bytes(
    world: World, content: c.Content, file: OutboundFile, kind: str, fields: dict[str, Any]
) -> None:
    wamid = await sent(world, content, file=file)
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered"])
    (message,) = await world.phone_messages()
    assert message["type"] == kind
    body = message[kind]
    assert {name: body.get(name) for name in fields} == fields
    shown = await world.play("GET", f"media/{body['id']}")
    assert (shown.content, shown.headers["content-type"]) == (file.content, file.mime)


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (
            c.Location(latitude=51.45, longitude=-2.58, name="Workshop", address="14 Harbour Lane"),
            "location",
            {"latitude": 51.45, "longitude": -2.58, "name": "Workshop", "address": "14 Harbour Lane"},
        ),
        (
            c.Interactive(
                type="buttons",
                body="Size?",
                buttons=(c.Choice(id="m", title="M"), c.Choice(id="l", title="L")),
            ),
            "interactive",
            {
                "type": "button",
                "body": {"text": "Size?"},
                "action": {
                    "buttons": [
                        {"type": "reply", "reply": {"id": "m", "title": "M"}},
                        {"type": "reply", "reply": {"id": "l", "title": "L"}},
                    ]
                },
            },
        ),
        (
            c.Interactive(
                type="list",
                body="When?",
                button="Days",
                sections=(
                    c.ChoiceSection(title="Week", rows=(c.Choice(id="mo", title="Monday", description="9"),)),
                ),
            ),
            "interactive",
            {
                "type": "list",
                "body": {"text": "When?"},
                "action": {
                    "button": "Days",
                    "sections": [
                        {"title": "Week", "rows": [{"id": "mo", "title": "Monday", "description": "9"}]}
                    ],
                },
            },
        ),
        (
            c.Interactive(type="cta_url", body="Read", button="Open", url="https://example.com/a"),
            "interactive",
            {
                "type": "cta_url",
                "body": {"text": "Read"},
                "action": {
                    "name": "cta_url",
                    "parameters": {"display_text": "Open", "url": "https://example.com/a"},
                },
            },
        ),
    ],
)
async def test_places_and_choices_arrive_as_meta_writes_them(
    world: World, content: c.Content, kind: str, expected: dict[str, Any]
) -> None:
    wamid = await sent(world, content)
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered"])
    (message,) = await world.phone_messages()
    assert message["type"] == kind
    assert {name: message[kind].get(name) for name in expected} == expected


async def test_contact_cards_arrive(world: World) -> None:
    wamid = await sent(world, c.Contacts(cards=(CARD,)))
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered"])
    (card,) = (await world.phone_messages())[0]["contacts"]
    assert card["name"]["formatted_name"] == "Tom Reed"
    assert card["name"]["first_name"] == "Tom"
    assert card["phones"][0]["phone"] == "+447700900111"
    assert card["emails"][0]["email"] == "tom@example.com"


async def test_a_card_with_one_name_only_arrives_too(world: World) -> None:
    """Meta wants a part of the name beside the whole one."""
    assert await sent(world, c.Contacts(cards=(c.ContactCard(name="Workshop"),)))


async def test_templates_arrive_filled_in_and_outside_the_window(world: World) -> None:
    await world.play("PATCH", f"phones/{NORA}", {"window": "closed"})
    parameters: list[JsonValue] = [{"type": "text", "text": "Nora"}, {"type": "text", "text": "R-7"}]
    content = c.Template(
        name="order_update", language="en", components=({"type": "body", "parameters": parameters},)
    )
    wamid = await sent(world, content)
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered"])
    assert (await world.phone_messages())[0]["text_shown"] == "Hello Nora, your order R-7 is ready."


async def test_reactions_and_replies_name_their_message(world: World) -> None:
    target = await world.write(type="text", text="done?")
    await sent(world, c.Reaction(emoji="👍", target_id=uuid7()), target_source_id=target)
    await until(lambda: world.simulator.state.phone(NORA).messages[0].reactions == {"business": "👍"})
    await sent(world, c.Reaction(target_id=uuid7()), target_source_id=target)
    await until(lambda: world.simulator.state.phone(NORA).messages[0].reactions == {})
    wamid = await sent(world, c.Text(body="yes"), reply_to_source_id=target)
    await until(lambda: world.simulator.state.phone(NORA).find(wamid) is not None)
    assert (await world.phone_messages())[-1]["reply_to"] == target


async def test_marks_reach_the_phone(world: World) -> None:
    source_id = await world.write(type="text", text="hello?")
    await channel.send(ReadMark(to=TO, source_id=source_id), connection(world))
    assert (await world.phone_messages())[0]["status"] == "read"
    await channel.send(TypingMark(to=TO, source_id=source_id), connection(world))
    assert (await world.play("GET", f"phones/{NORA}")).json()["is_business_typing"] is True


async def test_every_send_is_taken_once_and_says_which_delivery_it_was(world: World) -> None:
    """G7."""
    message = outbound(c.Text(body="once"))
    assert isinstance(await channel.send(message, connection(world)), Sent)
    (entry,) = (await world.ledger())["sends"]
    assert entry["opaque"] in {None, str(message.delivery_id)}


async def test_a_customer_without_a_number_is_written_to_by_user_id(world: World) -> None:
    user_id = world.simulator.state.phone(NORA).user_id
    wamid = await sent(world, c.Text(body="hi"), to=Address("whatsapp_user", user_id))
    await until(lambda: world.simulator.state.phone(NORA).find(wamid) is not None)


# --- in: what a phone does is what the channel reads ------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"type": "text", "text": "Olá 🐎"}, c.Text(body="Olá 🐎")),
        (
            {"type": "location", "latitude": 51.5, "longitude": -2.5},
            c.Location(latitude=51.5, longitude=-2.5),
        ),
        (
            {"type": "location", "latitude": 51.5, "longitude": -2.5, "name": "Dock", "address": "A"},
            c.Location(latitude=51.5, longitude=-2.5, name="Dock", address="A"),
        ),
        ({"type": "button", "text": "Call me", "payload": "p"}, c.Button(text="Call me", payload="p")),
        (
            {"type": "button_reply", "id": "m", "title": "M"},
            c.Interactive(type="button_reply", id="m", title="M"),
        ),
        (
            {"type": "list_reply", "id": "mo", "title": "Monday", "description": "9"},
            c.Interactive(type="list_reply", id="mo", title="Monday", description="9"),
        ),
        (
            {
                "type": "order",
                "catalog_id": "c",
                "text": "please",
                "items": [
                    {"product_retailer_id": "s", "quantity": 2, "item_price": 9.5, "currency": "GBP"},
                ],
            },
            c.Order(
                catalog_id="c",
                text="please",
                items=(c.OrderItem(sku="s", quantity=2, price=9.5, currency="GBP"),),
            ),
        ),
        (
            {
                "type": "contacts",
                "contacts": [
                    {"name": {"formatted_name": "Tom"}, "phones": [{"phone": "+44 1", "wa_id": "441"}]}
                ],
            },
            c.Contacts(
                cards=(c.ContactCard(name="Tom", phones=(c.CardPhone(number="+44 1", wa_id="441"),)),)
            ),
        ),
    ],
)
async def test_every_kind_is_read(world: World, action: dict[str, Any], expected: c.Content) -> None:
    source_id = await world.write(**action)
    (event,) = await parsed(world)
    assert isinstance(event, MessageReceived)
    assert (event.source_id, event.content, event.account_ref) == (source_id, expected, NUMBER)
    assert (event.party.name, TO in event.party.addresses) == ("Nora", True)
    assert event.at is not None


@pytest.mark.parametrize(
    ("kind", "model", "begins"),
    [
        ("image", c.Image, b"\x89PNG"),
        ("voice", c.Audio, b"OggS"),
        ("audio", c.Audio, b"OggS"),
        ("video", c.Video, b"\x00\x00\x00"),
        ("document", c.Document, b"%PDF"),
        ("sticker", c.Sticker, b"RIFF"),
    ],
)
async def test_files_are_read_and_fetched(world: World, kind: str, model: type[Any], begins: bytes) -> None:
    await world.write(type=kind)
    (event,) = await parsed(world)
    assert isinstance(event, MessageReceived)
    content: Any = event.content
    assert isinstance(content, model)
    assert getattr(content, "voice", None) == {"voice": True, "audio": False}.get(kind)
    fetched = await channel.fetch(content.media.source_media_id, content.media.url, connection(world))
    assert isinstance(fetched.content, bytes)
    assert fetched.content.startswith(begins)
    assert fetched.mime is not None
    stored = world.simulator.state.files[content.media.source_media_id]
    assert (len(fetched.content), content.media.sha256) == (len(stored.content), stored.sha256)


async def test_reactions_edits_and_revokes_are_read(world: World) -> None:
    wamid = await sent(world, c.Text(body="hi"))
    await until(lambda: len(world.inbox.posts) == 2)
    await world.write(type="reaction", message_id=wamid, emoji="🎉")
    await world.write(type="reaction", message_id=wamid, emoji="")
    own = await world.write(type="text", text="frist")
    await world.write(type="edit", message_id=own, text="first")
    await world.write(type="revoke", message_id=own)
    events = (await parsed(world, 7))[2:]
    put, taken, text, edited, deleted = events
    assert isinstance(put, MessageReceived)
    assert put.content == c.Reaction(emoji="🎉", target_source_id=wamid)
    assert isinstance(taken, MessageReceived)
    assert taken.content == c.Reaction(target_source_id=wamid)
    assert isinstance(text, MessageReceived)
    assert isinstance(edited, MessageEdited)
    assert (edited.target_source_id, edited.content) == (own, c.Text(body="first"))
    assert isinstance(deleted, MessageDeleted)
    assert deleted.target_source_id == own


async def test_what_surrounds_a_message_is_read(world: World) -> None:
    """S0-15, S0-16: replies, forwards, ads and products."""
    wamid = await sent(world, c.Text(body="hi"))
    await until(lambda: len(world.inbox.posts) == 2)
    referral = {"source_url": "https://fb.me/a", "source_id": "1", "source_type": "ad", "ctwa_clid": "c"}
    product = {"catalog_id": "1", "product_retailer_id": "S"}
    await world.write(type="text", text="a", reply_to=wamid)
    await world.write(type="text", text="b", frequently_forwarded=True)
    await world.write(type="text", text="c", referral=referral)
    await world.write(type="text", text="d", referred_product=product)
    events = (await parsed(world, 6))[2:]
    reply, forward, ad, asked = (event.context for event in events if isinstance(event, MessageReceived))
    assert reply.reply_to_source_id == wamid
    assert (forward.forwarded, forward.frequently_forwarded) == (True, True)
    assert ad.referral is not None
    assert (ad.referral.source_id, ad.referral.ctwa_clid) == ("1", "c")
    assert asked.referred_product is not None
    assert (asked.referred_product.catalog_id, asked.referred_product.sku) == ("1", "S")


async def test_statuses_are_read_with_their_price_and_their_errors(world: World) -> None:
    """S0-18, S0-19, G8."""
    wamid = await sent(world, c.Text(body="hi"))
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered"])
    await world.play("POST", f"phones/{NORA}/read", {})
    await until(lambda: len(world.inbox.statuses_of(wamid)) == 3)
    await world.set_fault("fail_later", count=1, code=131049)
    lost = await sent(world, c.Text(body="spam"))
    events = [event for event in await parsed(world, 4) if isinstance(event, StatusReported)]
    assert [(event.source_id, event.status) for event in events] == [
        (wamid, DeliveryStatus.SENT),
        (wamid, DeliveryStatus.DELIVERED),
        (wamid, DeliveryStatus.READ),
        (lost, DeliveryStatus.FAILED),
    ]
    price = events[0].pricing
    assert price is not None
    assert (price.billable, price.category, price.type) == (False, "service", "free_customer_service")
    assert (events[3].error_code, events[3].recipient) == ("131049", NORA)


async def test_a_customer_who_hides_the_number_or_changes_it_is_read(world: World) -> None:
    user_id = world.simulator.state.phone(NORA).user_id
    await world.play("PATCH", f"phones/{NORA}", {"hides_number": True})
    await world.write(type="text", text="guess")
    await until(lambda: len(world.inbox.posts) == 1)
    await world.write(type="number_change", new_wa_id="447700900777")
    hidden, changed = await parsed(world, 2)
    assert isinstance(hidden, MessageReceived)
    assert hidden.party.addresses == (Address("whatsapp_user", user_id),)
    assert isinstance(changed, AddressChanged)
    assert changed.old == TO
    assert Address("whatsapp", "447700900777") in changed.new


@pytest.mark.parametrize("shape", ["entries", "changes", "values"])
async def test_everything_in_a_batch_is_read_in_order(world: World, shape: str) -> None:
    await world.set_fault("hook_batch", size=8, shape=shape)
    written = [await world.write(type="text", text=str(number)) for number in range(6)]
    await until(lambda: len(world.inbox.messages()) == 6)
    events = await parsed(world)
    assert [event.source_id for event in events if isinstance(event, MessageReceived)] == written


async def test_unsupported_and_unknown_kinds_are_kept_whole(world: World) -> None:
    await world.write(type="unsupported")
    await world.write(type="raw", message={"type": "hologram", "hologram": {"a": 1}})
    first, second = await parsed(world, 2)
    for event, kind in ((first, "unsupported"), (second, "hologram")):
        assert isinstance(event, MessageReceived)
        assert isinstance(event.content, c.Unsupported)
        assert isinstance(event.content.raw, dict)
        assert event.content.raw["type"] == kind


async def test_a_wrong_signature_is_refused(world: World) -> None:
    """Refusals 31 and 32."""
    await world.set_fault("hook_bad_signature", count=1)
    await world.write(type="text", text="x")
    await until(lambda: len(world.inbox.posts) == 2)
    bad, good = (raw(post) for post in world.inbox.posts)
    with pytest.raises(SignatureInvalid):
        channel.verify(bad, connection(world))
    assert channel.verify(good, connection(world)) is None
    with pytest.raises(SignatureInvalid):
        channel.verify(good, connection(world, app_secret=None))
    with pytest.raises(SignatureInvalid):
        channel.verify(good, connection(world, app_secret=SecretStr("other")))


# --- errors: each decides what happens next ---------------------------------------------------------------


async def test_errors_that_heal_are_retryable(world: World) -> None:
    """S2-13, S3-11: rate limits say when, outages do not."""
    before = utc_now()
    await world.set_fault("rate_limit", count=1, seconds=30)
    limited = await send(world, c.Text(body="x"))
    assert isinstance(limited, Failed)
    assert (limited.code, limited.retryable, limited.auth_expired) == ("130429", True, False)
    assert limited.retry_at is not None
    assert 25 <= (limited.retry_at - before).total_seconds() <= 40
    await world.set_fault("error", count=1, code=131056)
    pair = await send(world, c.Text(body="x"))
    assert isinstance(pair, Failed)
    assert (pair.code, pair.retryable) == ("131056", True)
    assert (await world.ledger())["sends"] == []


@pytest.mark.parametrize(
    ("code", "auth_expired"), [(190, True), (131047, False), (131026, False), (100, False), (131051, False)]
)
async def test_errors_that_stay_are_not_retried(world: World, code: int, auth_expired: bool) -> None:
    await world.set_fault("error", count=1, code=code)
    result = await send(world, c.Text(body="x"))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.auth_expired) == (str(code), False, auth_expired)
    assert result.message


async def test_the_networks_own_refusals_map_too(world: World) -> None:
    await world.play("PATCH", f"phones/{NORA}", {"window": "closed"})
    closed = await send(world, c.Text(body="x"))
    unknown = await send(world, c.Text(body="x"), to=Address("whatsapp", "447700900999"))
    template = await send(world, c.Template(name="none", language="en"))
    revoked = await channel.send(outbound(c.Text(body="x")), connection(world, access_token=SecretStr("old")))
    results = [result for result in (closed, unknown, template, revoked) if isinstance(result, Failed)]
    assert [(result.code, result.retryable) for result in results] == [
        ("131047", False), ("131026", False), ("132001", False), ("190", False),
    ]  # fmt: skip
    assert [result.auth_expired for result in results] == [False, False, False, True]


@pytest.mark.parametrize("kind", ["accept_reset", "reset"])
async def test_a_cut_connection_is_unknown(world: World, kind: str) -> None:
    """G7: nobody can tell these two apart, so neither is sent again."""
    await world.set_fault(kind, count=1)
    result = await send(world, c.Text(body="x"))
    assert isinstance(result, Unknown), result
    assert len((await world.ledger())["sends"]) == (kind == "accept_reset")


async def test_a_server_that_is_not_there_is_safe_to_retry(world: World) -> None:
    async with HttpClient.for_origin("http://127.0.0.1:9") as nowhere:
        base = connection(world)
        away = Connection(
            base.inbox_id,
            base.account_id,
            base.name,
            base.config,
            nowhere,
            "http://127.0.0.1:9",
            base.hook_url,
        )
        result = await channel.send(outbound(c.Text(body="x")), away)
    assert isinstance(result, Failed), result
    assert result.retryable


async def test_a_500_is_never_a_success(world: World) -> None:
    """G7: after a 500 the message may be on the phone: neither reported as sent nor sent again blindly."""
    await world.set_fault("accept_error", count=1)
    result = await send(world, c.Text(body="x"))
    assert isinstance(result, Unknown) or (isinstance(result, Failed) and not result.retryable), result


async def test_files_that_cannot_be_had(world: World) -> None:
    with pytest.raises(MediaFetchFailed) as gone:
        await channel.fetch("123", None, connection(world))
    assert gone.value.retryable is False
    await world.write(type="image")
    (event,) = await parsed(world)
    assert isinstance(event, MessageReceived)
    content: Any = event.content
    await world.set_fault("download_error", count=1, status=503)
    with pytest.raises(MediaFetchFailed) as later:
        await channel.fetch(content.media.source_media_id, None, connection(world))
    assert later.value.retryable is True
    assert (await channel.fetch(content.media.source_media_id, None, connection(world))).content


async def test_a_file_meta_does_not_take_is_refused(world: World) -> None:
    await world.set_fault("upload_error", count=1)
    result = await send(world, c.Image(media=c.Media()), file=PNG)
    assert isinstance(result, Failed), result
    assert result.retryable is False
    assert (await world.ledger())["sends"] == []


# --- connecting -------------------------------------------------------------------------------------------


async def test_connecting_checks_and_registers_the_hook(world: World) -> None:
    world.simulator.state.businesses[NUMBER].subscribed = False
    report = await channel.connect(connection(world))
    assert report.ok, report.steps
    assert world.simulator.state.businesses[NUMBER].subscribed
    await world.write(type="text", text="heard")
    assert len(await parsed(world)) == 1


@pytest.mark.parametrize("change", [{"access_token": SecretStr("old")}, {"access_token": None}])
async def test_connecting_says_what_is_missing(world: World, change: dict[str, Any]) -> None:
    report = await channel.connect(connection(world, **change))
    assert report.ok is False
    assert any(not passed and cure for _, passed, cure in report.steps)

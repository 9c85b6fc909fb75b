"""What phones do becomes signed hooks in Meta's format, and what they show."""

import base64
import hashlib
import json
from typing import Any

import pytest

from frontdesk.simulators.whatsapp.actions import Text
from frontdesk.simulators.whatsapp.conduct import perform
from tests.simulators.conftest import ACCOUNT, NORA, NUMBER, World, is_signed, until

REFERRAL = {
    "source_url": "https://fb.me/ad",
    "source_id": "1201",
    "source_type": "ad",
    "headline": "Spring",
    "ctwa_clid": "ARAkLk",
}


async def heard(world: World, count: int = 1) -> dict[str, Any]:
    """The newest message that the hook heard."""
    await until(lambda: len(world.inbox.messages()) == count)
    return world.inbox.messages()[-1]


async def test_a_text_is_a_signed_hook_in_metas_envelope(world: World) -> None:
    """Signatures: X-Hub-Signature-256 over the raw body."""
    message_id = await world.write(type="text", text="Olá 🐎 <b>")
    message = await heard(world)
    post = world.inbox.posts[0]
    assert is_signed(post)
    assert (post.line, post.headers["content-type"]) == (
        "POST /hooks/whatsapp/1 HTTP/1.1",
        "application/json",
    )
    user_id = world.simulator.state.phone(NORA).user_id
    assert json.loads(post.body) == {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": ACCOUNT,
                "changes": [
                    {
                        "field": "messages",
                        "value": {
                            "messaging_product": "whatsapp",
                            "metadata": {"display_phone_number": "15550001000", "phone_number_id": NUMBER},
                            "contacts": [{"profile": {"name": "Nora"}, "wa_id": NORA, "user_id": user_id}],
                            "messages": [message],
                        },
                    }
                ],
            }
        ],
    }
    assert message == {
        "from": NORA,
        "from_user_id": user_id,
        "id": message_id,
        "timestamp": message["timestamp"],
        "type": "text",
        "text": {"body": "Olá 🐎 <b>"},
    }
    assert message["timestamp"].isdigit()
    await until(lambda: world.simulator.state.phone(NORA).messages[0].status == "delivered")


@pytest.mark.parametrize(
    ("action", "kind", "body"),
    [
        (
            {"type": "location", "latitude": 51.5, "longitude": -2.5},
            "location",
            {"latitude": 51.5, "longitude": -2.5},
        ),
        (
            {
                "type": "location",
                "latitude": 1,
                "longitude": 2,
                "name": "N",
                "address": "A",
                "url": "https://u",
            },
            "location",
            {"latitude": 1.0, "longitude": 2.0, "name": "N", "address": "A", "url": "https://u"},
        ),
        (
            {"type": "contacts", "contacts": [{"name": {"formatted_name": "T"}, "phones": [{"phone": "1"}]}]},
            "contacts",
            [{"name": {"formatted_name": "T"}, "phones": [{"phone": "1"}]}],
        ),
        ({"type": "button", "text": "Call me"}, "button", {"payload": "Call me", "text": "Call me"}),
        (
            {"type": "button_reply", "id": "m", "title": "M"},
            "interactive",
            {"type": "button_reply", "button_reply": {"id": "m", "title": "M"}},
        ),
        (
            {"type": "list_reply", "id": "1", "title": "Mon", "description": "at 9"},
            "interactive",
            {"type": "list_reply", "list_reply": {"id": "1", "title": "Mon", "description": "at 9"}},
        ),
        (
            {"type": "flow_reply", "form": {"email": "a@example.com"}},
            "interactive",
            {
                "type": "nfm_reply",
                "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"email": "a@example.com"}'},
            },
        ),
        (
            {"type": "order", "catalog_id": "c", "text": "t", "items": [{"product_retailer_id": "s"}]},
            "order",
            {"catalog_id": "c", "text": "t", "product_items": [{"product_retailer_id": "s"}]},
        ),
    ],
)
async def test_every_kind_becomes_metas_object(
    world: World, action: dict[str, Any], kind: str, body: Any
) -> None:
    message_id = await world.write(**action)
    message = await heard(world)
    assert (message["id"], message["type"], message[kind]) == (message_id, kind, body)
    shown = (await world.phone_messages())[0]
    assert (shown["id"], shown["from"], shown["type"], shown[kind]) == (message_id, "customer", kind, body)


@pytest.mark.parametrize(
    ("kind", "name", "mime", "begins"),
    [
        ("image", "image", "image/png", b"\x89PNG\r\n\x1a\n"),
        ("audio", "audio", "audio/ogg; codecs=opus", b"OggS"),
        ("voice", "audio", "audio/ogg; codecs=opus", b"OggS"),
        ("video", "video", "video/mp4", b"\x00\x00\x00 ftyp"),
        ("document", "document", "application/pdf", b"%PDF-1.4"),
        ("sticker", "sticker", "image/webp", b"RIFF"),
    ],
)
async def test_built_in_files_can_be_fetched_by_the_desk(
    world: World, kind: str, name: str, mime: str, begins: bytes
) -> None:
    caption = {} if kind in {"audio", "voice", "sticker"} else {"caption": "see"}
    await world.write(type=kind, **caption)
    message = await heard(world)
    body = message[name]
    assert (message["type"], body["mime_type"]) == (name, mime)
    assert body.get("voice") == {"audio": False, "voice": True}.get(kind)
    assert body.get("filename") == ("invoice.pdf" if kind == "document" else None)
    assert body.get("caption") == caption.get("caption")
    told = (await world.graph("GET", body["id"])).json()
    content = (
        await world.http.request("GET", told["url"], headers={"Authorization": "Bearer EAAG-token"})
    ).content
    assert content.startswith(begins)
    assert base64.b64decode(body["sha256"]) == hashlib.sha256(content).digest()


async def test_an_uploaded_file_is_sent_as_it_is(world: World) -> None:
    up = await world.play("POST", "media", content=b"%PDF-mine", headers={"Content-Type": "application/pdf"})
    await world.write(type="document", media_id=up.json()["id"], filename="ä b.pdf")
    document = (await heard(world))["document"]
    assert (document["id"], document["filename"]) == (up.json()["id"], "ä b.pdf")
    wrong = await world.play("POST", "media", content=b"x", headers={"Content-Type": "text/html"})
    assert wrong.status_code == 422
    missing = await world.play("POST", f"phones/{NORA}/messages", {"type": "image", "media_id": "1"})
    assert missing.status_code == 404


async def test_reactions_edits_and_revokes_are_about_a_message(world: World) -> None:
    wamid = await world.send_text("hello")
    await until(lambda: world.simulator.state.phone(NORA).find(wamid) is not None)
    await world.write(type="reaction", message_id=wamid, emoji="🎉")
    assert (await heard(world))["reaction"] == {"message_id": wamid, "emoji": "🎉"}
    own = await world.write(type="text", text="frist")
    await world.write(type="edit", message_id=own, text="first")
    edit = (await heard(world, 3))["edit"]
    assert edit == {"original_message_id": own, "message": {"type": "text", "text": {"body": "first"}}}
    await world.write(type="revoke", message_id=own)
    assert (await heard(world, 4))["revoke"] == {"original_message_id": own}
    answered, mine = await world.phone_messages()
    assert answered["reactions"] == [{"from": "customer", "emoji": "🎉"}]
    assert (mine["text_shown"], mine["edited"], mine["deleted"]) == ("first", True, True)
    none = await world.play("POST", f"phones/{NORA}/messages", {"type": "revoke", "message_id": "wamid.x"})
    assert none.status_code == 404


async def test_replies_forwards_ads_products_and_groups(world: World) -> None:
    """S0-16: the referral of a click-to-WhatsApp ad."""
    wamid = await world.send_text()
    await until(lambda: len(world.inbox.statuses_of(wamid)) == 2)
    await world.write(type="text", text="a", reply_to=wamid)
    assert (await heard(world))["context"] == {"from": "15550001000", "id": wamid}
    await world.write(type="text", text="b", forwarded=True, frequently_forwarded=True)
    assert (await heard(world, 2))["context"] == {"forwarded": True, "frequently_forwarded": True}
    product = {"catalog_id": "194", "product_retailer_id": "SKU1"}
    await world.write(type="text", text="c", referred_product=product)
    assert (await heard(world, 3))["context"] == {"referred_product": product, "from": "15550001000"}
    await world.write(type="text", text="d", group_id="Y2Fw")
    assert (await heard(world, 4))["group_id"] == "Y2Fw"
    await world.write(type="text", text="e", referral=REFERRAL)
    assert (await heard(world, 5))["referral"] == REFERRAL
    paid = await world.send_text("thanks")
    await until(lambda: len(world.inbox.statuses_of(paid)) == 2)
    assert world.inbox.values()[-1]["statuses"][0]["pricing"]["type"] == "free_entry_point"


async def test_what_meta_does_not_hand_on_is_unsupported(world: World) -> None:
    await world.write(type="unsupported")
    message = await heard(world)
    assert message["type"] == "unsupported"
    assert message["errors"][0]["code"] == 131051
    await world.write(
        type="raw", message={"type": "hologram", "hologram": {"a": 1}, "id": "wamid.raw", "x": None}
    )
    raw = await heard(world, 2)
    assert (raw["id"], raw["type"], raw["hologram"], raw["x"]) == ("wamid.raw", "hologram", {"a": 1}, None)


async def test_a_phone_that_hides_its_number_is_known_by_its_user_id(world: World) -> None:
    await world.play("PATCH", f"phones/{NORA}", {"hides_number": True})
    user_id = world.simulator.state.phone(NORA).user_id
    await world.write(type="text", text="guess who")
    message = await heard(world)
    assert "from" not in message
    assert message["from_user_id"] == user_id
    assert world.inbox.values()[0]["contacts"] == [{"profile": {"name": "Nora"}, "user_id": user_id}]


async def test_a_number_changes_and_the_phone_goes_on(world: World) -> None:
    await world.write(type="text", text="before")
    await world.write(type="number_change", new_wa_id="+447700900143")
    system = await heard(world, 2)
    assert (system["from"], system["type"]) == (NORA, "system")
    assert system["system"]["wa_id"] == "447700900143"
    assert system["system"]["type"] == "user_changed_number"
    assert (await world.play("GET", f"phones/{NORA}")).status_code == 404
    assert [one["text_shown"] for one in await world.phone_messages("447700900143")] == ["before"]


async def test_statuses_carry_price_and_conversation(world: World) -> None:
    """S0-18: sent, delivered and read, each with what Meta says of it."""
    wamid = await world.send_text()
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered"])
    assert (await world.play("POST", f"phones/{NORA}/read", {})).json() == {"read": 1}
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered", "read"])
    sent, delivered, read = (value["statuses"][0] for value in world.inbox.values())
    pricing = {
        "billable": False, "pricing_model": "PMP", "category": "service", "type": "free_customer_service",
    }  # fmt: skip
    assert sent["pricing"] == delivered["pricing"] == pricing
    assert sent["conversation"].keys() == {"id", "expiration_timestamp", "origin"}
    assert delivered["conversation"] == {"id": sent["conversation"]["id"], "origin": {"type": "service"}}
    assert (sent["recipient_id"], int(sent["conversation"]["expiration_timestamp"])) == (
        NORA,
        int(sent["timestamp"]) + 86_400,
    )
    assert "pricing" not in read
    assert "conversation" not in read
    assert (await world.play("POST", f"phones/{NORA}/read", {})).json() == {"read": 0}


async def test_a_marketing_template_is_billed(world: World) -> None:
    template = {
        "name": "spring_offer",
        "language": {"code": "en"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": text} for text in ("Nora", "May")]}
        ],
    }
    response = await world.send(type="template", template=template)
    assert response.json()["messages"][0]["message_status"] == "accepted"
    await world.told(response, ["sent", "delivered"])
    pricing = world.inbox.values()[0]["statuses"][0]["pricing"]
    assert (pricing["billable"], pricing["category"], pricing["type"]) == (True, "marketing", "regular")


async def test_reading_by_itself_being_offline_and_reading_up_to(world: World) -> None:
    await world.play("PATCH", f"phones/{NORA}", {"is_online": False})
    first = await world.send_text("one")
    await until(lambda: world.inbox.statuses_of(first) == ["sent"])
    await world.play("PATCH", f"phones/{NORA}", {"is_online": True})
    await until(lambda: world.inbox.statuses_of(first) == ["sent", "delivered"])
    second = await world.send_text("two")
    await until(lambda: world.inbox.statuses_of(second) == ["sent", "delivered"])
    await world.play("POST", f"phones/{NORA}/read", {"message_id": first})
    await until(lambda: world.inbox.statuses_of(first) == ["sent", "delivered", "read"])
    assert world.inbox.statuses_of(second) == ["sent", "delivered"]
    await world.play("PUT", "settings", {"read_after_seconds": 0.01})
    third = await world.send_text("three")
    await until(lambda: world.inbox.statuses_of(third) == ["sent", "delivered", "read"])
    await world.play("PATCH", f"phones/{NORA}", {"reads_at_once": False})
    fourth = await world.send_text("four")
    await until(lambda: world.inbox.statuses_of(fourth) == ["sent", "delivered"])


async def test_a_phone_keeps_its_last_500_messages(world: World) -> None:
    simulator = world.simulator
    simulator.state.businesses[NUMBER].subscribed = False
    for number in range(510):
        perform(simulator.network, simulator.state.phone(NORA), Text(type="text", text=str(number)))
    shown = await world.phone_messages()
    assert [one["text_shown"] for one in shown] == [str(number) for number in range(10, 510)]


async def test_phones_are_made_and_found(world: World) -> None:
    made = await world.play("POST", "phones", {"id": "+49 151 1", "name": "x"})
    assert made.status_code == 422
    made = await world.play("POST", "phones", {"id": "+49151123456", "name": "Jana"})
    assert (made.status_code, made.json()["wa_id"], made.json()["name"]) == (201, "49151123456", "Jana")
    assert made.json()["user_id"].startswith("DE.")
    again = await world.play("POST", "phones", {"id": "49151123456", "name": "Other"})
    assert again.json()["name"] == "Jana"
    free = await world.play("POST", "phones", {})
    assert free.json()["wa_id"].startswith("447700900")
    phones = (await world.play("GET", "phones")).json()
    assert [phone["wa_id"] for phone in phones] == [NORA, "49151123456", free.json()["wa_id"]]
    assert phones[0]["business"] == {
        "id": NUMBER, "name": "Rill workshop", "address": "15550001000",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"phones/{NORA}/messages", b"{", 400),
        ("POST", f"phones/{NORA}/messages", b'{"type":"text"}', 422),
        ("POST", f"phones/{NORA}/messages", b'{"type":"dance"}', 422),
        ("POST", f"phones/{NORA}/messages", b'{"type":"text","text":"x","more":1}', 422),
        ("POST", f"phones/{NORA}/messages", b'{"type":"location","latitude":91,"longitude":0}', 422),
        ("POST", f"phones/{NORA}/messages", b'{"type":"text","text":"x","business":"1"}', 404),
        ("POST", "phones/1/messages", b'{"type":"text","text":"x"}', 404),
        ("POST", "phones/1/read", b"{}", 404),
        ("PATCH", f"phones/{NORA}", b'{"wa_id":"1"}', 422),
        ("PUT", "faults", b'{"faults":[{"kind":"meteor"}]}', 422),
        ("PUT", "faults", b"[]", 422),
        ("PUT", "settings", b'{"enforce_window":"perhaps"}', 422),
        ("PUT", "settings", b"[1]", 422),
        ("GET", "media/1", None, 404),
        ("DELETE", "phones", None, 405),
        ("GET", "nothing", None, 404),
    ],
)
async def test_bad_input_is_answered_with_what_is_wrong(
    world: World, method: str, path: str, body: bytes | None, status: int
) -> None:
    response = await world.play(method, path, content=body)
    assert response.status_code == status, response.text
    assert world.inbox.posts == []
    assert world.simulator.faults.rules == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_pages_of_other_sites_cannot_act_as_a_phone(world: World, headers: dict[str, str]) -> None:
    """Refusal 48."""
    body = b'{"type": "text", "text": "x"}'
    more = {"Content-Type": "text/plain", **headers}
    response = await world.play("POST", f"phones/{NORA}/messages", content=body, headers=more)
    assert response.status_code == 403
    assert world.inbox.posts == []
    own = {"Origin": world.url, "Sec-Fetch-Site": "same-origin"}
    response = await world.play("POST", f"phones/{NORA}/messages", content=body, headers=own)
    assert response.status_code == 201


async def test_a_number_that_is_taken_cannot_be_changed_to(world: World) -> None:
    world.simulator.add_phone("447700900143")
    response = await world.play(
        "POST", f"phones/{NORA}/messages", {"type": "number_change", "new_wa_id": "447700900143"}
    )
    assert response.status_code == 400
    assert set(world.simulator.state.phones) == {NORA, "447700900143"}
    assert world.inbox.posts == []

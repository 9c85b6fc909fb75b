"""The simulated Graph API: what it takes, what it refuses, in Meta's words."""

import hashlib
import json
from typing import Any

import pytest

from frontdesk.simulators.whatsapp.ids import Ids
from frontdesk.simulators.whatsapp.state import WINDOW
from tests.simulators.conftest import ACCOUNT, NORA, NUMBER, World, until

BUTTONS = {
    "type": "button",
    "body": {"text": "Which size?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "m", "title": "M"}}]},
}
LIST = {
    "type": "list",
    "body": {"text": "Pick a day"},
    "action": {
        "button": "Days",
        "sections": [{"title": "This week", "rows": [{"id": "mo", "title": "Monday"}]}],
    },
}
LINK = {
    "type": "cta_url",
    "body": {"text": "Read on"},
    "action": {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://example.com"}},
}
FLOW = {
    "type": "flow",
    "body": {"text": "Fill in"},
    "action": {
        "name": "flow",
        "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Start", "flow_token": "t"},
    },
}
CARD = {"name": {"formatted_name": "Tom Reed", "first_name": "Tom"}, "phones": [{"phone": "+44 7700 900111"}]}
TEMPLATE = {
    "name": "order_update",
    "language": {"code": "en"},
    "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "Nora"}, {"type": "text", "text": "R-7"}]}
    ],
}


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("text", {"body": "Hi 👋\n*bold*", "preview_url": True}, "Hi 👋\n*bold*"),
        ("location", {"latitude": 51.45, "longitude": "-2.58", "name": "Workshop"}, "Workshop"),
        ("contacts", [CARD], "Tom Reed"),
        ("interactive", BUTTONS, "Which size?"),
        ("interactive", LIST, "Pick a day"),
        ("interactive", LINK, "Read on"),
        ("interactive", FLOW, "Fill in"),
        ("template", TEMPLATE, "Hello Nora, your order R-7 is ready."),
        ("image", {"link": "https://example.com/a.png", "caption": "Look"}, "Look"),
    ],
)
async def test_every_kind_arrives_on_the_phone_as_sent(
    world: World, kind: str, body: Any, shown: str
) -> None:
    response = await world.send("+44 7700 900142", type=kind, **{kind: body})
    assert response.status_code == 200
    answer = response.json()
    assert answer["messaging_product"] == "whatsapp"
    assert answer["contacts"] == [{"input": "+44 7700 900142", "wa_id": NORA}]
    wamid = answer["messages"][0]["id"]
    assert wamid.startswith("wamid.")
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered"])
    message = (await world.phone_messages())[-1]
    assert (message["id"], message["from"], message["type"]) == (wamid, "business", kind)
    assert message[kind] == body
    assert (message["text_shown"], message["status"]) == (shown, "delivered")


async def test_a_reaction_shows_on_its_target_and_is_only_sent(world: World) -> None:
    target = await world.write(type="text", text="done?")
    for emoji, shown in (("👍", [{"from": "business", "emoji": "👍"}]), ("", [])):
        response = await world.send(type="reaction", reaction={"message_id": target, "emoji": emoji})
        await world.told(response, ["sent"])
        messages = await world.phone_messages()
        assert [message["id"] for message in messages] == [target]
        assert messages[0]["reactions"] == shown
    unknown = await world.send(type="reaction", reaction={"message_id": "wamid.none", "emoji": "👍"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (400, 131009)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"messaging_product": "sms"}, 100, "messaging_product"),
        ({"to": ""}, 100, "The parameter to is required"),
        ({"to": 44}, 100, "Invalid parameter"),
        ({"type": "gif"}, 100, "Param type must be one of"),
        ({"text": None}, 131008, "text is required"),
        ({"text": {"body": ""}}, 131008, "text['body']"),
        ({"text": {"body": "x" * 4097}}, 100, "at most 4096"),
        ({"text": {"body": 5}}, 131008, "text['body']"),
        ({"context": {"id": 1}}, 100, "context"),
        ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009, "between -90 and 90"),
        ({"type": "location", "location": {"latitude": 1}}, 131008, "longitude"),
        ({"type": "contacts", "contacts": []}, 131008, "contacts"),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "A"}}]}, 131009, "optional name"),
        ({"type": "image", "image": {}}, 131009, "Exactly one"),
        ({"type": "image", "image": {"id": "1", "link": "https://a.b"}}, 131009, "Exactly one"),
        ({"type": "image", "image": {"link": "ftp://a.b"}}, 131009, "http"),
        ({"type": "image", "image": {"id": "77"}}, 100, "media attachment ID"),
        ({"type": "interactive", "interactive": {"type": "menu"}}, 131009, "interactive['type']"),
        ({"type": "interactive", "interactive": {**BUTTONS, "body": {}}}, 131008, "body"),
        ({"type": "interactive", "interactive": {**BUTTONS, "action": {"buttons": []}}}, 131009, "buttons"),
        (
            {"type": "interactive", "interactive": {**LIST, "action": {"button": "x", "sections": []}}},
            131009,
            "s",
        ),
        ({"type": "interactive", "interactive": {**LINK, "action": {"name": "cta_url"}}}, 131009, "cta_url"),
        ({"type": "template", "template": {"name": "none", "language": {"code": "en"}}}, 132001, "none"),
        ({"type": "template", "template": {**TEMPLATE, "components": []}}, 132000, "number of"),
        (
            {"type": "template", "template": {"name": "winter_offer", "language": {"code": "en"}}},
            132015,
            "paus",
        ),
        ({"type": "template", "template": {"name": "order_update"}}, 131008, "language"),
    ],
)
async def test_wrong_sends_are_refused_in_metas_words(
    world: World, change: dict[str, Any], code: int, words: str
) -> None:
    body = {"messaging_product": "whatsapp", "to": NORA, "type": "text", "text": {"body": "x"}, **change}
    response = await world.graph("POST", f"{NUMBER}/messages", body)
    error = response.json()["error"]
    assert (error["code"], error["type"]) == (code, "OAuthException")
    assert error["message"].startswith(f"(#{code}) ")
    assert words in error["message"] + error.get("error_data", {}).get("details", "")
    assert error["fbtrace_id"]
    assert response.status_code == (404 if code == 132001 else 400)
    assert (await world.ledger())["sends"] == []
    assert await world.phone_messages() == []


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000])
async def test_bodies_that_are_no_object_are_refused(world: World, raw: bytes) -> None:
    url = f"{world.url}/v23.0/{NUMBER}/messages"
    headers = {"Authorization": "Bearer EAAG-token", "Content-Type": "application/json"}
    response = await world.http.request("POST", url, content=raw, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (400, 100)


async def test_who_may_ask(world: World) -> None:
    body = {"messaging_product": "whatsapp", "to": NORA, "type": "text", "text": {"body": "x"}}
    wrong = await world.graph("POST", f"{NUMBER}/messages", body, token="other")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, 190)
    nobody = await world.http.request("POST", f"{world.url}/v23.0/{NUMBER}/messages", json=body)
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (401, 104)
    elsewhere = await world.graph("POST", "999/messages", body)
    error = elsewhere.json()["error"]
    assert (elsewhere.status_code, error["code"], error["error_subcode"]) == (400, 100, 33)
    assert error["type"] == "GraphMethodException"
    version = await world.http.request(
        "POST",
        f"{world.url}/latest/{NUMBER}/messages",
        json=body,
        headers={"Authorization": "Bearer EAAG-token"},
    )
    assert (version.status_code, version.json()["error"]["code"]) == (400, 2500)


async def test_free_text_needs_an_open_window_and_a_template_does_not(world: World) -> None:
    """M-18: 131047 once 24 hours have passed."""
    phone = world.simulator.state.phone(NORA)
    phone.last_written[NUMBER] = world.simulator.state.now() - WINDOW
    refused = await world.send(type="text", text={"body": "still there?"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, 131047)
    assert (await world.send(type="template", template=TEMPLATE)).status_code == 200
    await world.write(type="text", text="yes")
    assert (await world.send(type="text", text={"body": "good"})).status_code == 200


async def test_refusals_can_come_by_hook_instead(world: World) -> None:
    await world.play("PUT", "settings", {"refuse_by": "hook"})
    await world.play("PATCH", f"phones/{NORA}", {"window": "closed"})
    closed = await world.send_text()
    unknown = await world.send_text(to="447700900999")
    await until(lambda: world.inbox.statuses_of(closed) == world.inbox.statuses_of(unknown) == ["failed"])
    errors = [value["statuses"][0]["errors"][0]["code"] for value in world.inbox.values()]
    assert sorted(errors) == [131026, 131047]
    assert await world.phone_messages() == []


async def test_numbers_without_whatsapp_blocked_ones_and_oneself(world: World) -> None:
    for to, code in (("447700900999", 131026), ("US.999", 131026), ("15550001000", 131021)):
        response = await world.send(to, type="text", text={"body": "x"})
        assert (response.status_code, response.json()["error"]["code"]) == (400, code)
    await world.play("PATCH", f"phones/{NORA}", {"is_blocked": True})
    assert (await world.send(type="text", text={"body": "x"})).json()["error"]["code"] == 131026
    await world.play("PUT", "settings", {"unknown_phones": "create"})
    assert await world.send_text(to="447700900999")
    assert len(await world.phone_messages("447700900999")) <= 1


async def test_a_user_id_is_as_good_as_a_number(world: World) -> None:
    user_id = world.simulator.state.phone(NORA).user_id
    body = {"messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": {"body": "x"}}
    response = await world.graph("POST", f"{NUMBER}/messages", body)
    assert response.json()["contacts"] == [{"input": user_id, "user_id": user_id}]
    await until(
        lambda: world.inbox.statuses_of(response.json()["messages"][0]["id"]) == ["sent", "delivered"]
    )


async def test_throughput_and_pair_limits(world: World) -> None:
    await world.play("PUT", "settings", {"messages_per_second": 2})
    answers = [await world.send(type="text", text={"body": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == 130429
    assert answers[2].headers["retry-after"] == "1"
    await world.play("PUT", "settings", {"messages_per_second": None, "pair_seconds": 6})
    pair = await world.send(type="text", text={"body": "x"})
    assert (pair.status_code, pair.json()["error"]["code"]) == (400, 131056)
    assert len((await world.ledger())["sends"]) == 2


async def test_marks_turn_the_customers_messages_read_and_show_typing(world: World) -> None:
    first = await world.write(type="text", text="one")
    second = await world.write(type="text", text="two")
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": second}
    response = await world.graph("POST", f"{NUMBER}/messages", body | {"typing_indicator": {"type": "text"}})
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert {message["id"]: message["status"] for message in await world.phone_messages()} == {
        first: "read",
        second: "read",
    }
    assert (await world.play("GET", f"phones/{NORA}")).json()["is_business_typing"] is True
    await world.send_text()
    await until(lambda: len(world.simulator.state.phone(NORA).messages) == 3)
    assert (await world.play("GET", f"phones/{NORA}")).json()["is_business_typing"] is False
    wrong = await world.graph("POST", f"{NUMBER}/messages", body | {"message_id": "wamid.none"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, 131009)


async def test_files_go_up_and_come_down_for_the_bearer_only(world: World) -> None:
    """Refusal 40's other side: the download address wants the token."""
    content = b"\x89PNG" + bytes(1000)
    up = await world.graph(
        "POST",
        f"{NUMBER}/media",
        data={"messaging_product": "whatsapp", "type": "image/png"},
        files={"file": ("a.png", content, "image/png")},
    )
    media_id = up.json()["id"]
    told = (await world.graph("GET", media_id, params={"phone_number_id": NUMBER})).json()
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert (told["mime_type"], told["file_size"], told["id"]) == ("image/png", 1004, media_id)
    down = await world.http.request("GET", told["url"], headers={"Authorization": "Bearer EAAG-token"})
    assert (down.status_code, down.content, down.headers["content-type"]) == (200, content, "image/png")
    assert (await world.http.request("GET", told["url"])).status_code == 401
    sent = await world.send(type="image", image={"id": media_id, "caption": "c"})
    assert sent.status_code == 200
    as_sticker = await world.send(type="sticker", sticker={"id": media_id})
    assert (as_sticker.status_code, as_sticker.json()["error"]["code"]) == (400, 131053)
    shown = await world.play("GET", f"media/{media_id}")
    assert (shown.content, shown.headers["x-content-type-options"]) == (content, "nosniff")
    assert (await world.graph("DELETE", media_id)).json() == {"success": True}
    gone = await world.graph("GET", media_id)
    assert (gone.status_code, gone.json()["error"]["error_subcode"]) == (400, 33)


@pytest.mark.parametrize(
    ("form", "file", "code"),
    [
        ({"messaging_product": "whatsapp"}, ("a.exe", b"MZ", "application/octet-stream"), 100),
        ({"messaging_product": "whatsapp"}, ("a.png", b"", "image/png"), 131053),
        ({"messaging_product": "whatsapp"}, ("a.png", bytes(5 * 1024 * 1024 + 1), "image/png"), 131053),
        ({}, ("a.png", b"1", "image/png"), 100),
    ],
)
async def test_files_that_meta_does_not_take(
    world: World, form: dict[str, str], file: tuple[str, bytes, str], code: int
) -> None:
    response = await world.graph("POST", f"{NUMBER}/media", data=form, files={"file": file})
    assert (response.status_code, response.json()["error"]["code"]) == (400, code)
    assert world.simulator.state.files == {}


async def test_an_upload_that_is_no_form(world: World) -> None:
    response = await world.graph("POST", f"{NUMBER}/media", {"file": "x"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, 100)


async def test_facts_of_numbers_accounts_and_templates(world: World) -> None:
    number = (await world.graph("GET", NUMBER)).json()
    assert (number["id"], number["verified_name"]) == (NUMBER, "Rill workshop")
    assert [one["id"] for one in (await world.graph("GET", f"{ACCOUNT}/phone_numbers")).json()["data"]] == [
        NUMBER
    ]
    assert (await world.graph("GET", ACCOUNT)).json()["id"] == ACCOUNT
    first = (await world.graph("GET", f"{ACCOUNT}/message_templates", params={"limit": 5})).json()
    rest = (
        await world.graph(
            "GET",
            f"{ACCOUNT}/message_templates",
            params={"limit": 5, "after": first["paging"]["cursors"]["after"]},
        )
    ).json()
    assert (len(first["data"]), len(rest["data"]), "next" in first["paging"], "next" in rest["paging"]) == (
        5, 3, True, False,
    )  # fmt: skip
    german = await world.graph("GET", f"{ACCOUNT}/message_templates", params={"language": "de"})
    assert [one["name"] for one in german.json()["data"]] == ["order_update"]
    wrong = await world.graph("GET", f"{ACCOUNT}/message_templates", params={"limit": "x"})
    assert wrong.status_code == 400


async def test_subscribing_asks_the_hook_for_its_challenge(world: World) -> None:
    assert (await world.graph("DELETE", f"{ACCOUNT}/subscribed_apps")).json() == {"success": True}
    assert (await world.graph("GET", f"{ACCOUNT}/subscribed_apps")).json() == {"data": []}
    await world.write(type="text", text="nobody hears this")
    assert world.inbox.server is not None
    url = f"{world.inbox.server.origin}/hooks/whatsapp/2"
    bad = await world.graph(
        "POST", f"{ACCOUNT}/subscribed_apps", {"override_callback_uri": url, "verify_token": "wrong"}
    )
    assert (bad.status_code, bad.json()["error"]["code"]) == (400, 2200)
    assert "HTTP Status Code = 403" in bad.json()["error"]["message"]
    good = await world.graph(
        "POST", f"{ACCOUNT}/subscribed_apps", {"override_callback_uri": url, "verify_token": "verify-me"}
    )
    assert good.json() == {"success": True}
    apps = (await world.graph("GET", f"{ACCOUNT}/subscribed_apps")).json()["data"]
    assert apps[0]["override_callback_uri"] == url
    await world.write(type="text", text="heard")
    await until(lambda: len(world.inbox.messages()) == 1)
    assert world.inbox.posts[0].line == "POST /hooks/whatsapp/2 HTTP/1.1"
    assert world.inbox.messages()[0]["text"] == {"body": "heard"}


async def test_the_ledger_lists_what_was_taken_and_what_was_told(world: World) -> None:
    body = {"messaging_product": "whatsapp", "to": NORA, "type": "text", "text": {"body": "x"}}
    first = await world.graph("POST", f"{NUMBER}/messages", body | {"biz_opaque_callback_data": "delivery-1"})
    wamid = first.json()["messages"][0]["id"]
    await until(lambda: world.inbox.statuses_of(wamid) == ["sent", "delivered"])
    ledger = await world.ledger()
    send = ledger["sends"][0]
    assert (send["id"], send["to"], send["opaque"], send["answer"]) == (wamid, NORA, "delivery-1", "200")
    canonical = json.dumps(
        body | {"biz_opaque_callback_data": "delivery-1"}, sort_keys=True, separators=(",", ":")
    )
    assert send["body_sha256"] == hashlib.sha256(canonical.encode()).hexdigest()
    assert [hook["ids"] for hook in ledger["hooks"]] == [[f"{wamid}:sent"], [f"{wamid}:delivered"]]
    assert [hook["status"] for hook in ledger["hooks"]] == [200, 200]
    told = [value["statuses"][0]["biz_opaque_callback_data"] for value in world.inbox.values()]
    assert told == ["delivery-1", "delivery-1"]
    await world.send_text()
    later = (await world.play("GET", "ledger", params={"after_send": send["number"]})).json()
    assert [entry["number"] for entry in later["sends"]] == [2]


async def test_ids_are_the_same_for_the_same_seed() -> None:
    first, second, other = Ids(1), Ids(1), Ids(2)
    assert first.message(NORA, from_phone=True) == second.message(NORA, from_phone=True)
    assert first.message(NORA, from_phone=True) != other.message(NORA, from_phone=True)

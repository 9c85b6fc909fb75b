"""An independent client of Meta's API, written for the real one, finds nothing amiss with the simulator."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pywa.types import templates
from pywa.types.callback import Button
from pywa.types.others import Contact
from pywa_async.client import WhatsApp
from pywa_async.errors import ReEngagementMessage, WhatsAppError

from tests.simulators.conftest import ACCOUNT, NORA, NUMBER, SECRET, TOKEN, VERIFY, World, until


@contextlib.asynccontextmanager
async def vendor_client(world: World) -> AsyncIterator[Any]:
    """The client, pointed at the simulator."""
    async with httpx.AsyncClient() as session:
        client: Any = WhatsApp(
            phone_id=NUMBER,
            token=TOKEN,
            waba_id=ACCOUNT,
            app_secret=SECRET,
            verify_token=VERIFY,
            session=session,
            server=None,
        )
        session.base_url = f"{world.url}/v25.0"
        yield client


async def test_it_sends_every_kind_and_each_arrives(world: World) -> None:
    target = await world.write(type="text", text="hello")
    async with vendor_client(world) as client:
        text = await client.send_message(to=NORA, text="Hi", reply_to_message_id=target, tracker="track-1")
        image = await client.send_image(to=NORA, image=b"\x89PNG" * 9, mime_type="image/png", caption="c")
        document = await client.send_document(
            to=NORA, document=b"%PDF", filename="a.pdf", mime_type="application/pdf"
        )
        place = await client.send_location(
            to=NORA, latitude=51.45, longitude=-2.58, name="Workshop", address="A"
        )
        card = Contact(name=Contact.Name(formatted_name="Tom Reed", first_name="Tom"))
        contact = await client.send_contact(to=NORA, contact=card)
        buttons = await client.send_message(
            to=NORA, text="Size?", buttons=[Button(title="M", callback_data="m")]
        )
        reaction = await client.send_reaction(to=NORA, emoji="👍", message_id=target)
        template = await client.send_template(
            to=NORA,
            name="appointment_reminder",
            language=templates.TemplateLanguage.ENGLISH,
            params=[templates.BodyText.params(customer="Nora", day="Monday", time="9")],
        )
        sent = [text, image, document, place, contact, buttons, template]
        await until(lambda: all(world.inbox.statuses_of(one.id) == ["sent", "delivered"] for one in sent))
        await until(lambda: world.inbox.statuses_of(reaction.id) == ["sent"])
    shown = await world.phone_messages()
    assert [message["id"] for message in shown] == [target, *(one.id for one in sent)]
    assert [message["type"] for message in shown[1:]] == [
        "text", "image", "document", "location", "contacts", "interactive", "template",
    ]  # fmt: skip
    assert shown[0]["reactions"] == [{"from": "business", "emoji": "👍"}]
    assert shown[1]["reply_to"] == target
    assert shown[7]["text_shown"] == "Nora, we see you on Monday at 9."
    media = await world.play("GET", f"media/{shown[2]['image']['id']}")
    assert media.content == b"\x89PNG" * 9
    assert (await world.ledger())["sends"][0]["opaque"] == "track-1"


async def test_it_reads_our_errors(world: World) -> None:
    async with vendor_client(world) as client:
        await world.play("PATCH", f"phones/{NORA}", {"window": "closed"})
        with pytest.raises(ReEngagementMessage) as caught:
            await client.send_message(to=NORA, text="late")
        assert caught.value.code == 131047
        client.token = "wrong"
        with pytest.raises(WhatsAppError) as denied:
            await client.send_message(to=NORA, text="x")
        assert (denied.value.code, denied.value.status_code) == (190, 401)


async def test_it_reads_facts_templates_and_files(world: World) -> None:
    await world.write(type="voice")
    await until(lambda: len(world.inbox.messages()) == 1)
    async with vendor_client(world) as client:
        number = await client.get_business_phone_number()
        assert (str(number.id), number.verified_name) == (NUMBER, "Rill workshop")
        names = [template.name for template in await client.get_templates()]
        assert names.count("order_update") == 3
        audio = world.inbox.messages()[0]["audio"]
        url = await client.get_media_url(audio["id"])
        content = await client.get_media_bytes(url.url)
        assert content.startswith(b"OggS")
        assert len(content) == url.file_size
        await world.write(type="text", text="x")
        await until(lambda: len(world.inbox.messages()) == 2)
        marked = await client.mark_message_as_read(message_id=world.inbox.messages()[1]["id"])
        assert marked.success


async def test_it_accepts_our_signature_and_refuses_a_tampered_body(world: World) -> None:
    """Refusal 31, judged by somebody else's validator."""
    await world.write(type="text", text="signed")
    await until(lambda: len(world.inbox.posts) == 1)
    post = world.inbox.posts[0]
    given = post.headers["x-hub-signature-256"]
    async with vendor_client(world) as client:
        assert await client.webhook_update_validator(post.body, given) is None
        tampered = post.body.replace(b"signed", b"forged")
        assert await client.webhook_update_validator(tampered, given) == ("Forbidden", 403)
        assert await client.webhook_update_validator(post.body, None) == ("Unauthorized", 401)


async def test_it_understands_our_hooks(world: World) -> None:
    heard: list[Any] = []
    wamid = await world.send_text("hello")
    await until(lambda: len(world.inbox.statuses_of(wamid)) == 2)
    own = await world.write(type="text", text="Olá", reply_to=wamid)
    await world.write(type="image", caption="look")
    await world.write(type="location", latitude=51.5, longitude=-2.5, name="Dock", address="A")
    await world.write(type="contacts", contacts=[{"name": {"formatted_name": "Tom", "first_name": "Tom"}}])
    await world.write(type="reaction", message_id=wamid, emoji="🎉")
    await world.write(type="button_reply", id="m", title="M", reply_to=wamid)
    await world.write(type="list_reply", id="mo", title="Monday", reply_to=wamid)
    await world.write(type="flow_reply", form={"a": 1, "flow_token": "t"}, reply_to=wamid)
    await world.write(type="edit", message_id=own, text="Olá!")
    await world.write(type="revoke", message_id=own)
    await world.write(type="number_change", new_wa_id="447700900777")
    await until(lambda: len(world.inbox.messages()) == 11)
    async with vendor_client(world) as client:

        async def listen(_client: Any, update: Any) -> None:
            heard.append(update)

        for register in (
            client.on_message, client.on_message_status, client.on_callback_button,
            client.on_callback_selection, client.on_flow_completion, client.on_edited_message,
            client.on_deleted_message, client.on_phone_number_change,
        ):  # fmt: skip
            register()(listen)
        for post in world.inbox.posts:
            assert await client.webhook_update_handler(post.body) == ("ok", 200)
    names = [type(update).__name__ for update in heard]
    assert names == [
        "MessageStatus", "MessageStatus", "Message", "Message", "Message", "Message", "Message",
        "CallbackButton", "CallbackSelection", "FlowCompletion", "EditedMessage", "DeletedMessage",
        "PhoneNumberChange",
    ]  # fmt: skip
    sent, delivered, text, image, place, card, reaction, button, choice, flow, *_, change = heard
    assert [status.status.value for status in (sent, delivered)] == ["sent", "delivered"]
    assert (text.text, text.from_user.wa_id, text.reply_to_message.id) == ("Olá", NORA, wamid)
    assert (image.image.mime_type, image.caption) == ("image/png", "look")
    assert (place.location.name, place.location.latitude) == ("Dock", 51.5)
    assert card.contacts[0].name.formatted_name == "Tom"
    assert (reaction.reaction.emoji, reaction.reaction.message_id) == ("🎉", wamid)
    assert (button.data, button.title, choice.data, choice.title) == ("m", "M", "mo", "Monday")
    assert flow.response["a"] == 1
    assert (change.old_wa_id, change.new_wa_id) == (NORA, "447700900777")

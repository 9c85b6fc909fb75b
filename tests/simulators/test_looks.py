"""How messages look on a phone: read from Meta's objects, the same for every provider."""

from typing import Any

import pytest

from frontdesk.kit.clock import utc_now
from frontdesk.simulators.base import Look, LookCard, LookChoice, LookFile, LookLink, LookPlace, PhoneMessage
from frontdesk.simulators.whatsapp.looking import look_of
from tests.simulators.conftest import World, until


def message(kind: str, body: Any, sender: Any = "business") -> PhoneMessage:
    return PhoneMessage("m1", sender, "1", kind, body, utc_now(), shown="shown")


BUTTONS = {
    "type": "button",
    "header": {"type": "text", "text": "Size"},
    "body": {"text": "Which one?"},
    "footer": {"text": "Press one"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "m", "title": "M"}}]},
}
LIST = {
    "type": "list",
    "body": {"text": "Pick"},
    "action": {"sections": [{"rows": [{"id": "a", "title": "A"}]}]},
}
CALL = {
    "body": {"text": "See"},
    "action": {"parameters": {"display_text": "Go", "url": "https://rill.example"}},
}
QUICK = [{"type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [{"payload": "yes"}]}]


@pytest.mark.parametrize(
    ("kind", "body", "look"),
    [
        ("text", {"body": "shown"}, Look(text="shown")),
        (
            "image",
            {"id": "7", "caption": "c", "mime_type": "image/png"},
            Look(text="c", files=(LookFile("image", id="7", mime="image/png"),)),
        ),
        (
            "document",
            {"link": "https://x.example/a.pdf", "filename": "a.pdf"},
            Look(files=(LookFile("document", url="https://x.example/a.pdf", filename="a.pdf"),)),
        ),
        ("location", {"latitude": 1, "longitude": 2, "name": "N"}, Look(place=LookPlace(1.0, 2.0, "N"))),
        ("location", {"latitude": "x"}, Look(text="shown")),
        (
            "contacts",
            [{"name": {"formatted_name": "T"}, "phones": [{"phone": "1"}]}, {"org": {"company": "Rill"}}],
            Look(cards=(LookCard("T", "1"), LookCard("Contact", "Rill"))),
        ),
        (
            "interactive",
            BUTTONS,
            Look(
                "Which one?",
                "Size",
                "Press one",
                choices=(LookChoice("M", {"type": "button_reply", "id": "m", "title": "M"}),),
            ),
        ),
        (
            "interactive",
            LIST,
            Look("Pick", choices=(LookChoice("A", {"type": "list_reply", "id": "a", "title": "A"}),)),
        ),
        ("interactive", CALL, Look("See", links=(LookLink("Go", "https://rill.example"),))),
        (
            "template",
            {"components": QUICK},
            Look("shown", choices=(LookChoice("yes", {"type": "button", "text": "yes", "payload": "yes"}),)),
        ),
        ("image", None, Look(text="shown")),
    ],
)
def test_each_kind_of_message_has_its_look(kind: str, body: Any, look: Look) -> None:
    assert look_of(message(kind, body)) == look


def test_a_customers_own_answer_offers_nothing() -> None:
    assert look_of(message("interactive", BUTTONS, "customer")) == Look(text="shown")


async def test_the_play_api_tells_the_look(world: World) -> None:
    await world.write(type="location", latitude=1, longitude=2, name="Harbour")
    await until(lambda: len(world.inbox.messages()) == 1)
    shown = (await world.phone_messages())[0]["look"]
    assert shown["place"] == {"latitude": 1.0, "longitude": 2.0, "name": "Harbour", "address": None}
    assert (shown["files"], shown["choices"]) == ([], [])

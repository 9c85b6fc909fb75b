"""Updates in our words: every fixture, what the neutral form does not show, and bodies nobody expects."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.channels.telegram import channel
from frontdesk.channels.telegram.inbound import parse_body
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.content import content_adapter
from frontdesk.domain.errors import Malformed
from frontdesk.domain.message import Direction
from frontdesk.domain.neutral import neutral
from frontdesk.testing import InboundCase, check_inbound, inbound_cases

FIXTURES = Path(__file__).parent / "fixtures"
CASES = inbound_cases(FIXTURES)


def event_of(name: str) -> i.InboundEvent:
    [event] = parse_body(next(case.body for case in CASES if case.name == name))
    return event


def message_of(name: str) -> i.MessageReceived:
    event = event_of(name)
    assert isinstance(event, i.MessageReceived)
    return event


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_fixture_yields_its_events(case: InboundCase) -> None:
    """S0-48: the message kinds of the first channel, here too."""
    check_inbound(channel, case)


def test_each_message_becomes_typed_content_of_every_kind_we_have() -> None:
    """S0-48."""
    messages = [
        event for case in CASES for event in parse_body(case.body) if isinstance(event, i.MessageReceived)
    ]
    for message in messages:
        dumped = content_adapter.dump_json(message.content)
        assert content_adapter.validate_json(dumped) == message.content
    kinds = {"text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction"}
    assert kinds | {"interactive", "poll", "unsupported"} == {message.content.kind for message in messages}


def test_an_id_names_its_chat_because_numbers_repeat_from_chat_to_chat() -> None:
    """G8."""
    assert message_of("text").source_id == "70001234:41"
    assert message_of("group").source_id == "-1002200110099:41"
    assert message_of("business_message").source_id == "Bz_77-a:70001234:41"
    assert message_of("reply").context.reply_to_source_id == "70001234:40"


def test_an_edit_has_an_id_of_its_own_beside_the_message_s() -> None:
    """G8: an edit reuses the message's id, so the update's tells a redelivery."""
    edit = event_of("edit")
    assert isinstance(edit, i.MessageEdited)
    assert edit.target_source_id == message_of("text").source_id
    update_id = json.loads((FIXTURES / "edit.json").read_text(encoding="utf-8"))["body"]["update_id"]
    assert edit.source_id == f"update:{update_id}"


def test_a_private_chat_is_its_customer() -> None:
    message = message_of("text")
    assert message.party == i.Party((i.Address("telegram", "70001234"),), "Ida Brandt")
    assert message.thread_key == "telegram:70001234"
    assert message.author_name is None
    assert message.direction is Direction.INCOMING


def test_a_group_is_one_party_and_says_who_of_it_wrote() -> None:
    message = message_of("group")
    assert message.party == i.Party((i.Address("telegram", "-1002200110099"),), "Rill Riders")
    assert message.author_name == "Ida Brandt"


def test_a_topic_is_a_thread_of_its_own_with_an_address_of_its_own() -> None:
    message = message_of("topic")
    assert message.thread_key == "topic:-1002200110099/33"
    assert message.party.addresses[0] == i.Address("telegram", "-1002200110099/33")
    assert message.context.reply_to_source_id is None
    assert message_of("topic_reply").context.reply_to_source_id == "-1002200110099:39"


def test_a_business_chat_is_a_thread_of_its_own_of_the_same_customer() -> None:
    message = message_of("business_message")
    assert message.thread_key == "business:Bz_77-a/70001234"
    assert message.party.addresses == (
        i.Address("telegram_business", "Bz_77-a/70001234"),
        i.Address("telegram", "70001234"),
    )
    echo = message_of("business_echo")
    assert (echo.direction, echo.party, echo.thread_key) == (
        Direction.OUTGOING,
        message.party,
        message.thread_key,
    )


def test_a_reaction_and_a_pressed_button_have_ids_of_their_own() -> None:
    """G8."""
    assert (message_of("reaction").source_id or "").startswith("update:")
    assert message_of("callback").source_id == "callback:4382bfdwdsb323b2d9"
    content = message_of("callback").content
    assert isinstance(content, c.Interactive)
    assert (content.type, content.id, content.title) == ("button_reply", "l", "Size L")


def test_a_voice_note_keeps_its_caption() -> None:
    content = message_of("voice").content
    assert isinstance(content, c.Audio)
    assert (content.voice, content.caption) == (True, "listen to the hub")


def test_an_unknown_kind_is_kept_whole() -> None:
    content = message_of("unknown_kind").content
    assert isinstance(content, c.Unsupported)
    assert isinstance(content.raw, dict)
    assert content.raw["hologram"] == {"id": "h-1", "depth": 3}


def test_a_group_that_moves_keeps_its_people() -> None:
    moved = event_of("service_migrate")
    assert isinstance(moved, i.AddressChanged)
    assert moved.old == i.Address("telegram", "-4400")
    assert moved.new == (i.Address("telegram", "-1002200110099"),)


def test_a_nul_is_replaced() -> None:
    body = {"update_id": 1, "message": {"message_id": 1, "chat": {"id": 1}, "text": "a\x00b"}}
    [event] = parse_body(json.dumps(body).encode())
    assert isinstance(event, i.MessageReceived)
    assert event.content == c.Text(body="a\ufffdb")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"3", b'"text"', b"\xff", b"{}", b'{"a":' * 100_000, b"NaN"]
)
def test_what_is_no_update_is_malformed(body: bytes) -> None:
    """G9."""
    with pytest.raises(Malformed):
        parse_body(body)


WORDS = """
    message edited_message callback_query message_reaction my_chat_member business_message chat from id type
    text date message_id photo file_id width height voice sticker location latitude longitude venue title
    contact phone_number first_name poll question options dice value checklist tasks rich_message blocks
    reply_to_message message_thread_id is_topic_message old_reaction new_reaction emoji data user story
    deleted_business_messages message_ids web_app_data caption forward_origin reply_markup inline_keyboard"""
NAMES = st.sampled_from(WORDS.split())
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(NAMES, children, max_size=6),
    max_leaves=30,
)


@given(st.dictionaries(NAMES, JSON, max_size=3) | JSON)
def test_any_json_is_read_or_malformed(body: Any) -> None:
    """G9: nothing else than Malformed is ever raised."""
    if isinstance(body, dict):
        body = {"update_id": 5, **body}
    try:
        events = parse_body(json.dumps(body).encode())
    except Malformed:
        return
    for event in events:
        json.dumps(neutral(event), allow_nan=False)
        if isinstance(event, i.MessageReceived):
            content_adapter.dump_json(event.content)
            assert event.source_id

"""Messages made of hooks' events, agents' requests, stored rows and canned responses."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.domain import content as c
from frontdesk.domain.errors import Invalid
from frontdesk.domain.factory import (
    KINDS,
    filled,
    from_agent_request,
    from_canned_response,
    from_event,
    from_row,
)
from frontdesk.domain.inbound import Address, MessageReceived, Party
from frontdesk.domain.message import AuthorType, DeliveryStatus, Direction, Message, MessageContext

AT = datetime(2026, 1, 1, 9, 1, 1, tzinfo=UTC)
SENT_AT = datetime(2026, 1, 1, 9, 0, 0, tzinfo=UTC)
CHAT = UUID("01990000-0000-7000-8000-0000000000c1")
RESPONSE = UUID("01990000-0000-7000-8000-0000000000d1")
NORA = Party((Address("somewhere", "1"),), "Nora")


def received(**changes: Any) -> MessageReceived:
    values: dict[str, Any] = {
        "at": SENT_AT,
        "source_id": "s-1",
        "party": NORA,
        "thread_key": "somewhere:1",
        "content": c.Text(body="Hi"),
        "context": MessageContext(forwarded=True),
    }
    return MessageReceived(**values | changes)


def test_a_received_message_is_incoming_and_its_authors() -> None:
    """S0-30."""
    message = from_event(received(), at=AT)
    assert (message.direction, message.sent_by, message.status) == (Direction.INCOMING, None, None)
    assert (message.author.type, message.author.name) == (AuthorType.CONTACT, "Nora")
    assert (message.source_id, message.sent_at, message.created_at) == ("s-1", SENT_AT, SENT_AT)
    assert message.context.forwarded


def test_a_message_without_a_time_has_the_callers() -> None:
    message = from_event(received(at=None), at=AT)
    assert (message.sent_at, message.created_at) == (None, AT)


def test_an_echo_is_outgoing_and_sent() -> None:
    message = from_event(received(direction=Direction.OUTGOING, extra={"sender": "15550184400"}), at=AT)
    assert (message.direction, message.sent_by, message.status) == (
        Direction.OUTGOING,
        "15550184400",
        DeliveryStatus.SENT,
    )


def request(*messages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"agent_email": "ana@rill.example", "chat_id": str(CHAT), "messages": list(messages)} | changes


TEXT = {"content": {"kind": "text", "body": "One"}}


def test_a_request_of_three_is_three_messages_in_order_all_waiting() -> None:
    """S0-31."""
    made = from_agent_request(
        request(
            TEXT,
            {"type": "text", "content": {"body": "Two"}, "date": "2026-01-01T09:00:00Z"},
            {"content": {"kind": "location", "latitude": 1, "longitude": 2}, "sent_by": "leo@rill.example"},
        ),
        at=AT,
    )
    assert [message.content for message in made] == [
        c.Text(body="One"),
        c.Text(body="Two"),
        c.Location(latitude=1, longitude=2),
    ]
    assert {message.status for message in made} == {DeliveryStatus.QUEUED}
    assert {message.conversation_id for message in made} == {CHAT}
    assert [message.sent_by for message in made] == [
        "ana@rill.example",
        "ana@rill.example",
        "leo@rill.example",
    ]
    assert [message.sent_at for message in made] == [None, SENT_AT, None]
    assert len({message.id for message in made}) == 3
    assert [message.id for message in made] == sorted(message.id for message in made)


def test_a_request_as_json_text() -> None:
    [made] = from_agent_request(json.dumps(request(TEXT)), at=AT)
    assert made.content == c.Text(body="One")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (request(), "messages"),
        (request(*[TEXT] * 51), "messages"),
        (request(TEXT, agent_email="ana"), "agent_email"),
        (request(TEXT, chat_id="7"), "chat_id"),
        (request(TEXT, mood="good"), "mood"),
        (request(TEXT, {"content": {"kind": "text", "body": ""}}), "messages.1.content.text.body"),
        (request({"content": {"kind": "hologram"}}), "messages.0.content"),
        (request({"content": {"kind": "activity", "activity": "x"}}), "messages.0.content.kind"),
        (request(TEXT, TEXT | {"date": "yesterday"}), "messages.1.date"),
        (request(TEXT | {"subtype": "canned_response"}), "canned_response_id"),
        (request(TEXT | {"subtype": "template"}), "content"),
        (b"[1]", None),
        (b"{", None),
    ],
)
def test_a_request_that_breaks_a_rule_names_the_field(asked: Any, field: str | None) -> None:
    """S0-29, S0-31."""
    with pytest.raises(Invalid) as caught:
        from_agent_request(asked, at=AT)
    assert caught.value.field == field


EVERY_KIND: list[c.Content] = [
    c.Text(body="Hi"),
    c.Image(media=c.Media(attachment_id=UUID(int=3)), caption="c"),
    c.Audio(media=c.Media(), voice=True),
    c.Video(media=c.Media()),
    c.Document(media=c.Media(filename="a.pdf")),
    c.Sticker(media=c.Media(), animated=True),
    c.Location(latitude=1, longitude=2, name="x"),
    c.Contacts(cards=(c.ContactCard(name="A"),)),
    c.Reaction(emoji="👍", target_source_id="s"),
    c.Interactive(type="buttons", body="?", buttons=(c.Choice(id="1", title="One"),)),
    c.Button(text="Yes"),
    c.Order(catalog_id="1", items=(c.OrderItem(sku="a", price=1.5),)),
    c.Template(name="due", language="en"),
    c.Email(subject="s", text="t"),
    c.Call(call_id="1", event="connect"),
    c.Poll(question="?"),
    c.Activity(activity="conversation.assigned"),
    c.Unsupported(raw={"a": [1]}),
]


def test_every_kind_is_here() -> None:
    assert {content.kind for content in EVERY_KIND} == KINDS


@pytest.mark.parametrize("content", EVERY_KIND, ids=lambda content: content.kind)
def test_every_stored_row_becomes_its_message_again(content: c.Content) -> None:
    """S0-32."""
    direction = Direction.ACTIVITY if content.kind == "activity" else Direction.OUTGOING
    message = Message(
        conversation_id=CHAT,
        seq=4,
        direction=direction,
        sent_by="ana",
        content=content,
        created_at=AT,
        starred=True,
    )
    assert from_row(message.model_dump_json()) == message
    assert from_row(message.model_dump(mode="json")) == message
    row = {
        "id": message.id,
        "account_id": UUID(int=9),
        "conversation_id": CHAT,
        "seq": 4,
        "direction": str(direction),
        "author_type": "agent",
        "author_id": UUID(int=8),
        "author_name": "ana",
        "kind": content.kind,
        "content": c.content_adapter.dump_json(content).decode(),
        "context": None,
        "starred": 1,
        "version": 3,
        "edited_at": None,
        "created_at": AT,
    }
    stored = from_row(row)
    assert (stored.content, stored.seq, stored.sent_by, stored.starred) == (content, 4, "ana", True)
    assert stored.author.id == UUID(int=8)


@pytest.mark.parametrize("kind", ["hologram", "", None, 3])
def test_an_unknown_kind_in_a_row_is_an_error(kind: Any) -> None:
    """S0-32."""
    with pytest.raises(Invalid, match="unknown message kind") as caught:
        from_row({"direction": "incoming", "content": {"kind": kind}, "created_at": AT})
    assert caught.value.field == "content.kind"


@pytest.mark.parametrize("row", ["", "nope", "[]", {"content": "{"}, {"content": '"text"'}])
def test_what_is_no_row_is_an_error(row: Any) -> None:
    with pytest.raises(Invalid):
        from_row(row)


CANNED: list[dict[str, Any]] = [
    {"kind": "text", "body": "Dear {{name}}, your {{ bike.model }} is ready."},
    {"kind": "image", "media": {"attachment_id": str(UUID(int=3))}, "caption": "{{name}}'s bike"},
    {"kind": "document", "media": {"attachment_id": str(UUID(int=4)), "filename": "{{name}}.pdf"}},
]


def test_a_canned_response_is_its_messages_in_order_filled() -> None:
    """S0-33."""
    made = from_canned_response(
        CANNED,
        {"name": "Nora", "bike.model": "Ridge 2", "unused": "x"},
        canned_response_id=RESPONSE,
        sent_by="ana@rill.example",
        conversation_id=CHAT,
        at=AT,
    )
    assert [message.content for message in made] == [
        c.Text(body="Dear Nora, your Ridge 2 is ready."),
        c.Image(media=c.Media(attachment_id=UUID(int=3)), caption="Nora's bike"),
        c.Document(media=c.Media(attachment_id=UUID(int=4), filename="Nora.pdf")),
    ]
    assert {(message.context.subtype, message.context.canned_response_id) for message in made} == {
        ("canned_response", RESPONSE)
    }
    assert {message.status for message in made} == {DeliveryStatus.QUEUED}


def test_a_missing_variable_is_named_and_nothing_is_made() -> None:
    """S0-33."""
    with pytest.raises(Invalid, match=r"bike\.model") as caught:
        filled(CANNED, {"name": "Nora", "bike.model": None})
    assert caught.value.field == "variables.bike.model"


@pytest.mark.parametrize(
    "text",
    ["{{7*7}}", "{0.__class__}", "{{ }}", "{{a b}}", "{%if x%}", "${name}", "{name}", "{{{{", "{{naïve}}"],
)
def test_what_is_no_variable_stays_as_it_is(text: str) -> None:
    """Refusal 45."""
    assert filled([c.Text(body=text)], {"name": "x"}) == [c.Text(body=text)]


@given(st.text(min_size=1).filter(lambda value: "\x00" not in value))
def test_a_value_is_put_in_literally_and_never_read_again(value: str) -> None:
    """Refusal 45."""
    contents: list[c.Content] = [c.Text(body="<{{a}}|{{b}}>")]
    assert filled(contents, {"a": value, "b": "{{a}}"}) == [c.Text(body=f"<{value}|{{{{a}}}}>")]


def test_a_filled_message_keeps_the_rules() -> None:
    """Refusal 43."""
    link = c.Interactive(type="cta_url", body="x", button="x", url="https://x.example/{{path}}")
    assert filled([link], {"path": "1"})[0] == link.model_copy(update={"url": "https://x.example/1"})
    with pytest.raises(Invalid):
        filled(
            [c.Interactive(type="cta_url", body="x", button="x", url="{{url}}")],
            {"url": "javascript:alert(1)"},
        )
    with pytest.raises(Invalid):
        filled([{"kind": "text", "body": "{{x}}"}], {"x": ""})
    with pytest.raises(Invalid):
        filled([{"kind": "nothing"}], {})

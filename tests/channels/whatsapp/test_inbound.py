"""Hooks in our words: every fixture, what the neutral form does not show, and bodies nobody expects."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.channels.whatsapp import channel
from frontdesk.channels.whatsapp.inbound import INEXISTENT, parse_body
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.consent import OptOutKind
from frontdesk.domain.content import content_adapter
from frontdesk.domain.errors import Malformed
from frontdesk.domain.message import DeliveryStatus, Direction
from frontdesk.domain.neutral import neutral
from frontdesk.testing import InboundCase, check_inbound, inbound_cases

FIXTURES = Path(__file__).parent / "fixtures"
CASES = inbound_cases(FIXTURES)


def body_of(name: str) -> bytes:
    return json.dumps(json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))["body"]).encode()


def message_of(name: str) -> i.MessageReceived:
    [event] = parse_body(body_of(name))
    assert isinstance(event, i.MessageReceived)
    return event


def value_of(**fields: Any) -> bytes:
    value = {"metadata": {"phone_number_id": "1"}, **fields}
    return json.dumps({"entry": [{"id": "2", "changes": [{"value": value, "field": "messages"}]}]}).encode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_fixture_yields_its_events(case: InboundCase) -> None:
    """S0-02 to S0-16 (S0-04, S0-05, S0-06, S0-10, S0-11 mostly here), S0-18, S0-20 to S0-24, S0-30."""
    check_inbound(channel, case)


def test_there_are_thirty_fixtures_of_messages_and_each_becomes_typed_content() -> None:
    """S0-30."""
    messages = [
        event for case in CASES for event in parse_body(case.body) if isinstance(event, i.MessageReceived)
    ]
    assert len(messages) >= 30
    for message in messages:
        assert replace(message) == message, "a message made by hand has every field"
        dumped = content_adapter.dump_json(message.content)
        assert content_adapter.validate_json(dumped) == message.content


def test_a_wish_for_no_more_marketing_is_the_customers() -> None:
    """Not ours to overlook: the register of opt-outs hears it."""
    [event] = parse_body(body_of("user_preferences"))
    assert isinstance(event, i.AccountNoticed)
    at = datetime(2026, 1, 1, 9, 1, 1, tzinfo=UTC)
    known = [i.Address("whatsapp", "447700900142"), i.Address("phone", "+447700900142")]
    assert event.wishes == tuple(
        i.Wish(each, OptOutKind.MARKETING, takes_leave=True, at=at) for each in known
    )


def test_an_image_keeps_caption_and_hash_in_hex() -> None:
    """S0-02."""
    content = message_of("image").content
    assert isinstance(content, c.Image)
    assert content.caption == "The wheel is bent"
    assert content.media.source_media_id == "930001"
    assert content.media.sha256 == hashlib.sha256(b"a photo of a bent wheel").hexdigest()


def test_a_voice_note_is_told_from_a_sound_file() -> None:
    """S0-03."""
    voice, sound = message_of("voice").content, message_of("audio").content
    assert isinstance(voice, c.Audio)
    assert isinstance(sound, c.Audio)
    assert (voice.voice, sound.voice) == (True, False)


def test_a_location_is_a_pin_or_a_place() -> None:
    """S0-07."""
    pin, place = message_of("location_pin").content, message_of("location_place").content
    assert isinstance(pin, c.Location)
    assert isinstance(place, c.Location)
    assert (pin.location_type, place.location_type) == ("pin", "place")


def test_unreadable_coordinates_leave_the_message_unsupported() -> None:
    location = {"latitude": "north", "longitude": "west", "name": "Pier"}
    message = {"from": "447700900142", "id": "wamid.1", "type": "location", "location": location}
    [event] = parse_body(value_of(messages=[message]))
    assert isinstance(event, i.MessageReceived)
    assert isinstance(event.content, c.Unsupported)
    assert neutral(event)["location"] == location


def test_an_unknown_kind_is_kept_whole() -> None:
    """S0-13: all that came of it, so that a version that knows the kind can parse it again."""
    content = message_of("unknown_kind").content
    assert isinstance(content, c.Unsupported)
    assert content.source_kind == "hologram"
    value = json.loads(body_of("unknown_kind"))["entry"][0]["changes"][0]["value"]
    assert [content.raw] == value["messages"]
    assert isinstance(content.raw, dict)
    again = parse_body(value_of(messages=[content.raw | {"type": "text", "text": {"body": "known now"}}]))
    assert [each.content for each in again if isinstance(each, i.MessageReceived)] == [
        c.Text(body="known now")
    ]


def test_addresses_come_strongest_first_and_name_the_thread() -> None:
    """S0-24, S0-25."""
    message = message_of("text")
    assert message.party == i.Party(
        (
            i.Address("whatsapp", "447700900142"),
            i.Address("whatsapp_user", "GB.70012345678901234567"),
            i.Address("phone", "+447700900142"),
        ),
        "Nora Castell",
    )
    assert message.thread_key == "whatsapp:447700900142"


def test_a_hidden_number_leaves_the_user_id_alone() -> None:
    """S0-24."""
    message = message_of("hidden_number")
    assert message.party.addresses == (i.Address("whatsapp_user", "AR.4455667788"),)
    assert message.thread_key == "whatsapp_user:AR.4455667788"


def test_two_forms_of_a_number_are_one_phone() -> None:
    """S0-25."""
    message = message_of("other_form_of_number")
    assert message.party.addresses == (
        i.Address("whatsapp", "551187654321"),
        i.Address("phone", "+5511987654321"),
    )


def test_times_are_aware_utc() -> None:
    """S0-26."""
    assert message_of("text").at == datetime(2026, 1, 1, 9, 1, 1, tzinfo=UTC)
    assert message_of("text_numeric_time").at == datetime(2026, 1, 1, 9, 1, 1, tzinfo=UTC)


def test_a_message_of_one_customer_is_never_another_ones() -> None:
    """A contact beside several messages names only those who match it."""
    messages = [
        {"from": number, "id": f"wamid.{number}", "type": "text", "text": {"body": "x"}}
        for number in ("447700900142", "34600000001")
    ]
    contacts = [{"profile": {"name": "Nora"}, "wa_id": "447700900142"}]
    events = parse_body(value_of(contacts=contacts, messages=messages))
    parties = [event.party for event in events if isinstance(event, i.MessageReceived)]
    assert [(party.name, party.addresses[0].value) for party in parties] == [
        ("Nora", "447700900142"),
        (None, "34600000001"),
    ]


@pytest.mark.parametrize("name", [{"first": "Nora"}, ["Nora"], 7, None, ""])
def test_a_name_that_is_no_text_is_left_out(name: Any) -> None:
    contacts = [{"profile": {"name": name}, "wa_id": "447700900142"}]
    message = {"from": "447700900142", "id": "wamid.1", "type": "text", "text": {"body": "x"}}
    [event] = parse_body(value_of(contacts=contacts, messages=[message]))
    assert isinstance(event, i.MessageReceived)
    assert event.party.name is None
    assert event.party.addresses[0] == i.Address("whatsapp", "447700900142")


def test_an_echo_is_outgoing_and_belongs_to_the_customers_thread() -> None:
    message = message_of("echo")
    assert message.direction is Direction.OUTGOING
    assert message.thread_key == "whatsapp:447700900142"
    assert message.party.addresses[0] == i.Address("whatsapp", "447700900142")


def test_a_group_is_a_thread_of_its_own() -> None:
    message = message_of("group_text")
    assert message.thread_key == "group:Y2FwaV9ncm91cA"
    assert message.party.name == "Nora Castell"


def test_a_new_number_brings_new_addresses() -> None:
    [event] = parse_body(body_of("number_changed"))
    assert isinstance(event, i.AddressChanged)
    assert event.old == i.Address("whatsapp", "447700900142")
    assert event.new == (i.Address("whatsapp", "447700900177"), i.Address("phone", "+447700900177"))


def test_a_status_carries_price_and_reason() -> None:
    """S0-18, S0-20, S0-23."""
    [sent] = parse_body(body_of("status_sent"))
    assert isinstance(sent, i.StatusReported)
    assert sent.status is DeliveryStatus.SENT
    assert sent.pricing is not None
    assert sent.pricing.model_dump(exclude_none=True) == {
        "billable": True,
        "model": "PMP",
        "category": "utility",
        "type": "regular",
        "expires_at": "2026-01-02T09:01:01+00:00",
        "conversation_id": "c0ffee01",
    }
    [failed] = parse_body(body_of("status_failed"))
    assert isinstance(failed, i.StatusReported)
    assert (failed.status, failed.error_code) == (DeliveryStatus.FAILED, "131047")
    assert failed.error_title == "Re-engagement message"


@pytest.mark.parametrize(
    ("opaque", "delivery_id"),
    [
        ("019aa111-2222-7333-8444-555566667777", UUID("019aa111-2222-7333-8444-555566667777")),
        ("campaign-12", None),
        ("", None),
        (None, None),
    ],
)
def test_a_status_names_the_delivery_that_the_send_carried(
    opaque: str | None, delivery_id: UUID | None
) -> None:
    """G7."""
    body = json.loads(body_of("status_sent"))
    body["entry"][0]["changes"][0]["value"]["statuses"][0]["biz_opaque_callback_data"] = opaque
    [event] = parse_body(json.dumps(body).encode())
    assert isinstance(event, i.StatusReported)
    assert event.delivery_id == delivery_id


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("status_played", DeliveryStatus.READ),
        ("status_deleted", DeliveryStatus.DELIVERED),
        ("status_read", DeliveryStatus.READ),
    ],
)
def test_words_for_a_status(name: str, status: DeliveryStatus) -> None:
    [event] = parse_body(body_of(name))
    assert isinstance(event, i.StatusReported)
    assert event.status is status


def test_two_entries_of_two_changes_of_three_messages_are_twelve_in_order() -> None:
    """S0-21."""
    events = parse_body(body_of("twelve_messages"))
    assert len(events) == 12
    assert [event.source_id for event in events if isinstance(event, i.MessageReceived)] == [
        f"wamid.HBgMNDQ3NzAwOTAwMTQyFQIAEhgUM0{n:04d}" for n in range(100, 112)
    ]


def test_an_empty_body_of_entries_is_inexistent() -> None:
    """S0-22."""
    assert parse_body(b'{"object": "whatsapp_business_account", "entry": []}') == [
        i.Ignored(reason=INEXISTENT)
    ]


def test_a_nul_stands_as_a_replacement_character() -> None:
    message = {"from": "447700900142", "id": "wamid.1\x00", "type": "text", "text": {"body": "a\x00b"}}
    [event] = parse_body(value_of(messages=[message]))
    assert isinstance(event, i.MessageReceived)
    assert (event.source_id, event.content) == ("wamid.1\ufffd", c.Text(body="a\ufffdb"))


def test_an_id_that_would_fit_no_index_is_passed_over() -> None:
    good = {"from": "447700900142", "id": "wamid.1", "type": "text", "text": {"body": "x"}}
    long = "9" * 600
    messages = [good | {"id": long}, good | {"from": long}, good | {"group_id": long}, good]
    events = parse_body(value_of(messages=messages, statuses=[{"id": long, "status": "read"}]))
    assert [type(event) for event in events] == [i.Ignored] * 3 + [i.MessageReceived, i.Ignored]


@pytest.mark.parametrize(
    "account", ["1" * 4000, f'"{"9" * 600}"', "true", "[]", "{}", "-1.5"], ids=lambda v: v[:5]
)
def test_an_unreadable_account_spoils_nothing(account: str) -> None:
    message = {"from": "447700900142", "id": "wamid.1", "type": "text", "text": {"body": "x"}}
    value = {"metadata": {"phone_number_id": "ACCOUNT"}, "messages": [message]}
    notice = {"value": {"event": "x"}, "field": "account_update"}
    entry = {"id": "ACCOUNT", "changes": [{"value": value, "field": "messages"}, notice]}
    received, noticed = parse_body(json.dumps({"entry": [entry]}).replace('"ACCOUNT"', account).encode())
    assert isinstance(received, i.MessageReceived)
    assert isinstance(noticed, i.AccountNoticed)
    assert (received.account_ref, noticed.account_ref) == (None, None)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"3", b'"text"', b"\xff", b"{}", b'{"entry": 1}', b'{"a":' * 100_000, b"NaN"],
)
def test_what_is_no_hook_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_body(body)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)
WORDS_OF_META = """
    messages statuses contacts errors calls message_echoes user_id_update metadata from to id type
    text body timestamp image audio sticker location latitude longitude name phones reaction
    message_id emoji interactive button_reply list_reply nfm_reply response_json button order
    product_items system wa_id user_id edit revoke original_message_id message context referral
    profile status pricing conversation recipient_id group_id unsupported from_user_id"""
KINDS_OF_META = """
    text image audio video document sticker location contacts reaction interactive button order system edit
    revoke unsupported call sent delivered read failed"""
NAMES = st.sampled_from(WORDS_OF_META.split())
KINDS = st.sampled_from(KINDS_OF_META.split())
SHAPED: st.SearchStrategy[Any] = st.recursive(
    JSON | KINDS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(NAMES, children, max_size=6),
    max_leaves=30,
)


def parsed_or_malformed(body: Any) -> None:
    try:
        events = parse_body(json.dumps(body).encode())
    except Malformed:
        return
    for event in events:
        json.dumps(neutral(event), allow_nan=False)
        if isinstance(event, i.MessageReceived):
            assert event.party.addresses
            content_adapter.dump_json(event.content)


@given(JSON)
def test_any_json_is_read_or_malformed(body: Any) -> None:
    parsed_or_malformed(body)


@given(st.dictionaries(NAMES, SHAPED, max_size=5), KINDS | NAMES)
def test_anything_in_a_value_is_read_and_nothing_else_raised(value: dict[str, Any], field: str) -> None:
    parsed_or_malformed({"entry": [{"id": "1", "changes": [{"value": value, "field": field}]}]})


@given(st.lists(st.dictionaries(NAMES, SHAPED, max_size=6) | SHAPED, max_size=4))
def test_no_poison_takes_its_neighbours_along(poison: list[Any]) -> None:
    """G9: two readable messages among anything are always read."""
    good = [
        {"from": "34600000001", "id": f"wamid.{n}", "type": "text", "text": {"body": str(n)}} for n in (1, 2)
    ]
    events = parse_body(value_of(messages=[good[0], *poison, good[1]]))
    bodies = [
        event.content.body
        for event in (events[0], events[-1])
        if isinstance(event, i.MessageReceived) and isinstance(event.content, c.Text)
    ]
    assert bodies == ["1", "2"]
    assert len(events) == 2 + len(poison)

"""Hooks in our words: every fixture for both channels, and what the neutral form does not show."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.channels.messenger.channel import Messenger
from frontdesk.channels.messenger.inbound import parse_body
from frontdesk.domain import inbound as i
from frontdesk.domain.content import content_adapter
from frontdesk.domain.errors import Malformed
from frontdesk.domain.message import DeliveryStatus
from frontdesk.domain.neutral import neutral
from frontdesk.testing import InboundCase, check_inbound, inbound_cases
from tests.channels.messenger.inbox import BOTH, DELIVERY, PERSON

CASES = inbound_cases(Path(__file__).parent / "fixtures")


def events_of(name: str, scheme: str = "messenger") -> list[i.InboundEvent]:
    return parse_body(next(case.body for case in CASES if case.name == name), scheme)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("channel", BOTH, ids=lambda channel: channel.slug)
def test_each_fixture_yields_its_events(case: InboundCase, channel: Messenger) -> None:
    check_inbound(channel, case)


@pytest.mark.parametrize("scheme", ["messenger", "instagram"])
def test_people_are_addressed_by_their_scoped_id(scheme: str) -> None:
    [event] = events_of("text", scheme)
    assert isinstance(event, i.MessageReceived)
    assert event.party == i.Party((i.Address(scheme, PERSON),))
    assert event.thread_key == f"{scheme}:{PERSON}"


def test_each_attachment_has_an_id_of_its_own() -> None:
    """G8."""
    ids = [event.source_id for event in events_of("two_images") if isinstance(event, i.MessageReceived)]
    assert ids == ["m_1", "m_1#2"]


def test_an_echo_of_our_send_names_its_delivery() -> None:
    """G7: so a send whose answer was lost is settled, and never doubled."""
    [event] = events_of("echo_of_ours")
    assert isinstance(event, i.StatusReported)
    assert (event.delivery_id, event.source_id) == (DELIVERY, "m_3")


def test_a_watermark_is_about_all_before_it() -> None:
    [event] = events_of("read_watermark")
    assert isinstance(event, i.SeenUpTo)
    assert (event.status, event.thread_key) == (DeliveryStatus.READ, f"messenger:{PERSON}")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff", b"{}", b'{"entry": 1}', b'{"a":' * 100_000, b"NaN"]
)
def test_what_is_no_hook_is_malformed(body: bytes) -> None:
    """G9."""
    with pytest.raises(Malformed):
        parse_body(body, "messenger")


WORDS = """
    entry messaging standby changes sender recipient id timestamp message mid text attachments type payload
    url
    quick_reply reply_to postback title reaction emoji action read delivery watermark mids message_edit
    is_echo metadata is_deleted coordinates lat long referral ads_context_data field value"""
NAMES = st.sampled_from(WORDS.split())
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(NAMES, children, max_size=6),
    max_leaves=30,
)


@given(st.lists(st.dictionaries(NAMES, JSON, max_size=6) | JSON, max_size=3))
def test_anything_in_an_entry_is_read_and_nothing_else_raised(events: list[Any]) -> None:
    """G9."""
    person = {"sender": {"id": "1"}, "recipient": {"id": "2"}}
    told = [{**person, **each} if isinstance(each, dict) else each for each in events]
    body = json.dumps({"entry": [{"id": "2", "messaging": told, "changes": events}, *events]})
    for event in parse_body(body.encode(), "messenger"):
        json.dumps(neutral(event), allow_nan=False)
        if isinstance(event, i.MessageReceived):
            content_adapter.dump_json(event.content)

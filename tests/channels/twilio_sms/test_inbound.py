"""Hooks in our words: SMS, MMS, WhatsApp's fields, statuses."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.channels.twilio_sms import channel
from frontdesk.channels.twilio_sms.segments import segments_of
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.errors import Malformed
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import DeliveryStatus, Pricing
from frontdesk.domain.neutral import neutral
from frontdesk.ports.channel import RawRequest
from tests.channels.twilio_sms.inbox import DELIVERY, FORM, HOOK, INCOMING, NORA, OURS, hook, read


def one(**fields: str) -> Any:
    [found] = read(**fields)
    return found


def test_an_sms_is_a_text_of_its_number() -> None:
    found = one()
    assert found.content == c.Text(body="Is it open?")
    assert (found.source_id, found.party.addresses, found.account_ref) == ("SM0001", (NORA,), OURS)
    assert found.thread_key == f"phone:{NORA.value}"
    assert neutral(found)["sender"] == NORA.value


def test_an_mms_brings_its_files() -> None:
    """S3-09."""
    url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME"
    first, second, third = read(
        NumMedia="3",
        Body="Bent",
        MediaUrl0=f"{url}0",
        MediaContentType0="image/jpeg",
        MediaUrl1=f"{url}1",
        MediaContentType1="application/pdf",
        MediaUrl2=f"{url}2",
        MediaContentType2="audio/ogg",
    )
    assert isinstance(first, i.MessageReceived)
    assert first.content == c.Image(media=c.Media(url=f"{url}0", mime="image/jpeg"), caption="Bent")
    assert isinstance(second, i.MessageReceived)
    assert (second.content.kind, second.source_id) == ("document", "SM0001#1")
    assert isinstance(third, i.MessageReceived)
    assert third.content == c.Audio(media=c.Media(url=f"{url}2", mime="audio/ogg"), voice=True)


def test_whatsapp_senders_have_all_their_addresses_and_a_name() -> None:
    told = {"From": "whatsapp:+15005550100", "ProfileName": "Nora", "WaId": "15005550100"}
    found = one(**told, ExternalUserId="US.123")
    assert found.party.addresses == (
        Address("whatsapp", "15005550100"),
        Address("whatsapp_user", "US.123"),
        Address("phone", "+15005550100"),
    )
    assert (found.party.name, found.thread_key) == ("Nora", "whatsapp:15005550100")
    assert neutral(found)["sender"] == "whatsapp:+15005550100"


def test_short_codes_and_names_are_senders_too() -> None:
    assert one(From="72345").party.addresses == (Address("sms", "72345"),)
    assert one(From="VODAFONE").party.addresses == (Address("sms", "VODAFONE"),)
    assert one(From="messenger:99").party.addresses == (Address("messenger", "99"),)


def test_a_pressed_button_a_chosen_row_and_a_place() -> None:
    assert one(ButtonText="Yes", ButtonPayload="yes").content == c.Button(text="Yes", payload="yes")
    row = one(ListId="9", ListTitle="9:00", ListDescription="early").content
    assert row == c.Interactive(type="list_reply", id="9", title="9:00", description="early")
    place = one(Latitude="53.8", Longitude="-1.55", Label="Rill", Body="").content
    assert place == c.Location(latitude=53.8, longitude=-1.55, name="Rill")
    assert one(Latitude="999", Longitude="nan").content.kind == "text"


def test_what_surrounds_a_message() -> None:
    found = one(
        OriginalRepliedMessageSid="SM9",
        FrequentlyForwarded="true",
        ReferralSourceId="ad1",
        ReferralSourceUrl="https://rill.example",
        ReferralMediaUrl="javascript:alert(1)",
    )
    assert found.context.reply_to_source_id == "SM9"
    assert found.context.frequently_forwarded
    assert found.context.referral.source_url == "https://rill.example"
    assert found.context.referral.media_url is None


def test_a_stop_is_told_with_its_type() -> None:
    found = one(Body="STOP", OptOutType="STOP")
    assert found.content == c.Text(body="STOP")
    assert neutral(found)["extra"]["opt_out_type"] == "STOP"
    assert found.takes_leave is True
    assert one(Body="START", OptOutType="START").takes_leave is False
    assert one(Body="HELP", OptOutType="HELP").takes_leave is None


def test_an_empty_message_is_kept_whole() -> None:
    found = one(Body="", MessageType="unknown_kind")
    assert isinstance(found.content, c.Unsupported)
    assert found.content.source_kind == "unknown_kind"


@pytest.mark.parametrize(
    ("word", "status", "told"),
    [
        ("queued", DeliveryStatus.SENT, "queued"),
        ("sent", DeliveryStatus.SENT, "sent"),
        ("delivered", DeliveryStatus.DELIVERED, "delivered"),
        ("read", DeliveryStatus.READ, "read"),
        ("undelivered", DeliveryStatus.FAILED, "failed"),
        ("failed", DeliveryStatus.FAILED, "failed"),
    ],
)
def test_a_status_names_message_and_delivery(word: str, status: DeliveryStatus, told: str) -> None:
    """The callback's address carries our delivery id, so a send whose answer was lost is settled."""
    fields = {"MessageSid": "SM7", "MessageStatus": word, "From": OURS, "To": NORA.value}
    [found] = channel.parse(hook(fields, delivery=str(DELIVERY)))
    assert isinstance(found, i.StatusReported)
    assert (found.source_id, found.status, found.delivery_id) == ("SM7", status, DELIVERY)
    assert (neutral(found)["status"], neutral(found)["recipient"]) == (told, NORA.value)


def test_a_status_tells_error_and_price() -> None:
    """S3-07: a price that was null at the send comes by a later status."""
    fields = {"MessageSid": "SM7", "MessageStatus": "undelivered", "From": OURS, "To": NORA.value}
    more = {"ErrorCode": "30007", "ErrorMessage": "Filtered", "Price": "-0.0075", "PriceUnit": "USD"}
    [found] = channel.parse(hook(fields | more | {"NumSegments": "2"}))
    assert isinstance(found, i.StatusReported)
    assert (found.error_code, found.error_title, found.delivery_id) == ("30007", "Filtered", None)
    assert found.pricing == Pricing(amount="0.0075", currency="USD", segments=2)


def test_a_status_of_another_kind_is_passed_over() -> None:
    [found] = channel.parse(hook({"MessageSid": "SM7", "MessageStatus": "partially_delivered"}))
    assert isinstance(found, i.Ignored)


@pytest.mark.parametrize("body", [b"", b"\xff", b"Body=x", b"MessageSid=" + b"x" * 600])
def test_another_form_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        channel.parse(RawRequest("POST", HOOK, {}, {"content-type": FORM}, body))


def test_json_is_read_like_a_form() -> None:
    body = b'{"MessageSid":"SM1","From":"+15005550100","To":"+15005550006","Body":"Hi","NumMedia":0}'
    [found] = channel.parse(RawRequest("POST", HOOK, {}, {"content-type": "application/json"}, body))
    assert isinstance(found, i.MessageReceived)
    assert found.content == c.Text(body="Hi")


_NAMES = (
    *INCOMING,
    "MessageStatus",
    "MediaUrl0",
    "Latitude",
    "Longitude",
    "ButtonText",
    "Price",
    "ErrorCode",
)


@given(st.dictionaries(st.sampled_from(_NAMES), st.text(max_size=20), max_size=8))
def test_no_form_breaks_the_reader(fields: dict[str, str]) -> None:
    """G9."""
    body = urlencode({"MessageSid": "SM1", **fields}, errors="replace").encode()
    try:
        events = channel.parse(RawRequest("POST", HOOK, {}, {"content-type": FORM}, body))
    except Malformed:
        return
    for event in events:
        assert neutral(event)["event"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 1600, 11),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("👍" * 35, 1),
        ("👍" * 36, 2),
    ],
)
def test_segments_are_counted(text: str, count: int) -> None:
    """S3-08."""
    assert segments_of(text) == count

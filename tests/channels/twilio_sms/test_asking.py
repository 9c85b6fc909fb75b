"""S3-10: where a message stands, as Twilio's Message resource tells it."""

from typing import Any

import pytest

from frontdesk.channels.twilio_sms import channel
from frontdesk.domain.inbound import StatusReported
from frontdesk.domain.message import DeliveryStatus, Pricing
from frontdesk.kit.http import OutcomeUnknown
from frontdesk.ports.channel import StatusUnavailable
from frontdesk.testing import RecordingHttp, json_answer
from tests.channels.twilio_sms.inbox import BASIC, MESSAGES, NORA, OURS, connection

SID = "SM" + "0a" * 16
MESSAGE: dict[str, Any] = {
    "sid": SID,
    "status": "delivered",
    "from": OURS,
    "to": NORA.value,
    "num_segments": "2",
    "price": "-0.01580",
    "price_unit": "USD",
    "error_code": None,
    "error_message": None,
}


async def told(**changes: Any) -> StatusReported | None:
    return await channel.status_of(SID, connection(RecordingHttp(json_answer(MESSAGE | changes))))


async def test_a_delivered_message_and_its_price() -> None:
    http = RecordingHttp(json_answer(MESSAGE))
    found = await channel.status_of(SID, connection(http))
    assert found is not None
    assert (found.source_id, found.status, found.recipient) == (SID, DeliveryStatus.DELIVERED, NORA.value)
    assert found.pricing == Pricing(amount="0.01580", currency="USD", segments=2)
    (request,) = http.requests
    assert (request.method, request.url) == ("GET", MESSAGES.replace("Messages.json", f"Messages/{SID}.json"))
    assert request.headers == BASIC


async def test_a_failure_says_why() -> None:
    found = await told(
        status="undelivered", error_code=30005, error_message="Unknown destination", price=None
    )
    assert found is not None
    assert (found.status, found.error_code, found.error_title) == (
        DeliveryStatus.FAILED,
        "30005",
        "Unknown destination",
    )


@pytest.mark.parametrize("changes", [{"status": "received"}, {"status": None}, {"sid": None}])
async def test_what_says_nothing_of_a_status(changes: dict[str, Any]) -> None:
    assert await told(**changes) is None


@pytest.mark.parametrize("source_id", ["SM7", "../Calls", "MM" + "x" * 32, ""])
async def test_only_ids_of_messages_are_asked_for(source_id: str) -> None:
    http = RecordingHttp()
    assert await channel.status_of(source_id, connection(http)) is None
    assert http.requests == []


async def test_a_message_that_is_gone_and_an_inbox_without_a_token() -> None:
    gone = RecordingHttp(json_answer({"code": 20404, "message": "not found"}, 404))
    assert await channel.status_of(SID, connection(gone)) is None
    assert await channel.status_of(SID, connection(RecordingHttp(), auth_token=None)) is None


async def test_trouble_is_told_apart_from_no_answer() -> None:
    for answer in (json_answer({"code": 20003, "message": "Authenticate"}, 401), OutcomeUnknown("reset")):
        with pytest.raises(StatusUnavailable):
            await channel.status_of(SID, connection(RecordingHttp(answer)))

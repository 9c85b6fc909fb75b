"""The message model: its invariants, its statuses that never go back, its times in any zone."""

import itertools
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from frontdesk.domain import content as c
from frontdesk.domain.errors import Conflict, Invalid
from frontdesk.domain.message import DeliveryStatus as S
from frontdesk.domain.message import Direction, Message, MessageContext, may_move

AT = datetime(2026, 1, 1, 9, 1, 1, tzinfo=UTC)
HI = c.Text(body="Hi")


def outgoing(**changes: Any) -> Message:
    values = {"direction": "outgoing", "sent_by": "ana@rill.example", "content": HI, "created_at": AT}
    return Message.model_validate(values | changes)


def test_an_outgoing_message_needs_who_sent_it() -> None:
    """S0-27."""
    for missing in (None, ""):
        with pytest.raises(ValidationError, match="needs sent_by"):
            outgoing(sent_by=missing)


def test_an_incoming_message_has_nobody_of_ours() -> None:
    """S0-27."""
    message = outgoing(direction="incoming", sent_by="ana@rill.example", status="read")
    assert (message.sent_by, message.status) == (None, None)


def test_an_outgoing_message_waits_first() -> None:
    assert outgoing().status is S.QUEUED


@pytest.mark.parametrize("direction", ["note", "activity"])
def test_what_never_leaves_has_no_status(direction: str) -> None:
    """S0-12."""
    content = (
        c.Activity(activity="conversation.assigned", text="assigned to Ana")
        if direction == "activity"
        else HI
    )
    assert outgoing(direction=direction, content=content, status="sent").status is None


def test_an_activity_and_only_an_activity_has_that_direction() -> None:
    """S0-12."""
    with pytest.raises(ValidationError, match="activity"):
        outgoing(content=c.Activity(activity="conversation.assigned"))
    with pytest.raises(ValidationError, match="activity"):
        outgoing(direction="activity")


def test_a_template_needs_its_template_and_a_canned_response_its_id() -> None:
    """S0-29."""
    with pytest.raises(ValidationError, match="template"):
        outgoing(context={"subtype": "template"})
    with pytest.raises(ValidationError, match="its id"):
        outgoing(context={"subtype": "canned_response"})
    with pytest.raises(ValidationError):
        c.Template.model_validate({"kind": "template", "language": "en"})
    response_id = UUID(int=5)
    canned = MessageContext(subtype="canned_response", canned_response_id=response_id)
    assert outgoing(context=canned).context.canned_response_id == response_id
    template = outgoing(content=c.Template(name="due", language="en"), context={"subtype": "template"})
    assert template.kind == "template"


def test_a_message_is_frozen_and_knows_its_fields() -> None:
    message = outgoing()
    with pytest.raises(ValidationError):
        message.starred = True  # type: ignore[misc]
    with pytest.raises(ValidationError):
        outgoing(colour="blue")


def test_times_are_kept_in_utc_and_naive_ones_refused() -> None:
    """S0-26."""
    madrid = datetime(2026, 1, 1, 10, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert outgoing(created_at=madrid).created_at.isoformat() == "2026-01-01T09:01:01+00:00"
    with pytest.raises(ValidationError):
        outgoing(created_at=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("America/Argentina/Buenos_Aires", "2026-01-01T06:01:01-03:00"),
        ("Asia/Kathmandu", "2026-01-01T14:46:01+05:45"),
        ("UTC", "2026-01-01T09:01:01+00:00"),
    ],
)
def test_a_message_is_rendered_in_any_zone(zone: str, shown: str) -> None:
    """S0-26."""
    told = outgoing(sent_at=AT).rendered(zone)
    assert (told["created_at"], told["sent_at"]) == (shown, shown)
    assert told["content"] == {"kind": "text", "body": "Hi", "preview_url": False}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "America", "a\x00b"])
def test_an_unknown_zone_is_named(zone: str) -> None:
    """S0-26."""
    with pytest.raises(Invalid, match="is not a time zone") as caught:
        outgoing().rendered(zone)
    assert caught.value.field == "timezone"


RANK = [S.QUEUED, S.SENDING, S.SENT, S.DELIVERED, S.READ]
REPORTS = [S.SENT, S.DELIVERED, S.READ]


def after(*reports: S, start: S = S.QUEUED) -> S | None:
    message = outgoing(status=start)
    for report in reports:
        message = message.with_status(report)
    return message.status


def test_statuses_in_a_thousand_random_orders_end_at_read() -> None:
    """S0-19, G8."""
    dice = random.Random(19)
    for _ in range(1_000):
        reports = dice.choices(REPORTS, k=dice.randint(0, 6)) + REPORTS
        dice.shuffle(reports)
        assert after(*reports) is S.READ


def test_all_orders_of_all_reports_with_repeats() -> None:
    """G8."""
    for order in itertools.permutations([*REPORTS, *REPORTS]):
        assert after(*order) is S.READ
        assert after(*order, start=S.SENDING) is S.READ
        assert after(*order, start=S.UNKNOWN) is S.READ


@settings(max_examples=1_000)
@given(st.lists(st.sampled_from(S), max_size=12))
def test_a_status_never_goes_back(reports: list[S]) -> None:
    """S0-19, G8: the rank never falls; only proof of delivery undoes a failure."""
    message = outgoing()
    for report in reports:
        before = message.status
        message = message.with_status(report)
        assert before is not None
        assert message.status is not None
        if message.status is before:
            continue
        if before is S.FAILED:
            assert message.status in {S.DELIVERED, S.READ}
        elif before in RANK and message.status in RANK:
            assert RANK.index(message.status) > RANK.index(before)
        elif message.status is S.FAILED:
            assert before not in {S.DELIVERED, S.READ}


def test_a_failure_is_terminal_unless_retried_or_disproved() -> None:
    """S0-19."""
    failed = outgoing().with_status(S.FAILED, error_code="131047", error="window closed")
    assert (failed.status, failed.error_code, failed.error) == (S.FAILED, "131047", "window closed")
    assert failed.with_status(S.SENT) is failed
    assert failed.with_status(S.UNKNOWN) is failed
    read = failed.with_status(S.READ)
    assert (read.status, read.error_code, read.error) == (S.READ, None, None)
    again = failed.retried()
    assert (again.status, again.error_code) == (S.QUEUED, None)
    for done in (outgoing(), read, outgoing(status="unknown")):
        with pytest.raises(Conflict):
            done.retried()


def test_no_report_moves_a_message_that_is_never_delivered() -> None:
    incoming = outgoing(direction=Direction.INCOMING)
    assert incoming.with_status(S.READ) is incoming


def test_the_allowed_moves_are_exactly_these() -> None:
    allowed = {(old, new) for old in S for new in S if may_move(old, new)}
    proofs = {S.SENT, S.DELIVERED, S.READ}
    assert allowed == (
        {(S.QUEUED, new) for new in proofs | {S.SENDING, S.FAILED}}
        | {(S.SENDING, new) for new in proofs | {S.QUEUED, S.FAILED, S.UNKNOWN}}
        | {(S.SENT, S.DELIVERED), (S.SENT, S.READ), (S.SENT, S.FAILED), (S.DELIVERED, S.READ)}
        | {(S.FAILED, S.DELIVERED), (S.FAILED, S.READ)}
        | {(S.UNKNOWN, new) for new in proofs | {S.FAILED}}
    )

"""What proves that a mail answers one of ours, and what does not (M-17, refusals 60 and 61)."""
# ruff: noqa: RUF001 - words of many alphabets

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from frontdesk.channels.email import channel, tokens
from frontdesk.domain.inbound import Answered, Ignored, MessageReceived, StatusReported
from frontdesk.domain.message import DeliveryStatus
from frontdesk.domain.subject import base_subject, reply_subject
from frontdesk.kit.clock import utc_now
from frontdesk.ports.channel import RawRequest
from tests.channels.email.inbox import ADDRESS, MESSAGE, REPLY_SECRET, connection
from tests.channels.email.mails import mail, multipart

INBOX = connection().inbox_id


def token(*, secret: str = REPLY_SECRET, inbox: UUID = INBOX, at: datetime | None = None) -> str:
    return tokens.token_of(secret, inbox, MESSAGE, at or utc_now())


def read(raw: bytes) -> MessageReceived:
    request = RawRequest("IMAP", "", {}, {"content-type": "message/rfc822"}, raw)
    [event] = channel.parse_for(request, connection())
    assert isinstance(event, MessageReceived)
    return event


def test_a_token_says_its_message_in_any_case_of_letters() -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    made = tokens.token_of(REPLY_SECRET, INBOX, MESSAGE, now)
    assert len(made) == 50
    for form in (made, made.upper()):
        assert tokens.message_of(REPLY_SECRET, INBOX, form, now) == MESSAGE


def test_a_token_that_is_tampered_expired_or_of_elsewhere_is_none() -> None:
    """Refusal 61."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    made = tokens.token_of(REPLY_SECRET, INBOX, MESSAGE, now)
    for n in range(len(made) - 1):
        other = "a" if made[n] != "a" else "b"
        assert tokens.message_of(REPLY_SECRET, INBOX, made[:n] + other + made[n + 1 :], now) is None
    assert tokens.message_of(REPLY_SECRET, UUID(int=9), made, now) is None
    assert tokens.message_of("another secret", INBOX, made, now) is None
    late = now + tokens.LIFETIME
    assert tokens.message_of(REPLY_SECRET, INBOX, made, late - timedelta(hours=1)) == MESSAGE
    assert tokens.message_of(REPLY_SECRET, INBOX, made, late + timedelta(hours=2)) is None
    for odd in ("", "a" * 50, "not base 32!", "é" * 50):
        assert tokens.message_of(REPLY_SECRET, INBOX, odd, now) is None


def test_an_answer_to_our_mail_is_proven_by_its_id() -> None:
    """S3-16, M-17."""
    ours = tokens.message_id_of(token(), ADDRESS)
    message = read(mail(In_Reply_To=f"<{ours}>", References=f"<root@x> <{ours}>", Subject="Re: Order"))
    assert message.answers == (Answered(ours, MESSAGE), Answered("root@x"))
    assert message.topic == "order"


@pytest.mark.parametrize(
    "forged",
    [
        token(secret="a guess"),
        token(inbox=UUID(int=8)),
        token(at=utc_now() - tokens.LIFETIME - timedelta(days=1)),
        "a" * 50,
    ],
    ids=["tampered", "other inbox", "expired", "made up"],
)
def test_a_forged_id_of_our_form_answers_nothing(forged: str) -> None:
    """Refusals 60, 61: the mail begins a conversation of its own."""
    forged_id = tokens.message_id_of(forged, ADDRESS)
    message = read(
        mail(
            From="Agent <agent@desk.example>", In_Reply_To=f"<{forged_id}>", To=f"help+{forged}@desk.example"
        )
    )
    assert message.answers == ()
    assert message.thread_key == "m1@customer.example"


def test_the_plus_address_proves_where_ids_were_lost() -> None:
    """M-17: the fall-back for programs that drop In-Reply-To and References."""
    address = tokens.reply_address(token(), ADDRESS)
    assert address is not None
    message = read(mail(To=f"Rill <{address}>"))
    assert [each.message_id for each in message.answers] == [MESSAGE]


def test_a_name_too_long_for_a_token_gets_no_plus_address() -> None:
    assert tokens.reply_address(token(), "a-department-with-a-long-name@desk.example") is None


def test_ids_of_third_parties_are_claims_without_proof() -> None:
    """M-17: several ids in In-Reply-To, references from the last to the first, an id without @."""
    message = read(mail(In_Reply_To="<a@x> <b@y>", References="<root> <mid@z> <a@x>"))
    assert message.answers == tuple(map(Answered, ("a@x", "b@y", "mid@z", "root")))


def test_without_an_inbox_no_id_of_our_form_is_believed() -> None:
    ours = tokens.message_id_of(token(), ADDRESS)
    request = RawRequest("POST", "", {}, {"content-type": "message/rfc822"}, mail(In_Reply_To=f"<{ours}>"))
    [event] = channel.parse(request)
    assert isinstance(event, MessageReceived)
    assert event.answers == ()


def test_the_inboxs_own_mails_come_back_as_nothing() -> None:
    """Refusal 57: no loop of an inbox with itself."""
    request = RawRequest(
        "IMAP", "", {}, {"content-type": "message/rfc822"}, mail(From=f"Rill <{ADDRESS.upper()}>")
    )
    [event] = channel.parse_for(request, connection())
    assert isinstance(event, Ignored)


def bounce(original: str, action: str = "failed") -> bytes:
    return multipart(
        "report; report-type=delivery-status",
        "Content-Type: text/plain\r\n\r\nIt did not arrive.",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; ana@customer.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n",
        f"Content-Type: text/rfc822-headers\r\n\r\nSubject: Order\r\nMessage-ID: <{original}>\r\n",
        From="MAILER-DAEMON@mx.example",
    )


@pytest.mark.parametrize(
    ("action", "status"), [("failed", DeliveryStatus.FAILED), ("delayed", DeliveryStatus.SENT)]
)
def test_a_bounce_is_told_of_the_message_it_is_about(action: str, status: DeliveryStatus) -> None:
    """M-17."""
    ours = tokens.message_id_of(token(), ADDRESS)
    request = RawRequest("IMAP", "", {}, {"content-type": "message/rfc822"}, bounce(ours, action))
    [event] = channel.parse_for(request, connection())
    assert isinstance(event, StatusReported)
    assert (event.source_id, event.status, event.error_code) == (ours, status, "5.1.1")
    assert event.recipient == "ana@customer.example"
    assert event.error_detail == "smtp; 550 5.1.1 no such user"


def test_a_bounce_of_a_mail_that_is_not_ours_is_a_mail() -> None:
    """Refusal 61: nobody fails our deliveries by forging a report."""
    forged = tokens.message_id_of(token(secret="a guess"), ADDRESS)
    assert read(bounce(forged)).extra["is_bounce"] is True
    assert read(bounce("m1@elsewhere.example")).extra["automatic"] is True


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Re: Order 7", "order 7"),
        ("AW: Re: WG:  Order   7", "order 7"),
        ("RE[2]: Order 7", "order 7"),
        ("回复：Order 7", "order 7"),
        ("Really: no", "really: no"),
        ("Re:", ""),
    ],
)
def test_subjects_without_their_prefixes(subject: str, base: str) -> None:
    """M-17: the rule of the changed subject."""
    assert base_subject(subject) == base


def test_the_subject_of_an_answer_has_one_re() -> None:
    assert reply_subject("AW: Re: Order") == "Re: Order"
    assert reply_subject("") == "Re:"

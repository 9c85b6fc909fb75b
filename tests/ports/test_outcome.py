"""What no answer means for a send (G7: nothing blindly sent twice), and how long an answer asks to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import ConnectFailed, HttpFailed, OutcomeUnknown, Refused, Response, TooLarge
from frontdesk.ports.channel import Exchange, Failed, Unknown
from frontdesk.ports.outcome import before_sending, retry_at, unanswered

EXCHANGE = Exchange({"method": "POST"})


@pytest.mark.parametrize(
    ("failure", "code", "message", "retryable"),
    [
        (ConnectFailed("no route"), "not_reached", "Post Office was not reached: no route", True),
        (Refused("a private address"), "refused_by_policy", "a private address", False),
    ],
)
def test_what_was_never_written_has_failed(
    failure: HttpFailed, code: str, message: str, retryable: bool
) -> None:
    assert unanswered("Post Office", failure, EXCHANGE) == Failed(
        code=code, message=message, retryable=retryable, exchange=EXCHANGE
    )


@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [
        (OutcomeUnknown("timed out"), "no_answer", "Post Office did not answer: timed out"),
        (TooLarge("9 bytes too many", status_code=200), "answer_too_large", "9 bytes too many"),
        (HttpFailed("something new"), "no_answer", "something new"),
    ],
)
def test_what_was_written_is_unknown(failure: HttpFailed, code: str, message: str) -> None:
    assert unanswered("Post Office", failure, EXCHANGE) == Unknown(
        code=code, message=message, exchange=EXCHANGE
    )


def test_words_are_cut_and_may_be_rewritten_to_hide_a_secret() -> None:
    told = unanswered(
        "Post Office", OutcomeUnknown("at https://x/secret"), EXCHANGE, words="at …" + "w" * 600
    )
    assert told.message == ("Post Office did not answer: at …" + "w" * 600)[:500]


def test_before_the_message_itself_the_unclear_may_be_tried_again() -> None:
    final = Failed(code="nope", message="No.", retryable=False, exchange=EXCHANGE)
    unclear = Unknown(code="no_answer", message="Silence.", exchange=EXCHANGE)
    assert before_sending(final) is final
    assert before_sending(unclear) == Failed(
        code="no_answer", message="Silence.", retryable=True, exchange=EXCHANGE
    )


def _asked(wish: str | None = None) -> datetime | None:
    return retry_at(Response(429, {} if wish is None else {"retry-after": wish}, b"", ""))


@pytest.mark.parametrize(("wish", "seconds"), [("0", 0), (" 30 ", 30), ("999999999", 86_400)])
def test_seconds_to_wait_are_kept_to_a_day(wish: str, seconds: int) -> None:
    before, at, after = utc_now(), _asked(wish), utc_now()
    assert at is not None
    assert before <= at - timedelta(seconds=seconds) <= after


def test_a_date_to_wait_for_is_kept_to_a_day() -> None:
    soon = utc_now().replace(microsecond=0) + timedelta(minutes=5)
    assert _asked(format_datetime(soon.astimezone(UTC), usegmt=True)) == soon
    before, at = utc_now(), _asked("Fri, 31 Dec 2399 23:59:59 GMT")
    assert at is not None
    assert before + timedelta(days=1) <= at <= utc_now() + timedelta(days=1)


@pytest.mark.parametrize("wish", ["", "soon", "-5", "²", "9" * 40])
def test_a_wish_that_cannot_be_read_is_none(wish: str) -> None:
    assert _asked(wish) is None
    assert _asked() is None


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"text"', b"[" * 100_000])
def test_an_answer_without_a_json_object_says_nothing(body: bytes) -> None:
    assert Response(200, {}, body, "").json_object() == {}
    assert Response(200, {}, b'{"ok": true}', "").json_object() == {"ok": True}

"""What became of a send: every answer and every failure of the network, as what happens next (G7, S2-13)."""

from datetime import timedelta
from typing import Any

import pytest

from frontdesk.channels.whatsapp import channel
from frontdesk.domain import content as c
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import ConnectFailed, HttpFailed, OutcomeUnknown, Refused, Response, TooLarge
from frontdesk.ports.channel import Failed, OutboundFile, ReadMark, SendResult, Sent, Unknown
from frontdesk.testing import RecordingHttp, json_answer
from tests.channels.whatsapp.inbox import NORA, TAKEN, connection, outgoing

TEXT = outgoing(c.Text(body="Hi"))
PHOTO = outgoing(c.Image(media=c.Media()), file=OutboundFile(content=b"x", mime="image/png"))


async def sent(*answers: Response | HttpFailed, message: Any = TEXT) -> SendResult:
    return await channel.send(message, connection(RecordingHttp(*answers)))


def refusal(code: int, status: int = 400, headers: dict[str, str] | None = None, **more: Any) -> Response:
    error = {"code": code, "message": f"(#{code}) no", "error_data": {"details": "because"}} | more
    return json_answer({"error": error}, status, **headers or {})


PERMANENT = [
    100,
    131008,
    131009,
    131021,
    131026,
    131047,
    131048,
    131049,
    131051,
    130472,
    132000,
    132001,
    133010,
    368,
]


@pytest.mark.parametrize("code", PERMANENT)
async def test_a_refusal_for_good_is_never_tried_again(code: int) -> None:
    result = await sent(refusal(code))
    assert isinstance(result, Failed)
    assert (result.code, result.message) == (str(code), f"(#{code}) no because")
    assert (result.retryable, result.auth_expired, result.retry_at) == (False, False, None)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (4, 400),
        (80007, 400),
        (130429, 429),
        (130429, 400),
        (131016, 500),
        (131057, 500),
        (133004, 503),
        (2, 503),
        (131000, 400),
        (1, 400),
    ],
)
async def test_what_can_heal_is_tried_again(code: int, status: int) -> None:
    result = await sent(refusal(code, status))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.retry_at) == (str(code), True, None)


async def test_a_pair_limit_waits_its_six_seconds() -> None:
    before = utc_now()
    result = await sent(refusal(131056))
    assert isinstance(result, Failed)
    assert result.retry_at is not None
    assert timedelta(seconds=5) < result.retry_at - before < timedelta(seconds=8)


async def test_retry_after_is_honoured_in_seconds() -> None:
    before = utc_now()
    result = await sent(refusal(130429, 429, {"retry_after": "37"}))
    assert isinstance(result, Failed)
    assert result.retry_at is not None
    assert timedelta(seconds=36) < result.retry_at - before < timedelta(seconds=39)


async def test_retry_after_is_honoured_as_a_date_and_never_for_more_than_a_day() -> None:
    soon = (utc_now() + timedelta(hours=1)).replace(microsecond=0)
    answer = refusal(130429, 429, {"retry_after": soon.strftime("%a, %d %b %Y %H:%M:%S GMT")})
    result = await sent(answer)
    assert isinstance(result, Failed)
    assert result.retry_at == soon
    for wish in ("Fri, 01 Jan 2100 00:00:00 GMT", "999999999"):
        late = await sent(refusal(130429, 429, {"retry_after": wish}))
        assert isinstance(late, Failed)
        assert late.retry_at is not None
        assert late.retry_at <= utc_now() + timedelta(days=1)


@pytest.mark.parametrize("wish", ["soon", "-5", "١٢", "1e3", "99999999999999999999"])
async def test_an_unreadable_wish_is_none(wish: str) -> None:
    result = await sent(refusal(130429, 429, {"retry_after": wish}))
    assert isinstance(result, Failed)
    assert (result.retryable, result.retry_at) == (True, None)


@pytest.mark.parametrize(("code", "status"), [(0, 401), (104, 401), (190, 401), (190, 400), (99, 401)])
async def test_a_token_that_is_no_longer_good_asks_to_reconnect(code: int, status: int) -> None:
    result = await sent(refusal(code, status))
    assert isinstance(result, Failed)
    assert (result.retryable, result.auth_expired) == (False, True)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refusal(131000, 500), "131000"),
        (refusal(1, 500), "1"),
        (refusal(131045, 500), "131045"),
        (Response(500, {}, b"<html>oops</html>", ""), "http_500"),
        (Response(502, {}, b"", ""), "http_502"),
        (Response(504, {}, b"[1]", ""), "http_504"),
        (Response(503, {}, b"upstream", ""), "http_503"),
        (Response(408, {}, b"", ""), "http_408"),
        (json_answer({}), "no_message_id"),
        (json_answer({"messages": []}), "no_message_id"),
        (json_answer({"messages": [{"id": ""}]}), "no_message_id"),
        (json_answer([1]), "no_message_id"),
        (Response(200, {}, b"not json", ""), "no_message_id"),
        (OutcomeUnknown("ReadTimeout"), "no_answer"),
        (TooLarge("large", status_code=200), "answer_too_large"),
    ],
)
async def test_what_may_have_been_taken_is_unknown(answer: Response | HttpFailed, code: str) -> None:
    result = await sent(answer)
    assert isinstance(result, Unknown)
    assert result.code == code
    assert result.exchange is not None


async def test_a_5xx_that_meta_calls_transient_can_be_tried_again() -> None:
    result = await sent(refusal(131000, 500, is_transient=True))
    assert isinstance(result, Failed)
    assert result.retryable


async def test_a_server_not_reached_took_nothing() -> None:
    result = await sent(ConnectFailed("refused"))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable) == ("not_reached", True)


async def test_an_address_that_policy_forbids_is_no_matter_of_time() -> None:
    result = await sent(Refused("a private address"))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable) == ("refused_by_policy", False)


async def test_a_template_held_for_review_was_taken() -> None:
    result = await sent(
        json_answer({"messages": [{"id": "wamid.1", "message_status": "held_for_quality_assessment"}]})
    )
    assert isinstance(result, Sent)
    assert result.source_id == "wamid.1"


@pytest.mark.parametrize(
    "answer",
    [
        OutcomeUnknown("reset"),
        ConnectFailed("refused"),
        Response(500, {}, b"", ""),
        refusal(131000, 500),
        json_answer({}),
    ],
)
async def test_an_upload_that_failed_unclearly_can_be_tried_again_for_nothing_was_sent(
    answer: Response | HttpFailed,
) -> None:
    http = RecordingHttp(answer, TAKEN)
    result = await channel.send(PHOTO, connection(http))
    assert isinstance(result, Failed)
    assert result.retryable
    assert len(http.requests) == 1


async def test_an_upload_refused_is_refused() -> None:
    result = await sent(refusal(131053), message=PHOTO)
    assert isinstance(result, Failed)
    assert (result.code, result.retryable) == ("131053", False)


@pytest.mark.parametrize(("answer", "kind"), [(refusal(131009), Failed), (OutcomeUnknown("reset"), Unknown)])
async def test_a_mark_that_fails_says_so(answer: Response | HttpFailed, kind: type) -> None:
    assert isinstance(await sent(answer, message=ReadMark(to=NORA, source_id="wamid.R")), kind)

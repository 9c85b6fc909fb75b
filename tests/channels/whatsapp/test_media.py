"""Files from Meta: asked for by id, fetched with the token from Meta's own hosts only (refusal 40)."""

import pytest

from frontdesk.channels.whatsapp import channel
from frontdesk.channels.whatsapp.media import LARGEST
from frontdesk.kit.http import ConnectFailed, HttpFailed, OutcomeUnknown, Refused, Response, TooLarge
from frontdesk.ports.channel import FetchedMedia, MediaFetchFailed
from frontdesk.testing import RecordedRequest, RecordingHttp, json_answer
from tests.channels.whatsapp.inbox import BEARER, NUMBER_ID, connection

FILE_URL = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=930001"
DESCRIBED = json_answer({"id": "930001", "url": FILE_URL, "mime_type": "image/jpeg", "file_size": 5})
BYTES = Response(200, {"content-type": "application/octet-stream"}, b"bytes", FILE_URL)
OWN_HOSTS = ("graph.facebook.com", "lookaside.fbsbx.com")


async def test_a_file_is_asked_for_and_fetched() -> None:
    """S0-02."""
    http = RecordingHttp(DESCRIBED, BYTES)
    fetched = await channel.fetch("930001", None, connection(http))
    assert fetched == FetchedMedia(content=b"bytes", mime="image/jpeg")
    assert http.requests == [
        RecordedRequest(
            method="GET",
            url="https://graph.facebook.com/v25.0/930001",
            headers=BEARER,
            params={"phone_number_id": NUMBER_ID},
        ),
        RecordedRequest(method="GET", url=FILE_URL, headers=BEARER, credential_hosts=OWN_HOSTS),
    ]


async def test_an_address_alone_is_fetched_and_its_type_told_by_the_host() -> None:
    http = RecordingHttp(BYTES)
    fetched = await channel.fetch(None, FILE_URL, connection(http))
    assert fetched == FetchedMedia(content=b"bytes", mime="application/octet-stream")
    assert [request.credential_hosts for request in http.requests] == [OWN_HOSTS]


async def test_the_token_may_never_go_anywhere_else() -> None:
    """Whatever address Meta's answer names, only Meta's own hosts may see the token."""
    elsewhere = json_answer({"url": "https://attacker.example/steal", "mime_type": "image/jpeg"})
    http = RecordingHttp(elsewhere, BYTES)
    await channel.fetch("930001", None, connection(http))
    assert http.requests[1].url == "https://attacker.example/steal"
    assert http.requests[1].credential_hosts == OWN_HOSTS


@pytest.mark.parametrize(
    ("answers", "retryable"),
    [
        ((json_answer({"error": {"code": 100}}, 400),), False),
        ((json_answer({}, 404),), False),
        ((json_answer({"error": {"code": 190}}, 401),), True),
        ((json_answer({}, 503),), True),
        ((json_answer({}, 429),), True),
        ((json_answer({"url": 7}),), True),
        ((json_answer({"url": FILE_URL, "file_size": LARGEST + 1}),), False),
        ((DESCRIBED, Response(404, {}, b"", "")), True),
        ((DESCRIBED, Response(500, {}, b"", "")), True),
        ((ConnectFailed("refused"),), True),
        ((OutcomeUnknown("reset"),), True),
        ((Refused("a private address"),), False),
        ((DESCRIBED, TooLarge("large", status_code=200)), False),
        ((DESCRIBED, Refused("a private address")), False),
        ((DESCRIBED, OutcomeUnknown("reset")), True),
    ],
)
async def test_a_file_that_cannot_be_had_says_whether_to_come_again(
    answers: tuple[Response | HttpFailed, ...], retryable: bool
) -> None:
    with pytest.raises(MediaFetchFailed) as caught:
        await channel.fetch("930001", None, connection(RecordingHttp(*answers)))
    assert caught.value.retryable is retryable


@pytest.mark.parametrize("media_id", ["../me", "1?x=2", "a/b", "", " "])
async def test_an_id_that_would_lead_elsewhere_is_not_asked_for(media_id: str) -> None:
    http = RecordingHttp(DESCRIBED)
    with pytest.raises(MediaFetchFailed) as caught:
        await channel.fetch(media_id, None, connection(http))
    assert (caught.value.retryable, http.requests) == (False, [])


async def test_without_a_token_nothing_is_fetched() -> None:
    http = RecordingHttp(DESCRIBED)
    with pytest.raises(MediaFetchFailed):
        await channel.fetch("930001", None, connection(http, access_token=None))
    assert http.requests == []

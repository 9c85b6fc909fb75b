"""Files from Telegram: asked for by id, fetched from Telegram only (refusal 40)."""

import pytest

from frontdesk.channels.telegram import channel
from frontdesk.kit.http import ConnectFailed, HttpFailed, OutcomeUnknown, Refused, Response, TooLarge
from frontdesk.ports.channel import FetchedMedia, MediaFetchFailed
from frontdesk.testing import RecordedRequest, RecordingHttp, json_answer
from tests.channels.telegram.inbox import TOKEN, URL, connection

FOUND = json_answer({"ok": True, "result": {"file_id": "P1", "file_path": "photos/file_2.jpg"}})
BYTES = Response(200, {"content-type": "application/octet-stream"}, b"bytes", "")


async def test_a_file_is_asked_for_and_fetched() -> None:
    http = RecordingHttp(FOUND, BYTES)
    assert await channel.fetch("P1", None, connection(http)) == FetchedMedia(content=b"bytes", mime=None)
    assert http.requests == [
        RecordedRequest(method="POST", url=f"{URL}/getFile", json={"file_id": "P1"}),
        RecordedRequest(method="GET", url=f"https://api.telegram.org/file/bot{TOKEN}/photos/file_2.jpg"),
    ]


@pytest.mark.parametrize(
    "path",
    ["https://attacker.example/x", "//attacker.example/x", "../../bot", "a/../../b", "/etc/passwd", "a?b"],
)
async def test_a_path_that_would_lead_elsewhere_is_not_followed(path: str) -> None:
    """The token is part of the address: it goes to Telegram and nowhere else."""
    http = RecordingHttp(json_answer({"ok": True, "result": {"file_path": path}}), BYTES)
    with pytest.raises(MediaFetchFailed) as caught:
        await channel.fetch("P1", None, connection(http))
    assert not caught.value.retryable
    assert len(http.requests) == 1


@pytest.mark.parametrize(
    ("answers", "retryable"),
    [
        ((json_answer({"ok": False, "description": "Bad Request: file is too big"}, 400),), False),
        ((json_answer({"ok": False, "description": "Unauthorized"}, 401),), True),
        ((json_answer({"ok": False}, 503),), True),
        ((json_answer({"ok": True, "result": {}}),), True),
        ((FOUND, Response(404, {}, b"", "")), True),
        ((ConnectFailed(f"{URL} refused"),), True),
        ((FOUND, OutcomeUnknown(f"{URL} reset")), True),
        ((FOUND, TooLarge(f"{URL} large", status_code=200)), False),
        ((Refused(f"{URL} is private"),), False),
    ],
)
async def test_a_file_that_cannot_be_had_says_whether_to_come_again(
    answers: tuple[Response | HttpFailed, ...], retryable: bool
) -> None:
    with pytest.raises(MediaFetchFailed) as caught:
        await channel.fetch("P1", None, connection(RecordingHttp(*answers)))
    assert caught.value.retryable is retryable
    assert TOKEN not in caught.value.message


@pytest.mark.parametrize(("file_id", "url"), [(None, None), (None, "https://attacker.example/x"), ("", None)])
async def test_only_an_id_is_asked_for(file_id: str | None, url: str | None) -> None:
    http = RecordingHttp(FOUND, BYTES)
    with pytest.raises(MediaFetchFailed):
        await channel.fetch(file_id, url, connection(http))
    assert http.requests == []

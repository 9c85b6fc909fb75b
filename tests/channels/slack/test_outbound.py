"""Exact requests, and what Slack's answers mean (S2-02, S2-05, G7, Refusal 40)."""

from datetime import timedelta
from typing import Any

import pytest

from frontdesk.channels.slack import channel
from frontdesk.domain import content as c
from frontdesk.domain.inbound import Address
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import OutcomeUnknown, Response
from frontdesk.ports.channel import (
    Failed,
    MediaFetchFailed,
    OutboundFile,
    PeopleUnavailable,
    ReadMark,
    Sent,
    Unknown,
)
from frontdesk.testing import OutboundCase, RecordedRequest, RecordingHttp, check_outbound, json_answer
from tests.channels.slack.inbox import (
    BEARER,
    CONFIG,
    DELIVERY,
    IN_THREAD,
    JSON,
    NORA,
    TOKEN,
    connection,
    outgoing,
)

API = "https://slack.com/api"
TAKEN = json_answer({"ok": True, "channel": "C0SHOP", "ts": "1700000050.000600"})
AT_X = json_answer({"ok": True, "file": {"url_private": "https://files.slack.com/x"}})
METADATA = {"event_type": "frontdesk_delivery", "event_payload": {"delivery_id": str(DELIVERY)}}
PLAIN = {"unfurl_links": False, "unfurl_media": False, "metadata": METADATA}


def call(method: str, **body: Any) -> RecordedRequest:
    return RecordedRequest(method="POST", url=f"{API}/{method}", headers=JSON, json=body)


async def test_words_go_into_the_thread_and_are_escaped() -> None:
    """S2-02."""
    body = {"channel": "C0SHOP", "text": "a &lt;b&gt; &amp; c", "thread_ts": "1700000000.000100", **PLAIN}
    case = OutboundCase(
        name="text",
        outbound=outgoing(c.Text(body="a <b> & c"), to=IN_THREAD),
        requests=(call("chat.postMessage", **body),),
        answers=(TAKEN,),
    )
    result = await check_outbound(channel, case, CONFIG)
    assert isinstance(result, Sent)
    assert (result.source_id, result.delivered) == ("C0SHOP/1700000050.000600", True)
    assert result.exchange is not None
    assert TOKEN not in str(result.exchange)
    assert "a &lt;b" not in str(result.exchange)


async def test_words_to_a_person_go_to_the_direct_message_or_its_thread() -> None:
    body = {"channel": "U0NORA", "text": "Hi", **PLAIN}
    case = OutboundCase(
        name="direct",
        outbound=outgoing(c.Text(body="Hi")),
        requests=(call("chat.postMessage", **body),),
        answers=(TAKEN,),
    )
    assert isinstance(await check_outbound(channel, case, CONFIG), Sent)
    answer = outgoing(c.Text(body="Hi"), reply_to="D0NORA/1700000000.000100")
    body |= {"channel": "D0NORA", "thread_ts": "1700000000.000100"}
    case = OutboundCase(
        name="reply", outbound=answer, requests=(call("chat.postMessage", **body),), answers=(TAKEN,)
    )
    assert isinstance(await check_outbound(channel, case, CONFIG), Sent)


async def test_a_file_is_uploaded_and_shared() -> None:
    file = OutboundFile(content=b"bytes", mime="image/png", filename="a.png")
    upload = "https://files.slack.com/upload/v1/ABC"
    form = {"filename": "a.png", "length": "5"}
    share = {
        "files": [{"id": "F1", "title": "a.png"}],
        "channel_id": "D0NORA",
        "initial_comment": "Mended &amp; clean",
    }
    requests = (
        call("conversations.open", users="U0NORA"),
        RecordedRequest(method="POST", url=f"{API}/files.getUploadURLExternal", headers=BEARER, data=form),
        RecordedRequest(method="POST", url=upload, headers={"content-type": "image/png"}, content=b"bytes"),
        call("files.completeUploadExternal", **share),
    )
    answers = (
        json_answer({"ok": True, "channel": {"id": "D0NORA"}}),
        json_answer({"ok": True, "upload_url": upload, "file_id": "F1"}),
        Response(200, {}, b"OK - 5", upload),
        json_answer({"ok": True, "files": [{"id": "F1"}]}),
    )
    content = c.Image(media=c.Media(), caption="Mended & clean")
    case = OutboundCase(
        name="file", outbound=outgoing(content, file=file), requests=requests, answers=answers
    )
    result = await check_outbound(channel, case, CONFIG)
    assert isinstance(result, Sent)
    assert result.source_id == "D0NORA/F1"


async def test_until_a_file_is_shared_no_failure_does_harm() -> None:
    """G7."""
    file = OutboundFile(content=b"bytes", mime="image/png", filename="a.png")
    message = outgoing(c.Image(media=c.Media()), to=IN_THREAD, file=file)
    given = json_answer({"ok": True, "upload_url": "https://files.slack.com/u", "file_id": "F1"})
    for answers in (
        (OutcomeUnknown("reset"),),
        (given, OutcomeUnknown("reset")),
        (given, Response(500, {}, b"", "")),
    ):
        result = await channel.send(message, connection(RecordingHttp(*answers)))
        assert isinstance(result, Failed)
        assert result.retryable
    result = await channel.send(
        message, connection(RecordingHttp(given, Response(200, {}, b"", ""), OutcomeUnknown("reset")))
    )
    assert isinstance(result, Unknown)


async def test_a_reaction_is_added_by_its_name_and_taken_back() -> None:
    at = {"channel": "C0SHOP", "timestamp": "1700000000.000100"}
    target = "C0SHOP/1700000000.000100"
    case = OutboundCase(
        name="add",
        outbound=outgoing(c.Reaction(emoji="👍", target_source_id="x"), target=target),
        requests=(call("reactions.add", **at, name="+1"),),
        answers=(json_answer({"ok": False, "error": "already_reacted"}),),
    )
    assert isinstance(await check_outbound(channel, case, CONFIG), Sent)
    listed = {"ok": True, "message": {"reactions": [{"name": "+1"}, {"name": "eyes"}]}}
    get = RecordedRequest(
        method="POST", url=f"{API}/reactions.get", headers=BEARER, data=at | {"full": "true"}
    )
    case = OutboundCase(
        name="remove",
        outbound=outgoing(c.Reaction(target_source_id="x"), target=target),
        requests=(
            get,
            call("reactions.remove", **at, name="+1"),
            call("reactions.remove", **at, name="eyes"),
        ),
        answers=(
            json_answer(listed),
            json_answer({"ok": True}),
            json_answer({"ok": False, "error": "no_reaction"}),
        ),
    )
    assert isinstance(await check_outbound(channel, case, CONFIG), Sent)


@pytest.mark.parametrize(
    "content",
    [
        c.Location(latitude=53.8, longitude=-1.55, name="Rill Bikes"),
        c.Interactive(type="buttons", body="Size?", buttons=(c.Choice(id="m", title="M"),)),
        c.Interactive(type="cta_url", body="Track", button="Track", url="https://rill.example"),
        c.Interactive(
            type="list",
            body="When?",
            button="Choose",
            sections=(c.ChoiceSection(rows=(c.Choice(id="9", title="9:00"),)),),
        ),
    ],
)
async def test_other_kinds_are_posted(content: c.Content) -> None:
    http = RecordingHttp(TAKEN)
    assert isinstance(await channel.send(outgoing(content), connection(http)), Sent)
    [request] = http.requests
    assert request.json["text"]
    if isinstance(content, c.Interactive):
        assert [block["type"] for block in request.json["blocks"]] == ["section", "actions"]


@pytest.mark.parametrize(
    "content",
    [
        c.Interactive(type="flow", body="x", parameters={"a": 1}),
        c.Poll(question="?"),
        c.Reaction(emoji="👍", target_source_id="x"),
    ],
)
async def test_what_slack_has_not_is_refused_without_a_call(content: c.Content) -> None:
    http = RecordingHttp(TAKEN)
    result = await channel.send(outgoing(content), connection(http))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, http.requests) == ("unsupported_by_channel", False, [])


async def test_an_address_of_another_kind_is_refused() -> None:
    result = await channel.send(
        outgoing(c.Text(body="x"), to=Address("phone", "+1")), connection(RecordingHttp())
    )
    assert isinstance(result, Failed)
    assert result.code == "unsupported_by_channel"


async def test_a_missing_token_is_told_as_not_configured() -> None:
    """S2-05: nothing is called, nothing is raised; the inbox asks to be connected again."""
    http = RecordingHttp(TAKEN)
    result = await channel.send(outgoing(c.Text(body="x")), connection(http, bot_token=None))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.auth_expired) == ("not_configured", False, True)
    assert http.requests == []
    report = await channel.connect(connection(http, bot_token=None))
    assert not report.ok
    assert report.steps[0][:2] == ("Bot token", False)
    with pytest.raises(MediaFetchFailed, match="bot token"):
        await channel.fetch("F1", None, connection(http, bot_token=None))


@pytest.mark.parametrize(
    ("error", "retryable", "expired", "words"),
    [
        ("not_in_channel", False, False, "/invite"),
        ("channel_not_found", False, False, "/invite"),
        ("invalid_auth", False, True, "bot token"),
        ("token_revoked", False, True, "revoked"),
        ("account_inactive", False, True, "removed"),
        ("missing_scope", False, False, "chat:write"),
        ("ratelimited", True, False, "slowly"),
        ("service_unavailable", True, False, "service_unavailable"),
        ("some_new_error", False, False, "some_new_error"),
    ],
)
async def test_errors_say_what_helps(error: str, retryable: bool, expired: bool, words: str) -> None:
    answer = json_answer({"ok": False, "error": error, "needed": "chat:write"})
    result = await channel.send(outgoing(c.Text(body="x")), connection(RecordingHttp(answer)))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.auth_expired) == (error, retryable, expired)
    assert words in result.message


async def test_a_rate_limit_names_when_to_come_back() -> None:
    answer = json_answer({"ok": False, "error": "ratelimited"}, 429, retry_after="30")
    result = await channel.send(outgoing(c.Text(body="x")), connection(RecordingHttp(answer)))
    assert isinstance(result, Failed)
    assert result.retry_at is not None
    assert timedelta(seconds=25) < result.retry_at - utc_now() < timedelta(seconds=31)


@pytest.mark.parametrize(
    "answer",
    [
        Response(500, {}, b"", ""),
        Response(200, {}, b"<html>", ""),
        json_answer({"ok": False, "error": "fatal_error"}),
        json_answer({"ok": False, "error": "internal_error"}),
        json_answer({"ok": True}),
    ],
)
async def test_what_may_have_been_taken_is_unknown(answer: Response) -> None:
    """G7."""
    result = await channel.send(outgoing(c.Text(body="x")), connection(RecordingHttp(answer)))
    assert isinstance(result, Unknown)


async def test_marks_need_no_call() -> None:
    http = RecordingHttp(TAKEN)
    assert isinstance(await channel.send(ReadMark(to=NORA, source_id="C/1"), connection(http)), Sent)
    assert http.requests == []


async def test_a_file_is_fetched_with_the_token_for_slack_only() -> None:
    """Refusal 40."""
    http = RecordingHttp(Response(200, {"content-type": "image/png"}, b"png", ""))
    fetched = await channel.fetch("F1", "https://files.slack.com/files-pri/a.png", connection(http))
    assert (fetched.content, fetched.mime) == (b"png", "image/png")
    [request] = http.requests
    assert (request.headers, request.credential_hosts) == (BEARER, ("slack.com",))


async def test_a_file_without_address_is_looked_up() -> None:
    http = RecordingHttp(AT_X, Response(200, {"content-type": "text/plain"}, b"x", ""))
    assert (await channel.fetch("F1", None, connection(http))).content == b"x"
    assert [request.url for request in http.requests] == [f"{API}/files.info", "https://files.slack.com/x"]


@pytest.mark.parametrize(
    ("answers", "retryable"),
    [
        ((json_answer({"ok": False, "error": "file_not_found"}),), False),
        ((json_answer({"ok": False, "error": "ratelimited"}),), True),
        ((json_answer({"ok": True, "file": {}}),), False),
        (
            (
                AT_X,
                Response(503, {}, b"", ""),
            ),
            True,
        ),
        (
            (
                AT_X,
                Response(404, {}, b"", ""),
            ),
            False,
        ),
        (
            (
                AT_X,
                Response(200, {"content-type": "text/html; charset=utf-8"}, b"<!DOCTYPE html><html>", ""),
            ),
            False,
        ),
    ],
)
async def test_a_file_that_cannot_be_had(answers: tuple[Response, ...], retryable: bool) -> None:
    with pytest.raises(MediaFetchFailed) as failed:
        await channel.fetch("F1", None, connection(RecordingHttp(*answers)))
    assert failed.value.retryable is retryable


async def test_connecting_says_what_is_missing() -> None:
    scopes = "chat:write,files:read,files:write,im:write,reactions:read,reactions:write,users:read"
    known = json_answer({"ok": True, "team": "Rill", "user": "desk"}, x_oauth_scopes=scopes)
    inside = json_answer({"ok": True, "channel": {"name": "shop", "is_member": True}})
    report = await channel.connect(connection(RecordingHttp(known, inside), channel="C0SHOP"))
    assert report.ok
    assert [name for name, _, _ in report.steps] == [
        "Bot token",
        "Signing secret",
        "Permissions",
        "Channel",
        "Hook",
    ]
    outside = json_answer({"ok": True, "channel": {"name": "shop", "is_member": False}})
    few = json_answer({"ok": True}, x_oauth_scopes="chat:write")
    report = await channel.connect(
        connection(RecordingHttp(few, outside), channel="C0SHOP", signing_secret=None)
    )
    assert {name: passed for name, passed, _ in report.steps} == {
        "Bot token": True,
        "Signing secret": False,
        "Permissions": False,
        "Channel": False,
        "Hook": True,
    }
    bad = await channel.connect(
        connection(RecordingHttp(json_answer({"ok": False, "error": "invalid_auth"})))
    )
    assert (bad.ok, bad.steps[0][:2]) == (False, ("Bot token", False))


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"profile": {"display_name": "Nora", "real_name": "Nora Vidal"}}, "Nora"),
        ({"profile": {"display_name": "", "real_name": "Nora Vidal"}, "name": "nvidal"}, "Nora Vidal"),
        ({"name": "nvidal"}, "nvidal"),
        ({}, None),
    ],
    ids=["shown", "full", "account", "none"],
)
async def test_what_somebody_is_called(user: dict[str, Any], name: str | None) -> None:
    http = RecordingHttp(json_answer({"ok": True, "user": user}))
    assert await channel.name_of(NORA, connection(http)) == name
    assert [request.url for request in http.requests] == [f"{API}/users.info"]


async def test_names_that_slack_does_not_tell() -> None:
    nobody = RecordingHttp(json_answer({"ok": False, "error": "user_not_found"}))
    assert await channel.name_of(NORA, connection(nobody)) is None
    assert await channel.name_of(Address("slack", "T0RILL/B0BOT"), connection(RecordingHttp())) is None
    assert await channel.name_of(NORA, connection(RecordingHttp(), bot_token=None)) is None
    refused = RecordingHttp(json_answer({"ok": False, "error": "missing_scope", "needed": "users:read"}))
    with pytest.raises(PeopleUnavailable, match="users:read"):
        await channel.name_of(NORA, connection(refused))

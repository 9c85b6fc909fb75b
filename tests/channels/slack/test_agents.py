"""S2-20: the agents' channel: what there is an answer, how conversations are posted, who is an agent."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from pydantic import ValidationError

from frontdesk.channels.slack import channel
from frontdesk.channels.slack.config import SlackConfig
from frontdesk.domain.content import Text
from frontdesk.domain.inbound import AgentReplied, Ignored, InboundEvent, MessageReceived
from frontdesk.domain.neutral import neutral
from frontdesk.kit.http import OutcomeUnknown
from frontdesk.ports.channel import PeopleUnavailable, RawRequest
from frontdesk.ports.mirror import MirrorFailed, Post, ThreadGone
from frontdesk.testing import RecordingHttp
from frontdesk.testing.http import json_answer
from tests.channels.slack.inbox import APP, CONFIG, NORA, TEAM, connection, event_body, message

DESK = "C0DESK"
ROOT = "1700000000.000100"
THREAD = f"{DESK}/{ROOT}"
KEY = UUID("01990000-0000-7000-8000-00000000000a")
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
POST = Post(
    key=KEY,
    at=AT,
    head="Nora <!channel>",
    text="Is it & <open>?",
    subject="Nora · Shop",
    url="https://d.example/1",
)
OURS = connection(RecordingHttp(), agents_channel=DESK)


def read(body: dict[str, Any]) -> list[InboundEvent]:
    raw = json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    return list(channel.parse_for(RawRequest("POST", "https://desk.example/", {}, headers, raw), OURS))


def read_form(fields: dict[str, str]) -> list[InboundEvent]:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    raw = urlencode(fields).encode()
    return list(channel.parse_for(RawRequest("POST", "https://desk.example/", {}, headers, raw), OURS))


def said(**more: Any) -> dict[str, Any]:
    return event_body(message("Yes &amp; no", channel=DESK, **more))


def test_an_answer_in_a_thread_is_an_agents() -> None:
    (found,) = read(said(ts="1700000009.000200", thread_ts=ROOT))
    assert isinstance(found, AgentReplied)
    assert (found.source_id, found.thread) == (f"{DESK}/1700000009.000200", THREAD)
    assert (found.party.addresses, found.contents) == ((NORA,), (Text(body="Yes & no"),))
    told = neutral(found)
    assert (told["external_id"], told["sender"], told["text"]) == ("1700000009.000200", "U0NORA", "Yes & no")


@pytest.mark.parametrize(
    "body",
    [
        said(),
        said(thread_ts=ROOT),
        said(ts="1700000009.000200", thread_ts=ROOT, bot_id="B0OTHER"),
        said(ts="1700000009.000200", thread_ts=ROOT, app_id=APP, user="U0DESK", bot_id="B0DESK"),
        said(ts="1700000009.000200", thread_ts=ROOT, subtype="channel_join"),
        said(ts="1700000009.000200", subtype="message_changed", message=message(thread_ts=ROOT)),
        said(ts="1700000009.000200", subtype="message_deleted", previous_message=message(thread_ts=ROOT)),
        event_body({"type": "app_mention", "user": "U0NORA", "text": "x", "ts": ROOT, "channel": DESK}),
        event_body(
            {
                "type": "reaction_added",
                "user": "U0NORA",
                "reaction": "+1",
                "item": {"channel": DESK, "ts": ROOT},
            }
        ),
        event_body(
            {"type": "message_metadata_posted", "channel_id": DESK, "message_ts": ROOT, "app_id": APP}
        ),
    ],
    ids=["aside", "root", "bot", "ours", "join", "edit", "deletion", "mention", "reaction", "metadata"],
)
def test_nothing_else_there_is_anything(body: dict[str, Any]) -> None:
    (found,) = read(body)
    assert isinstance(found, Ignored)


def test_commands_and_buttons_there_are_no_customers() -> None:
    """And those elsewhere still are."""
    command = {"command": "/bike", "text": "x", "team_id": TEAM, "user_id": "U0NORA", "trigger_id": "1.2"}
    (found,) = read_form({**command, "channel_id": DESK})
    assert isinstance(found, Ignored)
    (found,) = read_form({**command, "channel_id": "C0SHOP"})
    assert isinstance(found, MessageReceived)
    pressed = {
        "type": "block_actions",
        "user": {"id": "U0NORA"},
        "team": {"id": TEAM},
        "channel": {"id": DESK},
        "actions": [{"action_id": "a", "value": "m", "action_ts": "1.2"}],
    }
    (found,) = read_form({"payload": json.dumps(pressed)})
    assert isinstance(found, Ignored)
    (found,) = read(event_body(message()))
    assert isinstance(found, MessageReceived)


def test_the_agents_channel_is_not_the_customers() -> None:
    with pytest.raises(ValidationError, match="not the one that customers write in"):
        SlackConfig.model_validate({**CONFIG, "channel": DESK, "agents_channel": DESK})
    assert channel.mirror_place({"agents_channel": DESK}) == DESK
    assert channel.mirror_place({"app_id": APP}) is None


async def test_a_thread_begins_with_whose_it_is_and_nothing_in_it_is_a_mark() -> None:
    http = RecordingHttp(json_answer({"ok": True, "channel": DESK, "ts": ROOT}))
    assert await channel.post(POST, None, connection(http, agents_channel=DESK)) == THREAD
    (call,) = http.requests
    assert call.json == {
        "channel": DESK,
        "text": "*Nora · Shop*\n*Nora &lt;!channel&gt;*: Is it &amp; &lt;open&gt;?\n"
        "<https://d.example/1|Open at the desk>",
        "metadata": {"event_type": "frontdesk_mirror", "event_payload": {"key": str(KEY)}},
        "unfurl_links": False,
        "unfurl_media": False,
    }
    http = RecordingHttp(json_answer({"ok": True, "channel": DESK, "ts": "1700000009.000200"}))
    assert await channel.post(POST, THREAD, connection(http, agents_channel=DESK)) == THREAD
    (call,) = http.requests
    assert call.json is not None
    assert call.json["thread_ts"] == ROOT
    assert call.json["text"] == "*Nora &lt;!channel&gt;*: Is it &amp; &lt;open&gt;?"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (json_answer({"ok": False, "error": "thread_not_found"}), ThreadGone),
        (json_answer({"ok": False, "error": "not_in_channel"}), MirrorFailed),
        (json_answer({"ok": False, "error": "fatal_error"}), MirrorFailed),
        (json_answer({"ok": True}), MirrorFailed),
        (OutcomeUnknown("reset"), MirrorFailed),
    ],
)
async def test_a_post_that_fails_says_what_it_means(given: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        await channel.post(POST, THREAD, connection(RecordingHttp(given), agents_channel=DESK))


async def test_a_limit_says_when_and_a_lost_token_says_so() -> None:
    limited = json_answer({"ok": False, "error": "ratelimited"}, 429, retry_after="30")
    with pytest.raises(MirrorFailed) as found:
        await channel.post(POST, None, connection(RecordingHttp(limited), agents_channel=DESK))
    assert found.value.retry_at is not None
    revoked = json_answer({"ok": False, "error": "token_revoked"})
    with pytest.raises(MirrorFailed) as found:
        await channel.post(POST, None, connection(RecordingHttp(revoked), agents_channel=DESK))
    assert found.value.auth_expired
    with pytest.raises(MirrorFailed, match="no bot token"):
        await channel.post(POST, None, connection(RecordingHttp(), agents_channel=DESK, bot_token=None))


async def test_a_post_is_found_by_its_key_in_its_thread_and_by_pages_in_the_channel() -> None:
    mine = {"event_type": "frontdesk_mirror", "event_payload": {"key": str(KEY)}}
    other = {"event_type": "frontdesk_mirror", "event_payload": {"key": "x"}}
    page = json_answer({
        "ok": True,
        "messages": [{"ts": "1", "metadata": other}, {"ts": "2"}],
        "response_metadata": {"next_cursor": "c"},
    })  # fmt: skip
    there = json_answer({"ok": True, "messages": [{"ts": ROOT, "metadata": mine}]})
    http = RecordingHttp(page, there)
    assert await channel.find_post(POST, None, connection(http, agents_channel=DESK)) == THREAD
    first, second = http.requests
    assert first.url.endswith("/api/conversations.history")
    assert first.data is not None
    assert second.data is not None
    asked = dict(first.data)
    assert asked["include_all_metadata"] == "true"
    assert float(asked["oldest"]) < AT.timestamp()
    assert dict(second.data)["cursor"] == "c"
    http = RecordingHttp(there)
    assert await channel.find_post(POST, THREAD, connection(http, agents_channel=DESK)) == THREAD
    gone, none = json_answer({"ok": False, "error": "thread_not_found"}), json_answer({"ok": True})
    http = RecordingHttp(gone, none)
    assert await channel.find_post(POST, THREAD, connection(http, agents_channel=DESK)) is None


@pytest.mark.parametrize(
    ("user", "mail"),
    [
        ({"team_id": TEAM}, "nora@rill.example"),
        ({"team_id": "E0RILL", "enterprise_user": {"teams": [TEAM]}}, "nora@rill.example"),
        ({"team_id": "T0ELSEWHERE"}, None),
        ({"team_id": TEAM, "is_stranger": True}, None),
        ({"team_id": TEAM, "is_bot": True}, None),
        ({"team_id": TEAM, "deleted": True}, None),
    ],
)
async def test_only_a_members_address_counts(user: dict[str, Any], mail: str | None) -> None:
    told = {"ok": True, "user": {"profile": {"email": "nora@rill.example"}, **user}}
    assert await channel.mail_of(NORA, connection(RecordingHttp(json_answer(told)))) == mail


async def test_an_address_that_cannot_be_asked_for_is_not_nobodys() -> None:
    down = json_answer({"ok": False, "error": "service_unavailable"})
    with pytest.raises(PeopleUnavailable):
        await channel.mail_of(NORA, connection(RecordingHttp(down)))


async def test_connecting_wants_what_following_needs() -> None:
    scopes = "chat:write,files:read,files:write,im:write,reactions:read,reactions:write,users:read"
    known = json_answer({"ok": True, "team": "Rill"}, x_oauth_scopes=scopes)
    inside = json_answer({"ok": True, "channel": {"name": "rill-desk", "is_member": True}})
    report = await channel.connect(connection(RecordingHttp(known, inside), agents_channel=DESK))
    steps = {name: (passed, told) for name, passed, told in report.steps}
    assert steps["Agents' channel"] == (True, "#rill-desk")
    passed, told = steps["Permissions"]
    assert not passed
    assert "users:read.email, channels:history or groups:history" in told

"""Connecting an inbox: each step with its proof or its cure; settings that cannot be."""

from typing import Any

import pytest
from pydantic import ValidationError

from frontdesk.channels.telegram import channel
from frontdesk.kit.http import ConnectFailed, HttpFailed, Response
from frontdesk.testing import RecordingHttp, json_answer
from tests.channels.telegram.inbox import CONFIG, DONE, SECRET, TOKEN, URL, connection

HOOK = "https://desk.example/hooks/x/y"
ME = json_answer(
    {"ok": True, "result": {"id": 5500, "first_name": "Rill Bikes", "username": "Rill_Bikes_Bot"}}
)
HEALTHY = json_answer({"ok": True, "result": {"url": HOOK, "pending_update_count": 0}})


async def test_a_good_inbox_is_connected_and_its_hook_registered() -> None:
    http = RecordingHttp(ME, DONE, HEALTHY)
    report = await channel.connect(connection(http))
    assert report.ok
    assert report.steps == (
        ("Bot token", True, "Rill Bikes, @Rill_Bikes_Bot"),
        ("Secret token", True, "It is set."),
        ("Hook", True, f"Telegram calls {HOOK}."),
        ("Hook as Telegram sees it", True, "0 updates wait."),
    )
    assert [request.url for request in http.requests] == [
        f"{URL}/getMe",
        f"{URL}/setWebhook",
        f"{URL}/getWebhookInfo",
    ]
    asked = http.requests[1].json
    assert (asked["url"], asked["secret_token"]) == (HOOK, SECRET)
    assert {"message", "edited_message", "callback_query", "message_reaction", "my_chat_member"} <= set(
        asked["allowed_updates"]
    )


UNAUTHORIZED = json_answer({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
NOT_HTTPS = json_answer(
    {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: bad webhook: An HTTPS URL must be provided",
    },
    400,
)
OTHER_BOT = json_answer({"ok": True, "result": {"first_name": "Other", "username": "other_bot"}})
TAKEN_OVER = json_answer({"ok": True, "result": {"url": "https://elsewhere.example/"}})


@pytest.mark.parametrize(
    ("answers", "missing", "failed"),
    [
        ((), ("bot_token",), "Bot token"),
        ((UNAUTHORIZED,), (), "Bot token"),
        ((OTHER_BOT,), (), "Bot token"),
        ((ConnectFailed(f"GET {URL} refused"),), (), "Bot token"),
        ((ME,), ("secret_token",), "Secret token"),
        ((ME, NOT_HTTPS), (), "Hook"),
        ((ME, DONE, TAKEN_OVER), (), "Hook as Telegram sees it"),
    ],
)
async def test_what_is_missing_is_named_with_its_cure(
    answers: tuple[Response | HttpFailed, ...], missing: tuple[str, ...], failed: str
) -> None:
    report = await channel.connect(connection(RecordingHttp(*answers), **dict.fromkeys(missing)))
    assert not report.ok
    assert [name for name, passed, _ in report.steps if not passed] == [failed]
    assert all(words and TOKEN not in words and SECRET not in words for _, _, words in report.steps)


@pytest.mark.parametrize(
    ("state", "methods"),
    [
        (HEALTHY, ["getWebhookInfo", "deleteWebhook"]),
        (TAKEN_OVER, ["getWebhookInfo"]),
        (UNAUTHORIZED, ["getWebhookInfo"]),
        (ConnectFailed("refused"), ["getWebhookInfo"]),
    ],
)
async def test_s2_11_disconnecting_deletes_our_hook_and_no_other(
    state: Response | HttpFailed, methods: list[str]
) -> None:
    http = RecordingHttp(state, DONE)
    await channel.disconnect(connection(http))
    assert [request.url for request in http.requests] == [f"{URL}/{method}" for method in methods]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bot_username", ""),
        ("bot_username", "a b"),
        ("bot_token", ""),
        ("bot_token", "5500:abc/../../other"),
        ("bot_token", "5500:abc?x=1234567890"),
        ("secret_token", ""),
        ("secret_token", "blank inside"),
        ("secret_token", "x" * 257),
        ("unknown", "x"),
        ("base_url", "https://attacker.example"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(field: str, value: Any) -> None:
    """The token stands in the path of every request; no client may say where the provider is."""
    with pytest.raises(ValidationError) as caught:
        channel.Config.model_validate({**CONFIG, field: value})
    assert {str(error["loc"][0]) for error in caught.value.errors()} == {field}


def test_secrets_are_not_shown() -> None:
    """S0-45."""
    config = channel.Config.model_validate(CONFIG)
    for secret in (TOKEN, SECRET):
        assert secret not in repr(config)
        assert secret not in config.model_dump_json()

"""Connecting an inbox: each step with its proof or its cure."""

from typing import Any

import pytest
from pydantic import ValidationError

from frontdesk.channels.whatsapp import channel
from frontdesk.kit.http import ConnectFailed, HttpFailed, Response
from frontdesk.testing import RecordingHttp, json_answer
from tests.channels.whatsapp.inbox import ACCOUNT_ID, CONFIG, NUMBER_ID, TOKEN, VERIFY, connection

KNOWN = json_answer(
    {"id": NUMBER_ID, "verified_name": "Rill Bikes", "display_phone_number": "+1 555-018-4400"}
)
DONE = json_answer({"success": True})


async def test_a_good_inbox_is_connected_and_its_hook_registered() -> None:
    http = RecordingHttp(KNOWN, DONE)
    report = await channel.connect(connection(http))
    assert report.ok
    assert report.steps == (
        ("Access token and phone number", True, "Rill Bikes, +1 555-018-4400"),
        ("App secret", True, "It is set."),
        ("Verify token", True, "It is set."),
        ("Hook", True, "Meta calls https://desk.example/hooks/x/y."),
    )
    assert http.requests[0].url == f"https://graph.facebook.com/v25.0/{NUMBER_ID}"
    assert http.requests[1].url == f"https://graph.facebook.com/v25.0/{ACCOUNT_ID}/subscribed_apps"
    assert http.requests[1].json == {
        "override_callback_uri": "https://desk.example/hooks/x/y",
        "verify_token": VERIFY,
    }


@pytest.mark.parametrize(
    ("answers", "missing", "failed"),
    [
        ((), ("access_token",), "Access token"),
        (
            (json_answer({"error": {"code": 190, "message": "expired"}}, 401),),
            (),
            "Access token and phone number",
        ),
        ((ConnectFailed("refused"),), (), "Access token and phone number"),
        ((KNOWN, DONE), ("waba_id",), "Hook"),
        ((KNOWN, json_answer({"error": {"code": 2200, "message": "unreachable"}}, 400)), (), "Hook"),
        ((KNOWN, DONE), ("app_secret",), "App secret"),
        ((KNOWN, DONE), ("verify_token",), "Verify token"),
    ],
)
async def test_what_is_missing_is_named_with_its_cure(
    answers: tuple[Response | HttpFailed, ...], missing: tuple[str, ...], failed: str
) -> None:
    report = await channel.connect(connection(RecordingHttp(*answers), **dict.fromkeys(missing)))
    assert not report.ok
    assert [name for name, passed, _ in report.steps if not passed] == [failed]
    assert all(words and TOKEN not in words and VERIFY not in words for _, _, words in report.steps)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone_number_id", "+44 7700"),
        ("phone_number_id", ""),
        ("waba_id", "abc"),
        ("api_version", "25"),
        ("api_version", "v25.0/../me"),
        ("access_token", ""),
        ("app_secret", ""),
        ("unknown", "x"),
        ("base_url", "https://attacker.example"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(field: str, value: Any) -> None:
    """Design, section 9: no client may say where the provider is."""
    with pytest.raises(ValidationError) as caught:
        channel.Config.model_validate({**CONFIG, field: value})
    assert {str(error["loc"][0]) for error in caught.value.errors()} == {field}


def test_secrets_are_not_shown() -> None:
    """S0-45."""
    config = channel.Config.model_validate(CONFIG)
    assert TOKEN not in repr(config)
    assert TOKEN not in config.model_dump_json()

"""Standard Webhooks: what we sign the reference library accepts, and the reverse."""

import base64
import json
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from frontdesk.kit.clock import utc_now
from frontdesk.kit.webhooks import BadSignature, key_of, sign, verify

SECRET = "whsec_" + base64.b64encode(b"a key of twenty-four byt").decode()
OTHER = "whsec_" + base64.b64encode(b"another key of enough by").decode()
BODY = b'{"type":"message","text":"caf\xc3\xa9"}'


def test_the_reference_library_takes_what_we_sign_and_not_what_was_changed() -> None:
    headers = sign([SECRET], "msg_1", utc_now(), BODY)
    assert Webhook(SECRET).verify(BODY, headers) == json.loads(BODY)
    for body, secret in ((BODY + b" ", SECRET), (BODY, OTHER)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


def test_we_take_what_the_reference_library_signs() -> None:
    at = utc_now()
    signature = Webhook(SECRET).sign("msg_1", at, BODY.decode())
    seconds = str(int(at.timestamp()))
    headers = {"webhook-id": "msg_1", "webhook-timestamp": seconds, "webhook-signature": signature}
    assert verify([SECRET], headers, BODY, at) == "msg_1"


def test_two_signatures_stand_side_by_side_while_a_secret_changes() -> None:
    headers = sign([OTHER, SECRET], "msg_1", utc_now(), BODY)
    assert headers["webhook-signature"].count("v1,") == 2
    assert Webhook(SECRET).verify(BODY, headers)
    assert verify([OTHER], headers, BODY, utc_now()) == "msg_1"


@pytest.mark.parametrize("seconds", [-301, 301, 3600])
def test_an_old_or_early_one_is_refused(seconds: int) -> None:
    """Refusal 34."""
    at = utc_now()
    headers = sign([SECRET], "msg_1", at, BODY)
    with pytest.raises(BadSignature, match="five minutes"):
        verify([SECRET], headers, BODY, at + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v2,abc"},
        {"webhook-signature": "v1,é"},
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": ""},
    ],
)
def test_changed_headers_are_refused(change: dict[str, str]) -> None:
    headers = sign([SECRET], "msg_1", utc_now(), BODY) | change
    with pytest.raises(BadSignature):
        verify([SECRET], headers, BODY, utc_now())


def test_without_a_secret_nothing_is_proved() -> None:
    """Refusal 32."""
    with pytest.raises(BadSignature):
        verify([], sign([SECRET], "msg_1", utc_now(), BODY), BODY, utc_now())


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_###", "whsec_c2hvcnQ="])
def test_a_poor_secret_is_none(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        key_of(secret)

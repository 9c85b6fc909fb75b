"""Proof of origin: what passes, and everything that must not (refusals 31, 32 and 34)."""

import json
import time
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from frontdesk.channels.slack import channel
from frontdesk.channels.slack.signature import signature_of
from frontdesk.ports.channel import RawRequest
from frontdesk.testing import SignatureVector, check_signature
from tests.channels.slack.inbox import APP, CONFIG, SECRET

BODY = b'{"type":"event_callback","event":{"type":"message","text":"caf\\u00e9 \\/ ok"}}'
OPEN = {"app_id": APP}


def post(
    body: bytes = BODY,
    *,
    at: str | None = None,
    signature: str | None = None,
    secret: str = SECRET,
    signed: bytes | None = None,
) -> RawRequest:
    at = str(int(time.time())) if at is None else at
    given = signature_of(at, body if signed is None else signed, secret) if signature is None else signature
    headers = {"x-slack-request-timestamp": at, "x-slack-signature": given}
    return RawRequest("POST", "https://desk.example/hooks/x/y", {}, headers, body)


def vector(request: RawRequest, *, valid: bool, challenge: str | None = None, **config: str) -> None:
    check_signature(
        channel,
        SignatureVector(
            name="vector", request=request, valid=valid, config=config or CONFIG, challenge=challenge
        ),
    )


@pytest.mark.parametrize("body", [BODY, b"", b"\xff", b"x" * 1_000_000, b"payload=%7B%7D"])
def test_a_signed_body_is_taken_as_by_the_vendor(body: bytes) -> None:
    request = post(body)
    vector(request, valid=True)
    if body.isascii():
        assert SignatureVerifier(SECRET).is_valid_request(body, dict(request.headers))


@pytest.mark.parametrize("seconds", [-299, -10, 0, 10, 299])
def test_five_minutes_either_way_are_taken(seconds: int) -> None:
    vector(post(at=str(int(time.time()) + seconds)), valid=True)


@pytest.mark.parametrize("seconds", [-360, -302, 302, 3600])
def test_older_and_newer_ones_are_refused(seconds: int) -> None:
    """Refusal 34: a valid body replayed after six minutes."""
    vector(post(at=str(int(time.time()) + seconds)), valid=False)


@pytest.mark.parametrize("at", ["", "now", "-1", "1e9", "²", "1700000000.0", "9" * 20])
def test_a_time_that_is_none_is_refused(at: str) -> None:
    vector(post(at=at), valid=False)


RIGHT = post()
SIGNED = RIGHT.headers["x-slack-signature"]
NOW = RIGHT.headers["x-slack-request-timestamp"]


@pytest.mark.parametrize(
    "request_",
    [
        RawRequest("POST", "https://desk.example/", {}, {}, BODY),
        RawRequest("GET", "https://desk.example/", {}, {}, b""),
        post(signature=""),
        post(signature="v0="),
        post(at=NOW, signature=SIGNED.removeprefix("v0=")),
        post(at=NOW, signature=SIGNED.replace("v0=", "v1=")),
        post(at=NOW, signature=SIGNED.upper()),
        post(at=NOW, signature=SIGNED[:-1]),
        post(at=NOW, signature=SIGNED + "0"),
        post(signature="v0=é"),
        post(secret="another-secret"),
        post(secret=""),
        post(BODY + b"\n", signed=BODY),
        post(json.dumps(json.loads(BODY)).encode(), signed=BODY),
        post(at=str(int(NOW) + 1), signature=SIGNED),
    ],
)
def test_a_body_without_proof_is_refused(request_: RawRequest) -> None:
    """Refusal 31."""
    vector(request_, valid=False)


@pytest.mark.parametrize("request_", [post(), post(secret=""), post(signature="")])
def test_without_a_secret_every_hook_is_refused(request_: RawRequest) -> None:
    """Refusal 32."""
    vector(request_, valid=False, **OPEN)


def test_a_registration_gets_its_challenge_back_only_when_signed() -> None:
    body = json.dumps({"token": "t", "challenge": "3eZbrw1a", "type": "url_verification"}).encode()
    vector(post(body), valid=True, challenge="3eZbrw1a")
    vector(post(body, secret="another"), valid=False)
    vector(RawRequest("POST", "https://desk.example/", {}, {}, body), valid=False)


def test_a_message_that_speaks_of_registrations_is_none() -> None:
    told = {"type": "event_callback", "event": {"type": "message", "text": "url_verification"}}
    vector(post(json.dumps(told).encode()), valid=True)
    vector(post(urlencode({"text": "url_verification"}).encode()), valid=True)

"""Proof of origin: what passes, and everything that must not (refusals 31 and 32)."""

import hashlib
import hmac
import json

import pytest

from frontdesk.channels.messenger.channel import Messenger
from frontdesk.ports.channel import RawRequest
from frontdesk.testing import SignatureVector, check_signature
from tests.channels.messenger.inbox import BOTH, CONFIG, PAGE, SECRET, VERIFY

BODY = b'{"object":"page","entry":[{"id":"1","messaging":[{"text":"caf\\u00e9 \\/ ok"}]}]}'
both = pytest.mark.parametrize("channel", BOTH, ids=lambda channel: channel.slug)


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(header: str | None, body: bytes = BODY) -> RawRequest:
    headers = {} if header is None else {"x-hub-signature-256": header}
    return RawRequest("POST", "https://desk.example/hooks/x/y", {}, headers, body)


RIGHT = signed(BODY)
REFUSED = {
    "no header": post(None),
    "empty": post(""),
    "prefix only": post("sha256="),
    "no prefix": post(RIGHT.removeprefix("sha256=")),
    "old prefix": post(RIGHT.replace("sha256=", "sha1=")),
    "upper case": post(RIGHT.upper()),
    "truncated": post(RIGHT[:-1]),
    "another secret": post(signed(BODY, "another-secret")),
    "empty secret": post(signed(BODY, "")),
    "tampered": post(RIGHT, BODY.replace(b"ok", b"no")),
    "re-serialised": post(RIGHT, json.dumps(json.loads(BODY)).encode()),
    "not ascii": post("sha256=é"),
}


@both
def test_a_signed_body_is_taken(channel: Messenger) -> None:
    check_signature(channel, SignatureVector(name="right", request=post(RIGHT), valid=True, config=CONFIG))


@both
@pytest.mark.parametrize("name", REFUSED)
def test_a_body_without_proof_is_refused(channel: Messenger, name: str) -> None:
    """Refusal 31."""
    check_signature(channel, SignatureVector(name=name, request=REFUSED[name], valid=False, config=CONFIG))


@both
@pytest.mark.parametrize("header", [None, "", signed(BODY, ""), RIGHT])
def test_without_a_secret_every_hook_is_refused(channel: Messenger, header: str | None) -> None:
    """Refusal 32."""
    closed = {"page_id": PAGE}
    check_signature(channel, SignatureVector(name="closed", request=post(header), valid=False, config=closed))


@both
@pytest.mark.parametrize(
    ("query", "challenge"),
    [
        ({"mode": "subscribe", "verify_token": VERIFY, "challenge": "1158"}, "1158"),
        ({"mode": "subscribe", "verify_token": "another", "challenge": "1158"}, None),
        ({"mode": "unsubscribe", "verify_token": VERIFY, "challenge": "1158"}, None),
        ({"mode": "subscribe", "verify_token": VERIFY}, None),
        ({"mode": "subscribe", "verify_token": VERIFY, "challenge": "1" * 1025}, None),
        ({}, None),
    ],
)
def test_only_who_knows_the_word_gets_its_challenge_back(
    channel: Messenger, query: dict[str, str], challenge: str | None
) -> None:
    told = {f"hub.{name}": value for name, value in query.items()}
    request = RawRequest("GET", "https://desk.example/hooks/x/y", told, {}, b"")
    vector = SignatureVector(
        name="get", request=request, valid=challenge is not None, config=CONFIG, challenge=challenge
    )
    check_signature(channel, vector)

"""Proof of origin: what passes, and everything that must not (refusals 31 and 32)."""

import hashlib
import hmac
import json

import pytest

from frontdesk.channels.whatsapp import channel
from frontdesk.ports.channel import RawRequest
from frontdesk.testing import SignatureVector, check_signature
from tests.channels.whatsapp.inbox import CONFIG, NUMBER_ID, SECRET, VERIFY

BODY = (
    b'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":"caf\\u00e9 \\/ ok"}]}]}'
)
OPEN = {"phone_number_id": NUMBER_ID}


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(header: str | None, body: bytes = BODY, name: str = "x-hub-signature-256") -> RawRequest:
    headers = {"content-type": "application/json"} | ({name: header} if header is not None else {})
    return RawRequest("POST", "https://desk.example/hooks/x/y", {}, headers, body)


def get(**query: str) -> RawRequest:
    told = {f"hub.{name}": value for name, value in query.items()}
    return RawRequest("GET", "https://desk.example/hooks/x/y", told, {}, b"")


RIGHT = signed(BODY)
REFUSED = {
    "no header": post(None),
    "empty header": post(""),
    "prefix only": post("sha256="),
    "no prefix": post(RIGHT.removeprefix("sha256=")),
    "old prefix": post(RIGHT.replace("sha256=", "sha1=")),
    "upper case": post(RIGHT.upper()),
    "truncated": post(RIGHT[:-1]),
    "one digit more": post(RIGHT + "0"),
    "another secret": post(signed(BODY, "another-secret")),
    "empty secret": post(signed(BODY, "")),
    "tampered body": post(RIGHT, BODY.replace(b"ok", b"no")),
    "re-serialised body": post(RIGHT, json.dumps(json.loads(BODY)).encode()),
    "re-serialised body without escapes": post(
        RIGHT, json.dumps(json.loads(BODY), ensure_ascii=False).encode()
    ),
    "trailing newline": post(RIGHT, BODY + b"\n"),
    "sha1 header": post(RIGHT, name="x-hub-signature"),
    "not ascii": post("sha256=é"),
}


@pytest.mark.parametrize(
    "body", [BODY, b"", b"\x00\xff", b"x" * 1_000_000], ids=["json", "none", "bytes", "large"]
)
def test_a_signed_body_is_taken(body: bytes) -> None:
    vector = SignatureVector(name="right", request=post(signed(body), body), valid=True, config=CONFIG)
    check_signature(channel, vector)


@pytest.mark.parametrize("name", REFUSED)
def test_a_body_without_proof_is_refused(name: str) -> None:
    """Refusal 31."""
    check_signature(channel, SignatureVector(name=name, request=REFUSED[name], valid=False, config=CONFIG))


@pytest.mark.parametrize(
    "header", [None, "", signed(BODY, ""), RIGHT], ids=["none", "empty", "empty key", "right"]
)
def test_without_a_secret_every_hook_is_refused(header: str | None) -> None:
    """Refusal 32."""
    check_signature(channel, SignatureVector(name="closed", request=post(header), valid=False, config=OPEN))


def test_a_registration_gets_its_challenge_back() -> None:
    request = get(mode="subscribe", verify_token=VERIFY, challenge="1158201444")
    vector = SignatureVector(name="get", request=request, valid=True, config=CONFIG, challenge="1158201444")
    check_signature(channel, vector)


@pytest.mark.parametrize(
    "request_",
    [
        get(mode="subscribe", verify_token="another", challenge="1"),
        get(mode="subscribe", verify_token="", challenge="1"),
        get(mode="unsubscribe", verify_token=VERIFY, challenge="1"),
        get(verify_token=VERIFY, challenge="1"),
        get(mode="subscribe", verify_token=VERIFY),
        get(mode="subscribe", challenge="1"),
        get(mode="subscribe", verify_token=VERIFY, challenge="1" * 1025),
        get(),
    ],
)
def test_a_registration_by_anybody_else_is_refused(request_: RawRequest) -> None:
    check_signature(channel, SignatureVector(name="get", request=request_, valid=False, config=CONFIG))


@pytest.mark.parametrize("token", ["", VERIFY])
def test_without_a_verify_token_no_registration_is_answered(token: str) -> None:
    """Refusal 32."""
    request = get(mode="subscribe", verify_token=token, challenge="1")
    check_signature(channel, SignatureVector(name="get", request=request, valid=False, config=OPEN))

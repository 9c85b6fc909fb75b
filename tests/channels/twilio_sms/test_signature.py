"""Proof of origin by Twilio's own validator, and everything that must not pass (refusals 31 to 33, S3-12)."""

import hashlib
import json
from urllib.parse import parse_qs, parse_qsl

import pytest
from starlette.datastructures import MultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from frontdesk.channels.twilio_sms import channel
from frontdesk.channels.twilio_sms.signature import signature_of
from frontdesk.ports.channel import RawRequest
from frontdesk.testing import SignatureVector, check_signature
from tests.channels.twilio_sms.inbox import ACCOUNT, CONFIG, FORM, HOOK, INCOMING, TOKEN, hook

VALIDATOR = RequestValidator(TOKEN)


def check(request: RawRequest, *, valid: bool, **config: str) -> None:
    check_signature(channel, SignatureVector(name="v", request=request, valid=valid, config=config or CONFIG))


def signed(url: str, body: bytes, signature: str) -> RawRequest:
    return RawRequest("POST", url, {}, {"content-type": FORM, "x-twilio-signature": signature}, body)


@pytest.mark.parametrize("body", ["b=2&a=1&a=3&a=1&empty=", "Body=caf%C3%A9+%26+%F0%9F%91%8D", "x=", ""])
@pytest.mark.parametrize("url", [HOOK, f"{HOOK}?delivery=1&b=2"])
def test_what_the_vendor_signs_is_taken(url: str, body: str) -> None:
    """S3-12. Repeated fields count once per value, in order."""
    fields = parse_qs(body, keep_blank_values=True)
    signature = VALIDATOR.compute_signature(url, MultiDict(parse_qsl(body, keep_blank_values=True)))
    assert signature == signature_of(url, fields, TOKEN)
    check(signed(url, body.encode(), signature), valid=True)


@pytest.mark.parametrize("url", [HOOK, HOOK.replace("desk.example", "desk.example:443")])
@pytest.mark.parametrize("told", [HOOK, HOOK.replace("desk.example", "desk.example:443")])
def test_the_default_port_may_be_said_or_not(url: str, told: str) -> None:
    """Both ways, as the vendor's validator does."""
    fields = {"From": "+15005550100"}
    signature = VALIDATOR.compute_signature(url, fields)
    assert VALIDATOR.validate(told, fields, signature)
    check(signed(told, b"From=%2B15005550100", signature), valid=True)


def test_another_port_is_another_address() -> None:
    url = HOOK.replace("desk.example", "desk.example:8443")
    fields = {"a": ["1"]}
    check(signed(url, b"a=1", signature_of(url, fields, TOKEN)), valid=True)
    check(signed(url, b"a=1", signature_of(HOOK, fields, TOKEN)), valid=False)


def test_json_is_proved_by_its_hash() -> None:
    body = json.dumps({"MessageSid": "SM1"}).encode()
    url = f"{HOOK}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = VALIDATOR.compute_signature(url, {})
    assert VALIDATOR.validate(url, body.decode(), signature)
    check(signed(url, body, signature), valid=True)
    check(signed(url, body + b" ", signature), valid=False)
    assert not VALIDATOR.validate(url, body.decode() + " ", signature)
    check(signed(HOOK, body, VALIDATOR.compute_signature(HOOK, {})), valid=False)


RIGHT = hook(INCOMING)
SIGNATURE = RIGHT.headers["x-twilio-signature"]


@pytest.mark.parametrize(
    "request_",
    [
        RawRequest("POST", HOOK, {}, {"content-type": FORM}, RIGHT.body),
        RawRequest("GET", HOOK, {}, {}, b""),
        signed(HOOK, RIGHT.body, ""),
        signed(HOOK, RIGHT.body, SIGNATURE[:-1]),
        signed(HOOK, RIGHT.body, SIGNATURE.swapcase()),
        signed(HOOK, RIGHT.body, "é"),
        signed(HOOK, RIGHT.body.replace(b"open", b"shut"), SIGNATURE),
        signed(HOOK, RIGHT.body + b"&Extra=1", SIGNATURE),
        signed(HOOK.replace("https", "http"), RIGHT.body, SIGNATURE),
        signed(f"{HOOK}?a=1", RIGHT.body, SIGNATURE),
        signed(HOOK.replace("desk.example", "evil.example"), RIGHT.body, SIGNATURE),
        hook(INCOMING, token="another"),
        hook(INCOMING, token=""),
        signed(HOOK, b"\xff=1", SIGNATURE),
    ],
)
def test_a_form_without_proof_is_refused(request_: RawRequest) -> None:
    """Refusal 31; S3-12."""
    check(request_, valid=False)


def test_headers_about_the_host_change_nothing() -> None:
    """Refusal 33."""
    spoofed = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http"}
    check(RawRequest("POST", HOOK, {}, {**RIGHT.headers, **spoofed}, RIGHT.body), valid=True)
    evil = hook(INCOMING, url=HOOK.replace("desk.example", "evil.example"))
    check(RawRequest("POST", HOOK, {}, {**evil.headers, **spoofed}, evil.body), valid=False)


@pytest.mark.parametrize("token", ["", TOKEN])
def test_without_a_token_every_hook_is_refused(token: str) -> None:
    """Refusal 32."""
    check(hook(INCOMING, token=token), valid=False, account_sid=ACCOUNT)

"""Hooks of mails are proved or refused (refusals 31, 32, 34)."""

import base64
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from frontdesk.channels.email import channel
from frontdesk.channels.email.signature import SIGNATURE, TIMESTAMP
from frontdesk.domain.errors import SignatureInvalid
from frontdesk.kit.clock import utc_now
from frontdesk.ports.channel import RawRequest
from tests.channels.email.inbox import INBOUND_KEY, connection

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
BODY = b'[{"event": "delivered"}]'


def public(key: ec.EllipticCurvePrivateKey) -> str:
    raw = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


def signed(
    body: bytes = BODY, *, age: timedelta = timedelta(0), key: ec.EllipticCurvePrivateKey = KEY
) -> RawRequest:
    timestamp = str(int((utc_now() - age).timestamp()))
    signature = base64.b64encode(key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))).decode()
    headers = {"content-type": "application/json", SIGNATURE: signature, TIMESTAMP: timestamp}
    return RawRequest("POST", "https://desk.example/", {}, headers, body)


def test_a_signed_event_is_taken() -> None:
    assert channel.verify(signed(), connection(sendgrid_event_key=public(KEY))) is None


@pytest.mark.parametrize(
    "request_",
    [
        signed(key=OTHER),
        signed(age=timedelta(minutes=6)),
        signed(age=timedelta(hours=-6)),
        RawRequest("POST", "", {}, signed().headers, BODY + b" "),
        RawRequest("POST", "", {}, {"content-type": "application/json"}, BODY),
        RawRequest("POST", "", {}, {**signed().headers, SIGNATURE: "!!"}, BODY),
        RawRequest("POST", "", {"key": INBOUND_KEY}, {"content-type": "message/rfc822"}, b"From: a@b.c"),
        RawRequest("GET", "", {"key": INBOUND_KEY}, {}, b""),
    ],
    ids=["other key", "old", "future", "tampered", "unsigned", "garbage", "a mail", "get"],
)
def test_what_is_not_proved_is_refused(request_: RawRequest) -> None:
    """Refusals 31, 34."""
    with pytest.raises(SignatureInvalid):
        channel.verify(request_, connection(sendgrid_event_key=public(KEY)))


@pytest.mark.parametrize("event_key", [None, "", "not a key", base64.b64encode(b"nor this").decode()])
def test_without_a_usable_key_nothing_is_taken(event_key: str | None) -> None:
    """Refusal 32."""
    with pytest.raises(SignatureInvalid):
        channel.verify(signed(), connection(sendgrid_event_key=event_key))


FORM = {"content-type": "multipart/form-data; boundary=x"}


def test_inbound_parse_is_proved_by_its_address() -> None:
    basic = base64.b64encode(f"user:{INBOUND_KEY}".encode()).decode()
    for query, headers in (({"key": INBOUND_KEY}, FORM), ({}, {**FORM, "authorization": f"Basic {basic}"})):
        assert channel.verify(RawRequest("POST", "", query, headers, b""), connection()) is None


@pytest.mark.parametrize("given", ["", "wrong", INBOUND_KEY.upper(), INBOUND_KEY[:-1]])
def test_inbound_parse_with_another_key_is_refused(given: str) -> None:
    """Refusal 31."""
    with pytest.raises(SignatureInvalid):
        channel.verify(RawRequest("POST", "", {"key": given}, FORM, b""), connection())


def test_inbound_parse_without_a_key_of_ours_is_refused() -> None:
    """Refusal 32."""
    with pytest.raises(SignatureInvalid):
        channel.verify(RawRequest("POST", "", {"key": ""}, FORM, b""), connection(inbound_key=None))

"""Proof of origin: what passes, and everything that must not (refusals 31 and 32)."""

import pytest

from frontdesk.channels.telegram import channel
from frontdesk.ports.channel import RawRequest
from frontdesk.testing import SignatureVector, check_signature
from tests.channels.telegram.inbox import CONFIG, SECRET

NAME = "x-telegram-bot-api-secret-token"
REFUSED: dict[str, dict[str, str]] = {
    "no header": {},
    "empty": {NAME: ""},
    "another": {NAME: "another-inbox-s-word"},
    "truncated": {NAME: SECRET[:-1]},
    "longer": {NAME: SECRET + "x"},
    "blank before": {NAME: " " + SECRET},
    "another case": {NAME: SECRET.upper()},
    "another header": {"x-telegram-secret": SECRET},
    "not ascii": {NAME: "é"},
    "bearer": {"authorization": f"Bearer {SECRET}"},
}


def request(headers: dict[str, str], method: str = "POST", **query: str) -> RawRequest:
    return RawRequest(method, "https://desk.example/hooks/x/y", query, headers, b'{"update_id":1}')


def test_the_secret_token_proves_a_hook_before_its_body_is_read() -> None:
    """Refusal 35: the header alone decides."""
    vector = SignatureVector(name="right", request=request({NAME: SECRET}), valid=True, config=CONFIG)
    check_signature(channel, vector)
    assert channel.capabilities.proof_in_headers


@pytest.mark.parametrize("name", REFUSED)
def test_a_hook_without_proof_is_refused(name: str) -> None:
    """Refusal 31."""
    vector = SignatureVector(name=name, request=request(REFUSED[name]), valid=False, config=CONFIG)
    check_signature(channel, vector)


@pytest.mark.parametrize("headers", [{}, {NAME: ""}, {NAME: SECRET}], ids=["none", "empty", "right"])
def test_without_a_secret_every_hook_is_refused(headers: dict[str, str]) -> None:
    """Refusal 32."""
    closed = {"bot_username": "rill_bikes_bot"}
    check_signature(
        channel, SignatureVector(name="closed", request=request(headers), valid=False, config=closed)
    )


def test_a_get_proves_nothing() -> None:
    asked = request({NAME: SECRET}, "GET", **{"hub.challenge": "1"})
    check_signature(channel, SignatureVector(name="get", request=asked, valid=False, config=CONFIG))

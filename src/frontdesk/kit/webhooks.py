"""Webhooks signed and checked by Standard Webhooks. No word of our trade.

Source: standardwebhooks.com, "Standard Webhooks 1.0.0": the signature is over id, time and raw body; several
signatures stand side by side while a secret is changed.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300


class BadSignature(Exception):
    """A webhook does not prove its origin; the message says why."""


def sign(secrets: Sequence[str], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a webhook, with one signature for each secret.

    Raises:
        ValueError: A secret is none.
    """
    seconds = str(int(at.timestamp()))
    signatures = " ".join(_signature(secret, webhook_id, seconds, body) for secret in secrets)
    return {"webhook-id": webhook_id, "webhook-timestamp": seconds, "webhook-signature": signatures}


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Check a webhook (header names in lower case) by any of the secrets; answers its id.

    Raises:
        BadSignature: It is not proved, too old, or there is no secret.
        ValueError: A secret is none.
    """
    if not secrets:
        raise BadSignature("there is no secret")
    webhook_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = [
        each.encode("utf-8", "surrogatepass") for each in headers.get("webhook-signature", "").split(" ")
    ]
    expected = [_signature(secret, webhook_id, seconds, body).encode() for secret in secrets]
    matches = [hmac.compare_digest(one, other) for one in given for other in expected]
    if not any(matches) or not webhook_id:
        raise BadSignature("the webhook is not signed with this secret")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 13):
        raise BadSignature("the webhook does not say when it was signed")
    if abs(now.timestamp() - int(seconds)) > TOLERANCE_SECONDS:
        raise BadSignature("the webhook was signed more than five minutes ago")
    return webhook_id


def key_of(secret: str) -> bytes:
    """The bytes of a secret such as `whsec_…`, which are base64.

    Raises:
        ValueError: It is not base64, or too short.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        msg = "a secret is whsec_ and base64"
        raise ValueError(msg) from error
    if len(key) < 16:
        msg = "a secret has at least 16 bytes"
        raise ValueError(msg)
    return key


def _signature(secret: str, webhook_id: str, seconds: str, body: bytes) -> str:
    signed = f"{webhook_id}.{seconds}.".encode("utf-8", "surrogatepass") + body
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()

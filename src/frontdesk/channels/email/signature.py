"""Proof that a hook is SendGrid's. Fails closed: no key, no hook.

Source: twilio.com/docs/sendgrid, "Getting Started with the Event Webhook Security Features"; Inbound Parse is
not signed, so its address holds a secret. A whole mail (message/rfc822) is never taken from a hook.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from frontdesk.channels.email.config import EmailConfig
from frontdesk.domain.errors import SignatureInvalid
from frontdesk.ports.channel import RawRequest

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
WINDOW = timedelta(minutes=5)


def verify_hook(request: RawRequest, config: EmailConfig, now: datetime) -> None:
    """Check a hook by what it claims to be.

    Raises:
        SignatureInvalid: It is not proved, or there is nothing to prove it by.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.method.upper() != "POST":
        raise SignatureInvalid("hooks of mails are sent by POST")
    if kind == "multipart/form-data":
        _verify_key(request, config)
    else:
        _verify_events(request, config, now)


def _verify_key(request: RawRequest, config: EmailConfig) -> None:
    key = config.inbound_key.get_secret_value() if config.inbound_key else ""
    if not key:
        raise SignatureInvalid(
            "no Inbound Parse key is set for this inbox", hint="Set the Inbound Parse key."
        )
    given = request.query.get("key") or _basic_password(request.headers.get("authorization", ""))
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), key.encode()):
        raise SignatureInvalid("the key is not this inbox's Inbound Parse key")


def _basic_password(header: str) -> str:
    scheme, _, told = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(told, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _verify_events(request: RawRequest, config: EmailConfig, now: datetime) -> None:
    if not config.sendgrid_event_key:
        raise SignatureInvalid(
            "no verification key is set for this inbox", hint="Set SendGrid's verification key."
        )
    timestamp = request.headers.get(TIMESTAMP, "")
    try:
        at = int(timestamp)
        signature = base64.b64decode(request.headers.get(SIGNATURE, ""), validate=True)
        key = load_der_public_key(base64.b64decode(config.sendgrid_event_key))
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise SignatureInvalid("the hook is not signed as SendGrid signs") from error
    if abs(now.timestamp() - at) > WINDOW.total_seconds():
        raise SignatureInvalid("the hook is older than five minutes, or from the future")
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SignatureInvalid("the verification key is of another kind than SendGrid's")
    try:
        key.verify(signature, timestamp.encode() + request.body, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise SignatureInvalid("the hook is not signed with SendGrid's key for this inbox") from error

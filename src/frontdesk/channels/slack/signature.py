"""Proof that Slack sent a hook. Fails closed: no secret, no hook.

Source: docs.slack.dev, "Verifying requests from Slack" and "url_verification" (2026).
"""

import hashlib
import hmac
import json

from frontdesk.channels.slack.config import SlackConfig
from frontdesk.domain.errors import SignatureInvalid
from frontdesk.kit.clock import utc_now
from frontdesk.ports.channel import Challenge, RawRequest

TOLERANCE_SECONDS = 300


def verify_hook(request: RawRequest, config: SlackConfig) -> Challenge | None:
    """Check a hook by the signature over time and raw body; answers the challenge of a registration.

    Raises:
        SignatureInvalid: It is not proved, it is too old, or there is no secret to prove it by.
    """
    secret = config.signing_secret.get_secret_value() if config.signing_secret else ""
    if not secret:
        raise SignatureInvalid("no signing secret is set for this inbox", hint="Set the signing secret.")
    at = request.headers.get("x-slack-request-timestamp", "")
    given = request.headers.get("x-slack-signature", "")
    expected = signature_of(at, request.body, secret)
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode()):
        raise SignatureInvalid("the hook is not signed with this inbox's signing secret")
    if not (at.isascii() and at.isdigit() and len(at) < 13):
        raise SignatureInvalid("the hook does not say when it was signed")
    if abs(utc_now().timestamp() - int(at)) > TOLERANCE_SECONDS:
        raise SignatureInvalid("the hook was signed more than five minutes ago")
    return _challenge(request)


def signature_of(at: str, body: bytes, secret: str) -> str:
    """What `X-Slack-Signature` must be."""
    signed = b"v0:" + at.encode("utf-8", "surrogatepass") + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _challenge(request: RawRequest) -> Challenge | None:
    """What must be echoed when the hook is registered; a signed body is small enough to look into."""
    if b"url_verification" not in request.body or len(request.body) > 8192:
        return None
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("type") != "url_verification":
        return None
    challenge = told.get("challenge")
    return Challenge(challenge) if isinstance(challenge, str) and len(challenge) <= 1024 else None

"""Proof that Meta sent a hook. Fails closed: no secret, no hook.

Source: developers.facebook.com, "Webhooks from Meta, Getting started": validation requests and payloads.
"""

import hmac

from frontdesk.channels.whatsapp.config import WhatsAppConfig
from frontdesk.domain.errors import SignatureInvalid
from frontdesk.ports.channel import Challenge, RawRequest

_PREFIX = "sha256="


def verify_hook(request: RawRequest, config: WhatsAppConfig) -> Challenge | None:
    """Check a hook: GET by its verify token, all else by the signature over the raw body.

    Raises:
        SignatureInvalid: It is not proved, or there is no secret to prove it by.
    """
    if request.method.upper() == "GET":
        return _answer(request, config)
    secret = config.app_secret.get_secret_value() if config.app_secret else ""
    if not secret:
        raise SignatureInvalid("no app secret is set for this inbox", hint="Set the app secret.")
    given = request.headers.get("x-hub-signature-256", "")
    expected = _PREFIX + hmac.digest(secret.encode(), request.body, "sha256").hex()
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode()):
        raise SignatureInvalid("the hook is not signed with this inbox's app secret")
    return None


def _answer(request: RawRequest, config: WhatsAppConfig) -> Challenge:
    """What Meta must get back when the hook is registered."""
    token = config.verify_token.get_secret_value() if config.verify_token else ""
    if not token:
        raise SignatureInvalid("no verify token is set for this inbox", hint="Set the verify token.")
    given, challenge = request.query.get("hub.verify_token", ""), request.query.get("hub.challenge")
    is_known = hmac.compare_digest(given.encode("utf-8", "surrogatepass"), token.encode())
    if not is_known or request.query.get("hub.mode") != "subscribe" or not challenge:
        raise SignatureInvalid("the verify token is not this inbox's")
    if len(challenge) > 1024:
        raise SignatureInvalid("the challenge is too long")
    return Challenge(challenge)

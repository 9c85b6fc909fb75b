"""Proof that Meta sent a hook. Fails closed: no secret, no hook.

Source: developers.facebook.com, "Webhooks from Meta, Getting started": validation requests and payloads.
"""

from frontdesk.channels.messenger.config import PageConfig
from frontdesk.domain.errors import SignatureInvalid
from frontdesk.kit.crypto import is_hmac, is_same
from frontdesk.ports.channel import Challenge, RawRequest


def verify_hook(request: RawRequest, config: PageConfig) -> Challenge | None:
    """Check a hook: GET by its verify token, all else by the signature over the raw body.

    Raises:
        SignatureInvalid: It is not proved, or there is no secret to prove it by.
    """
    if request.method.upper() == "GET":
        return _answer(request, config)
    secret = config.app_secret.get_secret_value() if config.app_secret else ""
    if not secret:
        raise SignatureInvalid("no app secret is set for this inbox", hint="Set the app secret.")
    if not is_hmac(request.headers.get("x-hub-signature-256", ""), secret, request.body):
        raise SignatureInvalid("the hook is not signed with this inbox's app secret")
    return None


def _answer(request: RawRequest, config: PageConfig) -> Challenge:
    """What Meta must get back when the hook is registered."""
    token = config.verify_token.get_secret_value() if config.verify_token else ""
    if not token:
        raise SignatureInvalid("no verify token is set for this inbox", hint="Set the verify token.")
    given, challenge = request.query.get("hub.verify_token", ""), request.query.get("hub.challenge")
    if not is_same(given, token) or request.query.get("hub.mode") != "subscribe" or not challenge:
        raise SignatureInvalid("the verify token is not this inbox's")
    if len(challenge) > 1024:
        raise SignatureInvalid("the challenge is too long")
    return Challenge(challenge)

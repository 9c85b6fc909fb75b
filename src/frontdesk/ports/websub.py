"""Proof of hooks in the manner of WebSub: registered by a challenge, signed over the raw body. Fails closed.

Source: w3.org, "WebSub", 5.3 and 7; the header is the one with SHA-256.
"""

from pydantic import SecretStr

from frontdesk.domain.errors import SignatureInvalid
from frontdesk.kit.crypto import is_hmac, is_same
from frontdesk.ports.channel import Challenge, RawRequest

_MAX_CHALLENGE = 1024


def verify(
    request: RawRequest, *, app_secret: SecretStr | None, verify_token: SecretStr | None
) -> Challenge | None:
    """Check a hook: GET by the verify token, all else by the signature of the app secret.

    Raises:
        SignatureInvalid: It is not proved, or there is no secret to prove it by.
    """
    if request.method.upper() == "GET":
        return _answer(request, _value(verify_token))
    secret = _value(app_secret)
    if not secret:
        raise SignatureInvalid("no app secret is set for this inbox", hint="Set the app secret.")
    if not is_hmac(request.headers.get("x-hub-signature-256", ""), secret, request.body):
        raise SignatureInvalid("the hook is not signed with this inbox's app secret")
    return None


def _answer(request: RawRequest, token: str) -> Challenge:
    """What the provider must get back when the hook is registered."""
    if not token:
        raise SignatureInvalid("no verify token is set for this inbox", hint="Set the verify token.")
    given, challenge = request.query.get("hub.verify_token", ""), request.query.get("hub.challenge")
    if not is_same(given, token) or request.query.get("hub.mode") != "subscribe" or not challenge:
        raise SignatureInvalid("the verify token is not this inbox's")
    if len(challenge) > _MAX_CHALLENGE:
        raise SignatureInvalid("the challenge is too long")
    return Challenge(challenge)


def _value(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""

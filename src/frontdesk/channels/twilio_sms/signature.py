"""Proof that Twilio sent a hook. Fails closed: no token, no hook.

The signed address is the one configured for the desk, never what a header says. Source: twilio.com, "Webhooks
security: validating signatures from Twilio" (2026).
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit, urlunsplit

from frontdesk.channels.twilio_sms.config import TwilioConfig
from frontdesk.domain.errors import SignatureInvalid
from frontdesk.ports.channel import RawRequest

_PORTS = {"https": 443, "http": 80}
_MAX_FIELDS = 1000


def verify_hook(request: RawRequest, config: TwilioConfig) -> None:
    """Check a hook by the signature over address and fields, or over the address with the body's hash.

    Raises:
        SignatureInvalid: It is not proved, or there is no token to prove it by.
    """
    token = config.auth_token.get_secret_value() if config.auth_token else ""
    if not token:
        raise SignatureInvalid("no auth token is set for this inbox", hint="Set the auth token.")
    given = request.headers.get("x-twilio-signature", "").encode("utf-8", "surrogatepass")
    fields = _signed_fields(request)
    matches = [
        hmac.compare_digest(given, signature_of(url, fields, token).encode())
        for url in _addresses(request.url)
    ]
    if not any(matches):
        raise SignatureInvalid("the hook is not signed with this inbox's auth token")


def signature_of(url: str, fields: Mapping[str, Iterable[str]], token: str) -> str:
    """What `X-Twilio-Signature` must be: repeated fields count once per value, in order."""
    signed = url + "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    digest = hmac.new(token.encode(), signed.encode("utf-8", "surrogatepass"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _signed_fields(request: RawRequest) -> Mapping[str, Sequence[str]]:
    """The form's fields; none of a body that is proved by its hash in the address."""
    digests = parse_qs(urlsplit(request.url).query).get("bodySHA256")
    if digests is not None:
        digest = hashlib.sha256(request.body).hexdigest()
        if not hmac.compare_digest(digests[0].encode("utf-8", "surrogatepass"), digest.encode()):
            raise SignatureInvalid("the body is not the one whose hash was signed")
        return {}
    try:
        return parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise SignatureInvalid("the body is not a form") from error


def _addresses(url: str) -> tuple[str, ...]:
    """The address with and without the scheme's own port: Twilio signs now one, now the other."""
    parts = urlsplit(url)
    port = _PORTS.get(parts.scheme)
    if port is None or parts.hostname is None or parts.port not in (None, port):
        return (url,)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    bare, full = (urlunsplit(parts._replace(netloc=netloc)) for netloc in (host, f"{host}:{port}"))
    return (bare, full)

"""How SendGrid posts mails (Inbound Parse) and events (Event Webhook), and how the events are signed.

Source: twilio.com/docs/sendgrid, "Setting Up The Inbound Parse Webhook", "Getting Started with the Event
Webhook Security Features" (2026): ECDSA over the timestamp and the body's bytes, new lines included.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from email import message_from_bytes, policy
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from frontdesk.kit.http import Response
from frontdesk.simulators.base import Attempt, Hook, HookRequest
from frontdesk.simulators.email import reading
from frontdesk.simulators.email.state import State

_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
_TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


def _signing_key(api_key: str) -> ec.EllipticCurvePrivateKey:
    """The key that an account's events are signed with: the same whenever the simulator starts."""
    number = int.from_bytes(hashlib.sha256(f"events {api_key}".encode()).digest()[:31], "big")
    return ec.derive_private_key(number + 1, ec.SECP256R1())


def verification_key(api_key: str) -> str:
    """The public key as SendGrid's settings show it."""
    public = _signing_key(api_key).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


class Wire:
    """A form for each mail, a list of events for the rest. A hook's value says which in `kind`."""

    def __init__(self, state: State) -> None:
        self._state = state

    def body(self, hooks: Sequence[Hook], shape: str) -> bytes:  # noqa: ARG002 - there is one shape
        """The form, or the events."""
        value = hooks[0].value
        if value["kind"] == "events":
            return b"[" + b",\r\n".join(json.dumps(each).encode() for each in value["events"]) + b"]\r\n"
        stored = self._state.files.get(value["file"])
        raw = stored.content if stored is not None else b""
        business = self._state.businesses.get(hooks[0].business)
        envelope = json.dumps({"to": [value["to"]], "from": value["from"]})
        if business is None or business.is_raw:
            return _form([*_facts(raw, envelope), ("email", None, raw.decode("utf-8", "surrogateescape"))])
        return _form(_parsed(raw, envelope))

    def request(self, hook: Hook, body: bytes, attempt: Attempt) -> HookRequest | None:
        """The request to the company's hook; None where it has none."""
        business = self._state.businesses.get(hook.business)
        if business is None or not business.hook_url:
            return None
        if hook.value["kind"] == "events":
            return HookRequest(business.hook_url, self._signed(business.api_key, body, attempt), body)
        key = business.inbound_key if attempt.is_signed_well else f"{business.inbound_key}?"
        boundary = body.partition(b"\r\n")[0].decode().removeprefix("--")
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "User-Agent": "Sendlib/1.0"}
        return HookRequest(f"{business.hook_url}?key={key}", headers, body)

    def _signed(self, api_key: str, body: bytes, attempt: Attempt) -> dict[str, str]:
        timestamp = str(int(self._state.now().timestamp()))
        signed = timestamp.encode() + body + (b"" if attempt.is_signed_well else b"?")
        signature = _signing_key(api_key).sign(signed, ec.ECDSA(SHA256()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "SendGrid Event API",
            _TIMESTAMP: timestamp,
            _SIGNATURE: base64.b64encode(signature).decode(),
        }

    def is_taken(self, response: Response) -> bool:
        """Any 2xx."""
        return response.is_success


_Field = tuple[str, tuple[str, str] | None, str | bytes]
"""A field's name, its file name and type if it is a file, and its content."""


def _form(fields: Sequence[_Field]) -> bytes:
    parts = [
        (_field_head(name, file), text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)
        for name, file, text in fields
    ]
    digest = hashlib.sha256(b"".join(content for _, content in parts)).hexdigest()
    boundary = f"xYzZY{digest[:32]}".encode()
    return (
        b"".join(b"--" + boundary + b"\r\n" + head + content + b"\r\n" for head, content in parts)
        + b"--"
        + boundary
        + b"--\r\n"
    )


def _field_head(name: str, file: tuple[str, str] | None) -> bytes:
    line = f'Content-Disposition: form-data; name="{name}"'
    if file is not None:
        shown = file[0].replace('"', "%22").replace("\r", " ").replace("\n", " ")
        line += f'; filename="{shown}"\r\nContent-Type: {file[1]}'
    return f"{line}\r\n\r\n".encode()


def _facts(raw: bytes, envelope: str) -> list[_Field]:
    """What stands in both kinds of form."""
    message = message_from_bytes(raw, policy=policy.default)
    return [
        *((name.lower(), None, str(message.get(name, ""))) for name in ("From", "To", "Subject")),
        ("envelope", None, envelope),
        ("SPF", None, "pass"),
        ("dkim", None, f"{{@{json.loads(envelope)['from'].rpartition('@')[2]} : pass}}"),
        ("sender_ip", None, "192.0.2.25"),
    ]


def _parsed(raw: bytes, envelope: str) -> list[_Field]:
    """The mail taken apart."""
    mail = reading.read(raw)
    charsets = dict.fromkeys(("to", "from", "subject", "text", "html"), "UTF-8")
    names = {f"attachment{n}": file for n, file in enumerate(mail.files, 1)}
    told: dict[str, Any] = {
        name: {"filename": file.filename, "name": file.filename, "type": file.mime}
        for name, file in names.items()
    }
    return [
        *_facts(raw, envelope),
        ("headers", None, mail.head + "\n"),
        ("text", None, mail.body["text"]),
        ("html", None, mail.html or ""),
        ("charsets", None, json.dumps(charsets)),
        ("attachments", None, str(len(names))),
        ("attachment-info", None, json.dumps(told)),
        *((name, (file.filename or name, file.mime), file.content) for name, file in names.items()),
    ]

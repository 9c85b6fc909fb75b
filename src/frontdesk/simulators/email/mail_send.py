"""The body of SendGrid's Mail Send: checked as SendGrid checks it, and written down as a mail. Pure.

Source: twilio.com/docs/sendgrid, "Mail Send" and "Mail Send Errors" (2026).
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from frontdesk.simulators.email.errors import SendGridError
from frontdesk.simulators.email.state import plain

_POLICY = SMTP.clone(max_line_length=998)
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
_RESERVED = frozenset({
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
    "to", "from", "subject", "reply-to", "cc", "bcc",
})  # fmt: skip
MAX_RECIPIENTS = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A send that SendGrid would take."""

    recipients: list[str]
    told: dict[str, Any]
    """What every event repeats: custom arguments and categories."""
    body: dict[str, Any]

    def written(self, send_id: str, now: datetime) -> bytes:
        """The mail. Blind copies are in no header."""
        body, first = self.body, self.body["personalizations"][0]
        mail = EmailMessage(policy=_POLICY)
        given = {**body.get("headers", {}), **first.get("headers", {})}
        named = {name.lower() for name in given}
        if "message-id" not in named:
            mail["Message-ID"] = f"<{send_id}@geopod-ismtpd-1>"
        mail["Date"] = format_datetime(now)
        mail["From"] = _person(body["from"])
        mail["To"] = [_person(each) for each in first["to"]]
        if first.get("cc"):
            mail["Cc"] = [_person(each) for each in first["cc"]]
        if body.get("reply_to"):
            mail["Reply-To"] = _person(body["reply_to"])
        mail["Subject"] = first.get("subject") or body.get("subject", "")
        for name, value in given.items():
            mail[name] = value
        _fill(mail, body)
        return mail.as_bytes()


def _person(given: dict[str, Any]) -> Address:
    return Address(str(given.get("name") or ""), addr_spec=given["email"])


def _fill(mail: EmailMessage, body: dict[str, Any]) -> None:
    """Put the contents and the files into a mail."""
    for n, content in enumerate(body["content"]):
        subtype = str(content["type"]).partition("/")[2] or "plain"
        if n:
            mail.add_alternative(content["value"], subtype=subtype)
        else:
            mail.set_content(content["value"], subtype=subtype)
    for file in body.get("attachments", ()):
        main, _, sub = str(file.get("type") or "application/octet-stream").partition(";")[0].partition("/")
        packed = base64.b64decode(file["content"])
        if file.get("disposition") == "inline" and file.get("content_id"):
            mail.add_attachment(
                packed,
                maintype=main,
                subtype=sub,
                filename=file["filename"],
                disposition="inline",
                cid=f"<{file['content_id']}>",
            )
        else:
            mail.add_attachment(packed, maintype=main, subtype=sub, filename=file["filename"])


def first_recipient(body: Any) -> str:
    """Whom a send is for, before it is checked: what faults go by."""
    try:
        return str(body["personalizations"][0]["to"][0]["email"]).lower()
    except (KeyError, IndexError, TypeError):
        return ""


def checked(body: Any, address: str) -> Wanted:
    """A send as it may go out. Raises SendGridError.

    Args:
        body: What was posted.
        address: The sender that was verified.
    """
    if not isinstance(body, dict):
        raise SendGridError("Bad Request")
    recipients = _recipients(body.get("personalizations"))
    _check_sender(body.get("from"), address)
    has_subject = body.get("subject") or all(each.get("subject") for each in body["personalizations"])
    if not has_subject:
        raise SendGridError(
            "The subject is required. You can get around this requirement if you use a template with a "
            "subject defined or if every personalization has a subject defined.",
            "subject",
        )
    _check_content(body.get("content"))
    _check_headers(body.get("headers") or {})
    _check_files(body.get("attachments") or [])
    told = {**body.get("custom_args", {}), **body["personalizations"][0].get("custom_args", {})}
    if body.get("categories"):
        told["category"] = body["categories"]
    return Wanted(recipients, told, body)


def _recipients(given: Any) -> list[str]:
    if not isinstance(given, list) or not given:
        raise SendGridError(
            "The personalizations field is required and must have at least one personalization.",
            "personalizations",
        )
    found: list[str] = []
    for n, each in enumerate(given):
        if not isinstance(each, dict) or not each.get("to"):
            raise SendGridError(
                "The to array is required for all personalization objects, and must have at least one email "
                "object with a valid email address.",
                f"personalizations.{n}.to",
            )
        found += _people(each, n)
    if len(found) > MAX_RECIPIENTS:
        raise SendGridError("There are too many recipients.", "personalizations")
    return found


def _people(each: dict[str, Any], n: int) -> list[str]:
    """The recipients of one personalization, once each."""
    found: list[str] = []
    for kind in ("to", "cc", "bcc"):
        for at, person in enumerate(each.get(kind) or ()):
            field = f"personalizations.{n}.{kind}"
            email = str(person.get("email", "")) if isinstance(person, dict) else ""
            if not _ADDRESS.fullmatch(email):
                raise SendGridError("Does not contain a valid address.", f"{field}.{at}.email")
            if email.lower() in found:
                raise SendGridError(
                    "Each email address in the personalization block should be unique between to, cc, and "
                    f"bcc. We found the first duplicate instance of [{email}] in the {field} field.",
                    "personalizations",
                )
            found.append(email.lower())
    return found


def _check_sender(given: Any, address: str) -> None:
    email = str(given.get("email", "")) if isinstance(given, dict) else ""
    if not email:
        raise SendGridError(
            "The from object must be provided for every email send. It is an object that requires the email "
            "parameter, but may also contain a name parameter.",
            "from.email",
        )
    if plain(email) != plain(address):
        raise SendGridError(
            "The from address does not match a verified Sender Identity. Mail cannot be sent until this "
            "error is resolved.",
            "from",
            403,
        )


def _check_content(given: Any) -> None:
    if not isinstance(given, list) or not given:
        raise SendGridError(
            "Unless a valid template_id is provided, the content parameter is required. There must be at "
            "least one defined content block.",
            "content",
        )
    for n, each in enumerate(given):
        if not isinstance(each, dict) or not each.get("value"):
            raise SendGridError(
                "The content value must be a string at least one character in length.", f"content.{n}.value"
            )
    kinds = [each.get("type") for each in given]
    if "text/plain" in kinds[1:]:
        raise SendGridError(
            "If present, text/plain must be first, followed by text/html, followed by any other content.",
            "content",
        )


def _check_headers(given: Any) -> None:
    for name in given if isinstance(given, dict) else ():
        if str(name).lower() in _RESERVED:
            raise SendGridError(
                "The headers parameter cannot contain any of the reserved headers.", f"headers.{name}"
            )


def _check_files(given: Any) -> None:
    for n, each in enumerate(given):
        if not isinstance(each, dict) or not each.get("filename"):
            raise SendGridError(
                "The attachment filename must be a string at least one character in length.",
                f"attachments.{n}.filename",
            )
        try:
            base64.b64decode(str(each.get("content", "")), validate=True)
        except (binascii.Error, ValueError):
            raise SendGridError(
                "The attachment content must be base64 encoded.", f"attachments.{n}.content"
            ) from None

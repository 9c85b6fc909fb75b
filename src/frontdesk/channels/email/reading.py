"""What reaches an e-mail inbox, by its form: a mail, SendGrid's parsed mail, SendGrid's events. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from frontdesk.channels.email import markup, mime
from frontdesk.channels.email.charsets import decoded
from frontdesk.channels.email.inbound import parse_mail
from frontdesk.channels.email.quoting import visible_reply
from frontdesk.channels.email.sendgrid_events import parse_events
from frontdesk.channels.email.sendgrid_inbound import parse_form, parts_of
from frontdesk.channels.email.threading import Proofs
from frontdesk.domain.errors import Malformed
from frontdesk.domain.inbound import InboundEvent
from frontdesk.ports.channel import FetchedMedia, MediaFetchFailed, RawRequest

MAIL = "message/rfc822"


def read(
    request: RawRequest, proofs: Proofs | None = None, own_address: str | None = None
) -> Sequence[InboundEvent]:
    """What a request says, by its content type.

    Args:
        request: A mail, or a hook of SendGrid's.
        proofs: Tells which ids are ours; without it none is.
        own_address: The inbox's, whose own mails are passed over.

    Raises:
        Malformed: It is of none of the known forms.
    """
    kind = content_type_of(request)
    match kind.split(";")[0].strip().lower():
        case "message/rfc822":
            return parse_mail(request.body, proofs, own_address)
        case "multipart/form-data":
            return parse_form(request.body, kind, proofs, own_address)
        case "application/json":
            return parse_events(request.body)
        case other:
            raise Malformed(f"an e-mail inbox reads no {other[:80] or 'body without a type'}")


def read_reply(request: RawRequest) -> list[dict[str, Any]]:
    """The visible part of a reply, of a mail, of HTML or of plain text."""
    kind = content_type_of(request).lower()
    if kind.startswith(MAIL):
        text = mime.taken_apart(mime.parsed(request.body)).own_text
    elif kind.startswith("text/html"):
        text = markup.own_text_of(decoded(request.body, None))
    else:
        text = decoded(request.body, None)
    return [{"event": "reply", "text": visible_reply(text or "")}]


def file_in(request: RawRequest, source_media_id: str) -> FetchedMedia:
    """A file of a mail, by the number that its message names.

    Raises:
        MediaFetchFailed: The request holds none of this number.
    """
    kind = content_type_of(request)
    if kind.lower().startswith(MAIL):
        parts = mime.taken_apart(mime.parsed(request.body))
    else:
        parts = parts_of(request.body, kind)
    for part in parts.files:
        if source_media_id == f"part:{part.number}":
            return FetchedMedia(content=part.content, mime=part.mime, filename=part.filename)
    raise MediaFetchFailed("the mail holds no such file", retryable=False)


def content_type_of(request: RawRequest) -> str:
    """The request's content type, as given."""
    return request.headers.get("content-type", "")


Reader = Callable[[RawRequest], Sequence[InboundEvent] | list[dict[str, Any]]]
readers: Mapping[str, Reader] = {
    "email": read,
    "reply": read_reply,
    "sendgrid": read,
    "sendgrid_inbound": read,
}
"""Names by which payloads of this channel can be read one by one (see `frontdesk parse`)."""

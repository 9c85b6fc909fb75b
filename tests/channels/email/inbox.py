"""An e-mail inbox for the tests: settings, a connection, messages to send."""

from typing import Any
from uuid import UUID

from frontdesk.channels.email import channel
from frontdesk.domain.content import Content
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import MessageContext
from frontdesk.ports.channel import Connection, Earlier, OutboundFile, OutboundMessage
from frontdesk.testing import RecordingHttp, connection_to

ADDRESS = "help@desk.example"
REPLY_SECRET = "a-reply-secret-of-some-length"
INBOUND_KEY = "a-long-word-that-nobody-guesses"
CONFIG: dict[str, Any] = {
    "address": ADDRESS,
    "sender_name": "Rill",
    "outgoing": "sendgrid",
    "sendgrid_api_key": "SG.a-key-that-nobody-may-see",
    "inbound_key": INBOUND_KEY,
    "reply_secret": REPLY_SECRET,
}
MESSAGE = UUID("01990000-0000-7000-8000-000000000007")
DELIVERY = UUID("01990000-0000-7000-8000-000000000001")
ANA = Address("email", "ana@customer.example")


def outgoing(
    content: Content,
    *,
    to: Address = ANA,
    reply_to: str | None = None,
    earlier: tuple[Earlier, ...] = (),
    files: tuple[OutboundFile, ...] = (),
    file: OutboundFile | None = None,
    automatic: bool = False,
    leave_url: str | None = None,
) -> OutboundMessage:
    return OutboundMessage(
        delivery_id=DELIVERY,
        message_id=MESSAGE,
        to=to,
        content=content,
        context=MessageContext(),
        reply_to_source_id=reply_to,
        file=file,
        files=files,
        earlier=earlier,
        automatic=automatic,
        leave_url=leave_url,
    )


def connection(http: RecordingHttp | None = None, **changes: Any) -> Connection:
    return connection_to(channel, {**CONFIG, **changes}, http or RecordingHttp())

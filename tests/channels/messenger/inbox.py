"""Inboxes of the Messenger Platform for the tests: settings, a connection, messages to send."""

from typing import Any
from uuid import UUID

from frontdesk.channels.messenger.channel import Messenger, channel, instagram
from frontdesk.domain.content import Content
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import MessageContext
from frontdesk.ports.channel import Connection, OutboundFile, OutboundMessage
from frontdesk.testing import RecordingHttp, connection_to, json_answer

PAGE, TOKEN, SECRET, VERIFY = "104410001", "EAAP-that-nobody-may-see", "an-app-secret", "a-verify-token"
CONFIG: dict[str, Any] = {
    "page_id": PAGE,
    "access_token": TOKEN,
    "app_secret": SECRET,
    "verify_token": VERIFY,
}
URL = f"https://graph.facebook.com/v25.0/{PAGE}"
BEARER = {"authorization": f"Bearer {TOKEN}"}
DELIVERY = UUID("01990000-0000-7000-8000-000000000001")
MARK = f"frontdesk:{DELIVERY}"
PERSON = "7300990011"
TAKEN = json_answer({"recipient_id": PERSON, "message_id": "m_3"})
BOTH = (channel, instagram)


def outgoing(
    content: Content,
    of: Messenger = channel,
    *,
    reply_to: str | None = None,
    file: OutboundFile | None = None,
    to: Address | None = None,
) -> OutboundMessage:
    return OutboundMessage(
        delivery_id=DELIVERY,
        message_id=UUID(int=7),
        to=to or Address(of.slug, PERSON),
        content=content,
        context=MessageContext(),
        reply_to_source_id=reply_to,
        file=file,
    )


def connection(http: RecordingHttp, of: Messenger = channel, **changes: Any) -> Connection:
    return connection_to(of, {**CONFIG, **changes}, http)

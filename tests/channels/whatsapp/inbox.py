"""A WhatsApp inbox for the tests: settings, a connection, messages to send."""

from typing import Any
from uuid import UUID

from frontdesk.channels.whatsapp import channel
from frontdesk.domain.content import Content
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import MessageContext
from frontdesk.ports.channel import Connection, OutboundFile, OutboundMessage
from frontdesk.testing import RecordingHttp, connection_to, json_answer

NUMBER_ID = "109876543210987"
ACCOUNT_ID = "209876543210987"
TOKEN = "EAAG-a-token-that-nobody-may-see"
SECRET = "an-app-secret"
VERIFY = "a-verify-token"
CONFIG: dict[str, Any] = {
    "phone_number_id": NUMBER_ID,
    "waba_id": ACCOUNT_ID,
    "access_token": TOKEN,
    "app_secret": SECRET,
    "verify_token": VERIFY,
}
URL = f"https://graph.facebook.com/v25.0/{NUMBER_ID}"
BEARER = {"authorization": f"Bearer {TOKEN}"}
DELIVERY = UUID("01990000-0000-7000-8000-000000000001")
NORA = Address("whatsapp", "447700900142")
TAKEN = json_answer(
    {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "447700900142", "wa_id": "447700900142"}],
        "messages": [{"id": "wamid.SENT"}],
    }
)


def outgoing(
    content: Content,
    *,
    to: Address = NORA,
    reply_to: str | None = None,
    target: str | None = None,
    file: OutboundFile | None = None,
    url: str | None = None,
) -> OutboundMessage:
    return OutboundMessage(
        delivery_id=DELIVERY,
        message_id=UUID(int=7),
        to=to,
        content=content,
        context=MessageContext(),
        reply_to_source_id=reply_to,
        target_source_id=target,
        file=file,
        url=url,
    )


def connection(http: RecordingHttp, **changes: Any) -> Connection:
    return connection_to(channel, {**CONFIG, **changes}, http)

"""A Telegram inbox for the tests: settings, a connection, messages to send."""

from typing import Any
from uuid import UUID

from frontdesk.channels.telegram import channel
from frontdesk.domain.content import Content
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import MessageContext
from frontdesk.ports.channel import Connection, OutboundFile, OutboundMessage
from frontdesk.testing import RecordingHttp, connection_to, json_answer

TOKEN = "5500:a-token-that-nobody-may-see"
SECRET = "a-word-of-our-own"
CONFIG: dict[str, Any] = {"bot_username": "rill_bikes_bot", "bot_token": TOKEN, "secret_token": SECRET}
URL = f"https://api.telegram.org/bot{TOKEN}"
IDA = Address("telegram", "70001234")
BUSINESS = Address("telegram_business", "Bz_77-a/70001234")
TOPIC = Address("telegram", "-1002200110099/33")
TAKEN = json_answer({"ok": True, "result": {"message_id": 57, "chat": {"id": 70001234, "type": "private"}}})
DONE = json_answer({"ok": True, "result": True})


def outgoing(
    content: Content,
    *,
    to: Address = IDA,
    reply_to: str | None = None,
    target: str | None = None,
    file: OutboundFile | None = None,
    url: str | None = None,
) -> OutboundMessage:
    return OutboundMessage(
        delivery_id=UUID("01990000-0000-7000-8000-000000000001"),
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

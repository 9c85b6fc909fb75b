"""A Twilio inbox for the tests: settings, a connection, hooks to read, messages to send."""

import base64
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from frontdesk.channels.twilio_sms import channel
from frontdesk.channels.twilio_sms.signature import signature_of
from frontdesk.domain.content import Content
from frontdesk.domain.inbound import Address, InboundEvent
from frontdesk.domain.message import MessageContext
from frontdesk.ports.channel import Connection, OutboundMessage, RawRequest
from frontdesk.testing import RecordingHttp, connection_to

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "an-auth-token"
OURS = "+15005550006"
NORA = Address("phone", "+15005550100")
HOOK = "https://desk.example/hooks/twilio_sms/1"
CONFIG: dict[str, Any] = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender": OURS}
BASIC = {"authorization": "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()}
MESSAGES = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
DELIVERY = UUID("01990000-0000-7000-8000-000000000001")
FORM = "application/x-www-form-urlencoded"
INCOMING = {
    "MessageSid": "SM0001",
    "SmsSid": "SM0001",
    "SmsStatus": "received",
    "AccountSid": ACCOUNT,
    "From": NORA.value,
    "To": OURS,
    "Body": "Is it open?",
    "NumMedia": "0",
    "NumSegments": "1",
}


def hook(fields: dict[str, str], *, url: str = HOOK, token: str = TOKEN, **query: str) -> RawRequest:
    """A form as Twilio posts it, signed."""
    url = f"{url}?{urlencode(query)}" if query else url
    signature = signature_of(url, {name: [value] for name, value in fields.items()}, token)
    headers = {"content-type": FORM, "x-twilio-signature": signature}
    return RawRequest("POST", url, query, headers, urlencode(fields).encode())


def read(**fields: str) -> list[InboundEvent]:
    """What the channel reads in an incoming message with these fields."""
    return list(channel.parse(hook(INCOMING | fields)))


def outgoing(content: Content, *, to: Address = NORA, url: str | None = None) -> OutboundMessage:
    return OutboundMessage(
        delivery_id=DELIVERY,
        message_id=UUID(int=7),
        to=to,
        content=content,
        context=MessageContext(),
        url=url,
    )


def connection(http: RecordingHttp, **changes: Any) -> Connection:
    return connection_to(channel, {**CONFIG, **changes}, http, hook_url=HOOK)

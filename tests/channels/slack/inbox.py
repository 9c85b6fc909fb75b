"""A Slack inbox for the tests: settings, a connection, hooks to read, messages to send."""

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from frontdesk.channels.slack import channel
from frontdesk.domain.content import Content
from frontdesk.domain.inbound import Address, InboundEvent
from frontdesk.domain.message import MessageContext
from frontdesk.ports.channel import Connection, OutboundFile, OutboundMessage, RawRequest
from frontdesk.testing import RecordingHttp, connection_to

APP = "A0RILLBIKES"
TEAM = "T0RILL"
TOKEN = "xoxb-not-a-real-token"
SECRET = "a-signing-secret"
CONFIG: dict[str, Any] = {"app_id": APP, "bot_token": TOKEN, "signing_secret": SECRET}
BEARER = {"authorization": f"Bearer {TOKEN}"}
JSON = BEARER | {"content-type": "application/json; charset=utf-8"}
DELIVERY = UUID("01990000-0000-7000-8000-000000000001")
NORA = Address("slack", f"{TEAM}/U0NORA")
IN_THREAD = Address("slack", f"{TEAM}/C0SHOP/1700000000.000100")


def event_body(event: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An event in Slack's envelope."""
    authorizations = [{"team_id": TEAM, "user_id": "U0DESK", "is_bot": True}]
    frame = {"type": "event_callback", "team_id": TEAM, "api_app_id": APP, "event_id": "Ev0001"}
    return frame | {"event_time": 1700000000, "authorizations": authorizations, "event": event} | more


def message(text: str = "Is it open?", **more: Any) -> dict[str, Any]:
    """A message event in a channel."""
    told = {"type": "message", "user": "U0NORA", "text": text, "ts": "1700000000.000100"}
    return told | {"channel": "C0SHOP", "channel_type": "channel", "event_ts": "1700000000.000100"} | more


def read(body: dict[str, Any]) -> list[InboundEvent]:
    """What the channel reads in a JSON hook."""
    headers = {"content-type": "application/json"}
    raw = json.dumps(body).encode()
    return list(channel.parse(RawRequest("POST", "https://desk.example/", {}, headers, raw)))


def read_form(fields: dict[str, str]) -> list[InboundEvent]:
    """What the channel reads in a form."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    raw = urlencode(fields).encode()
    return list(channel.parse(RawRequest("POST", "https://desk.example/", {}, headers, raw)))


def outgoing(
    content: Content,
    *,
    to: Address = NORA,
    reply_to: str | None = None,
    target: str | None = None,
    file: OutboundFile | None = None,
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
    )


def connection(http: RecordingHttp, **changes: Any) -> Connection:
    return connection_to(channel, {**CONFIG, **changes}, http)

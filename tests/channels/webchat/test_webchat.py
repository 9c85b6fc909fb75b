"""The web chat: no hooks, nothing to send, settings of the widget."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from frontdesk.channels.webchat import channel
from frontdesk.domain import content as c
from frontdesk.domain.errors import Malformed, SignatureInvalid
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import MessageContext
from frontdesk.ports.channel import (
    Failed,
    MediaFetchFailed,
    OutboundMessage,
    RawRequest,
    ReadMark,
    Sent,
    TypingMark,
)
from frontdesk.testing import RecordingHttp, connection_to

VISITOR = Address("web", "v-1")
REQUEST = RawRequest("POST", "http://localhost/", {}, {}, b"{}")


def message(content: c.Content) -> OutboundMessage:
    return OutboundMessage(
        delivery_id=UUID(int=1), message_id=UUID(int=2), to=VISITOR, content=content, context=MessageContext()
    )


@pytest.mark.parametrize(
    "outbound",
    [message(c.Text(body="Hi")), ReadMark(to=VISITOR, source_id="x"), TypingMark(to=VISITOR)],
)
async def test_a_stored_message_is_at_its_visitors(outbound: Any) -> None:
    http = RecordingHttp()
    assert await channel.send(outbound, connection_to(channel, http=http)) == Sent(
        source_id=None, delivered=True
    )
    assert http.requests == []


async def test_a_template_is_no_message_of_a_chat() -> None:
    result = await channel.send(message(c.Template(name="x", language="en")), connection_to(channel))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable) == ("unsupported_by_channel", False)


async def test_there_is_no_hook_and_no_file_elsewhere() -> None:
    connection = connection_to(channel, {"identity_secret": "a-secret-of-some-length"})
    with pytest.raises(SignatureInvalid):
        channel.verify(REQUEST, connection)
    with pytest.raises(Malformed):
        channel.parse(REQUEST)
    with pytest.raises(MediaFetchFailed):
        await channel.fetch("1", None, connection)
    assert (await channel.connect(connection)).ok


@pytest.mark.parametrize(
    "settings",
    [
        {"accent": "red"},
        {"accent": "#12345"},
        {"allowed_origins": ["javascript:alert(1)"]},
        {"allowed_origins": ["https://shop.example/path"]},
        {"allowed_origins": ["*"]},
        {"identity_secret": "short"},
        {"colour": "#123456"},
    ],
)
def test_a_setting_that_cannot_be_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        channel.Config.model_validate(settings)


def test_the_settings_of_a_shop() -> None:
    config = channel.Config.model_validate(
        {"accent": "#1A7F5A", "allowed_origins": ["https://shop.example", "http://localhost:5173"]}
    )
    assert config.model_dump(exclude_none=True) == {
        "accent": "#1A7F5A",
        "allowed_origins": ("https://shop.example", "http://localhost:5173"),
    }

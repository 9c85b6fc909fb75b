"""The port's own rules, kept by every channel that ships; and the kit, which must notice who breaks them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from frontdesk.channels import slack, telegram, twilio_sms, webchat, whatsapp
from frontdesk.domain.content import Text
from frontdesk.domain.inbound import Address, Ignored, InboundEvent
from frontdesk.domain.message import MessageContext
from frontdesk.ports.channel import (
    Challenge,
    Channel,
    Connection,
    Failed,
    Outbound,
    OutboundMessage,
    RawRequest,
    SendResult,
    Sent,
)
from frontdesk.runtime import channels
from frontdesk.testing import (
    InboundCase,
    Misfit,
    OutboundCase,
    SignatureVector,
    check_channel,
    check_inbound,
    check_outbound,
    check_signature,
)
from tests.channels.telegram import inbox as telegram_inbox
from tests.channels.whatsapp.inbox import CONFIG, outgoing


def message(to: Address) -> OutboundMessage:
    return OutboundMessage(
        delivery_id=UUID(int=1),
        message_id=UUID(int=2),
        to=to,
        content=Text(body="Hi"),
        context=MessageContext(),
    )


async def test_whatsapp_keeps_the_rules_of_the_port() -> None:
    await check_channel(whatsapp.channel, CONFIG, outgoing(Text(body="Hi")))


async def test_telegram_keeps_the_rules_of_the_port() -> None:
    await check_channel(telegram.channel, telegram_inbox.CONFIG, telegram_inbox.outgoing(Text(body="Hi")))


async def test_slack_keeps_the_rules_of_the_port() -> None:
    settings = {"app_id": "A0RILL", "bot_token": "xoxb-t", "signing_secret": "a-secret"}
    await check_channel(slack.channel, settings, message(Address("slack", "T0RILL/U0NORA")))


async def test_twilio_keeps_the_rules_of_the_port() -> None:
    settings = {"account_sid": f"AC{0:032}", "auth_token": "a-token", "sender": "+15005550006"}
    await check_channel(twilio_sms.channel, settings, message(Address("phone", "+15005550100")))


async def test_the_web_chat_keeps_the_rules_of_the_port() -> None:
    settings = {"identity_secret": "a-secret-of-some-length"}
    await check_channel(webchat.channel, settings, message(Address("web", "v")))


def test_the_registry_knows_the_shipped_channels() -> None:
    found = channels.load()
    assert found["whatsapp"] is whatsapp.channel
    assert found["webchat"] is webchat.channel
    assert found["slack"] is slack.channel
    assert found["twilio_sms"] is twilio_sms.channel
    assert set(channels.slugs()) == set(found)


class Careless(whatsapp.channel.__class__):  # type: ignore[name-defined,misc]
    """Takes every hook, reads nothing, and tries blindly again."""

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        return None

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        return [Ignored(reason="lazy")]

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        result: SendResult = await super().send(outbound, connection)
        if isinstance(result, Sent | Failed):
            return result
        return Failed(code=result.code, message=result.message, retryable=True)


CARELESS: Channel = Careless()


async def test_the_kit_notices_a_channel_that_takes_every_hook() -> None:
    with pytest.raises(Misfit, match="refused"):
        await check_channel(CARELESS, CONFIG, outgoing(Text(body="Hi")))


async def test_the_kit_notices_a_channel_that_would_send_twice() -> None:
    with pytest.raises(Misfit, match="Unknown"):
        await check_channel(CARELESS, CONFIG, outgoing(Text(body="Hi")), has_hooks=False)


def test_the_kit_notices_what_does_not_fit_a_case() -> None:
    def case(events: tuple[dict[str, Any], ...]) -> InboundCase:
        return InboundCase(name="case", body=b"{}", events=events)

    check_inbound(CARELESS, case(({"event": "ignored", "extra": {"reason": "lazy"}},)))
    for events in ((), ({"event": "message"},), ({"event": "ignored", "extra": {"reason": "other"}},)):
        with pytest.raises(Misfit):
            check_inbound(CARELESS, case(events))


def test_the_kit_notices_a_wrong_verdict_on_a_signature() -> None:
    request = RawRequest("POST", "http://localhost/", {}, {}, b"{}")
    taken = SignatureVector(name="taken", request=request, valid=True, config=CONFIG)
    check_signature(CARELESS, taken)
    refused = SignatureVector(name="refused", request=request, valid=False, config=CONFIG)
    for channel, vector in ((CARELESS, refused), (whatsapp.channel, taken)):
        with pytest.raises(Misfit):
            check_signature(channel, vector)


async def test_the_kit_notices_another_request() -> None:
    case = OutboundCase(name="none", outbound=outgoing(Text(body="Hi")), requests=())
    with pytest.raises(Misfit):
        await check_outbound(whatsapp.channel, case, CONFIG)

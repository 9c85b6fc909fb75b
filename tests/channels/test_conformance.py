"""The port's own rules, kept by every channel that ships; and the kit, which must notice who breaks them."""

import contextlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from frontdesk.channels import slack, twilio_sms, webchat, whatsapp
from frontdesk.channels.messenger.channel import instagram
from frontdesk.domain.content import Text
from frontdesk.domain.inbound import Address, Ignored, InboundEvent
from frontdesk.domain.message import MessageContext
from frontdesk.kit.http import HttpFailed
from frontdesk.ports.channel import (
    Challenge,
    Channel,
    Connection,
    ConnectionReport,
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
from tests.channels.api import test_api as api_inbox
from tests.channels.email import inbox as email_inbox
from tests.channels.messenger import inbox as messenger_inbox
from tests.channels.slack import inbox as slack_inbox
from tests.channels.telegram import inbox as telegram_inbox
from tests.channels.twilio_sms import inbox as twilio_inbox
from tests.channels.whatsapp.inbox import CONFIG, outgoing


def message(to: Address) -> OutboundMessage:
    return OutboundMessage(
        delivery_id=UUID(int=1),
        message_id=UUID(int=2),
        to=to,
        content=Text(body="Hi"),
        context=MessageContext(),
    )


TEXT = Text(body="Hi")
KEPT: dict[str, tuple[dict[str, Any], OutboundMessage]] = {
    "whatsapp": (CONFIG, outgoing(TEXT)),
    "telegram": (telegram_inbox.CONFIG, telegram_inbox.outgoing(TEXT)),
    "slack": (slack_inbox.CONFIG, slack_inbox.outgoing(TEXT)),
    "twilio_sms": (twilio_inbox.CONFIG, twilio_inbox.outgoing(TEXT)),
    "email": (email_inbox.CONFIG, email_inbox.outgoing(TEXT)),
    "messenger": (messenger_inbox.CONFIG, messenger_inbox.outgoing(TEXT)),
    "instagram": (messenger_inbox.CONFIG, messenger_inbox.outgoing(TEXT, of=instagram)),
    "api": (api_inbox.CONFIG, message(Address("external", "nora"))),
    "webchat": ({"identity_secret": "a-secret-of-some-length"}, message(Address("web", "v"))),
}
"""Each shipped channel's settings, and something it can send."""


@pytest.mark.parametrize("slug", channels.slugs())
async def test_s2_11_every_channel_keeps_the_rules_of_the_port(slug: str) -> None:
    """S2-11: settings as a form, hooks closed, garbage read; whatever fails is told and nothing raised."""
    await check_channel(channels.load()[slug], *KEPT[slug])


@pytest.mark.parametrize("slug", sorted(KEPT))
@pytest.mark.parametrize("setting", ["no_such_setting", "base_url"])
def test_s2_11_settings_that_do_not_exist_are_refused(slug: str, setting: str) -> None:
    """S2-11, S2-01: validated before anything is connected."""
    with pytest.raises(ValidationError, match=setting):
        channels.load()[slug].Config.model_validate({**KEPT[slug][0], setting: "x"})


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


class Hopeful(whatsapp.channel.__class__):  # type: ignore[name-defined,misc]
    """Takes a provider that never answered for connected."""

    async def connect(self, connection: Connection) -> ConnectionReport:
        with contextlib.suppress(HttpFailed):
            await connection.http.request("GET", "https://graph.example/")
        return ConnectionReport(ok=True)


async def test_the_kit_notices_a_channel_that_pretends_to_be_connected() -> None:
    with pytest.raises(Misfit, match="connect, not reached"):
        await check_channel(Hopeful(), CONFIG, outgoing(Text(body="Hi")))


async def test_the_kit_notices_another_request() -> None:
    case = OutboundCase(name="none", outbound=outgoing(Text(body="Hi")), requests=())
    with pytest.raises(Misfit):
        await check_outbound(whatsapp.channel, case, CONFIG)

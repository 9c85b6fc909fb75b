"""The Telegram channel: ties updates, calls and settings together. Stateless; one object for all inboxes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from frontdesk.channels.telegram import connecting, files
from frontdesk.channels.telegram.addresses import Place, place_of
from frontdesk.channels.telegram.bot import Bot, bot_of
from frontdesk.channels.telegram.config import TelegramConfig
from frontdesk.channels.telegram.inbound import parse_body
from frontdesk.channels.telegram.outbound import (
    KINDS_OUT,
    MAX_BYTES,
    MIMES,
    Call,
    call_of,
    read_call,
    typing_call,
)
from frontdesk.channels.telegram.outcome import moved_to, result_of
from frontdesk.channels.telegram.proof import verify_hook
from frontdesk.domain.content import Reaction
from frontdesk.domain.errors import Invalid, UnsupportedByChannel
from frontdesk.domain.inbound import InboundEvent
from frontdesk.kit.http import HttpFailed, Response
from frontdesk.ports.channel import (
    Capabilities,
    Challenge,
    ChannelConfig,
    Connection,
    ConnectionReport,
    Failed,
    FetchedMedia,
    MediaFetchFailed,
    Outbound,
    OutboundMessage,
    RawRequest,
    ReadMark,
    SendResult,
    Sent,
    TypingMark,
)
from frontdesk.ports.outcome import unanswered

NOT_CONFIGURED = Failed(
    code="not_configured", message="The inbox has no bot token.", retryable=False, auth_expired=True
)


class Telegram:
    """Telegram's Bot API."""

    slug: ClassVar[str] = "telegram"
    name: ClassVar[str] = "Telegram"
    summary: ClassVar[str] = "A bot of your own: private chats, groups and business accounts"
    glyph: ClassVar[str] = "M20.500 4.500L3.500 11l6 2.500 2.500 6zM9.500 13.500l4.500-3.500"
    Config: ClassVar[type[ChannelConfig]] = TelegramConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=KINDS_OUT,
        max_text=4096,
        media_max_bytes=MAX_BYTES,
        media_mimes=MIMES,
        reaches=frozenset({"telegram", "telegram_business"}),
        reactions=True,
        replies=True,
        edits_in=True,
        receipts=True,
        typing_out=True,
        proof_in_headers=True,
    )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        """Prove that Telegram sent this, by its header alone."""
        verify_hook(request, _config(connection))
        return None

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        """What the update says."""
        return parse_body(request.body)

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        """One try."""
        config = _config(connection)
        bot = bot_of(connection, config)
        if bot is None:
            return NOT_CONFIGURED
        try:
            call, place = _call(outbound)
        except UnsupportedByChannel as error:
            return Failed(code=error.code, message=error.message, retryable=False)
        return Sent(source_id=None) if call is None else await _make(bot, config.link, call, place)

    async def fetch(
        self, source_media_id: str | None, url: str | None, connection: Connection
    ) -> FetchedMedia:
        """Bytes of a file in a message, by its id; Telegram gives no addresses."""
        bot = bot_of(connection, _config(connection))
        if bot is None:
            raise MediaFetchFailed("the inbox has no bot token", retryable=False)
        if source_media_id is None and url is not None:
            raise MediaFetchFailed("Telegram's files are asked for by id only", retryable=False)
        return await files.fetch(bot, source_media_id)

    async def connect(self, connection: Connection) -> ConnectionReport:
        """Check the token, register the hook, say what is missing."""
        config = _config(connection)
        return await connecting.connect(bot_of(connection, config), config, connection.hook_url)

    async def disconnect(self, connection: Connection) -> None:
        """Delete the hook, unless the bot calls another."""
        bot = bot_of(connection, _config(connection))
        if bot is not None:
            await connecting.disconnect(bot, connection.hook_url)


def _config(connection: Connection) -> TelegramConfig:
    if not isinstance(connection.config, TelegramConfig):
        raise Invalid("these are not the settings of a Telegram inbox", field="config")
    return connection.config


def _call(outbound: Outbound) -> tuple[Call | None, Place | None]:
    """The call to make, and where a message appears by it."""
    match outbound:
        case OutboundMessage():
            is_reaction = isinstance(outbound.content, Reaction)
            return call_of(outbound), None if is_reaction else place_of(outbound.to)
        case TypingMark():
            return typing_call(outbound), None
        case ReadMark():
            return read_call(outbound), None


async def _make(bot: Bot, link: str, call: Call, place: Place | None) -> SendResult:
    """Make a call; once more where a group goes by a new id, for then nothing was sent by the old one."""
    answer = await _posted(bot, call)
    if not isinstance(answer, Response):
        return answer
    new_id = moved_to(answer)
    if new_id is not None:
        call = replace(call, body=call.body | {"chat_id": int(new_id)})
        answer = await _posted(bot, call)
        if not isinstance(answer, Response):
            return answer
    return result_of(bot, link, place, answer, bot.exchange(call.method, call.body, answer))


async def _posted(bot: Bot, call: Call) -> Response | SendResult:
    """Telegram's answer, or what it means that there is none."""
    try:
        if call.field is None or call.file is None:
            return await bot.call(call.method, call.body)
        return await bot.call_with_file(call.method, _form(call.body), call.field, call.file)
    except HttpFailed as failure:
        exchange = bot.exchange(call.method, call.body)
        return unanswered("Telegram", failure, exchange, words=bot.hidden(failure))


def _form(body: Mapping[str, Any]) -> dict[str, str]:
    """Fields of a form; what is no text is JSON."""
    return {name: each if isinstance(each, str) else json.dumps(each) for name, each in body.items()}


channel = Telegram()
"""The one object of this package."""

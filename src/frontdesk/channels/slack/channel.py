"""The Slack channel: ties hooks, calls and settings together. Stateless; one object for all inboxes."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from frontdesk.channels.slack import connecting, files, mirroring, people
from frontdesk.channels.slack.config import SlackConfig
from frontdesk.channels.slack.emoji import name_of
from frontdesk.channels.slack.inbound import parse_request
from frontdesk.channels.slack.outbound import FILES, KINDS_OUT, MAX_TEXT, post_body, reaction_target
from frontdesk.channels.slack.outcome import failure_of, is_ok
from frontdesk.channels.slack.places import message_id
from frontdesk.channels.slack.signature import verify_hook
from frontdesk.channels.slack.web import MAX_FILE_BYTES, Web, exchange_of, web_of
from frontdesk.domain.content import Reaction
from frontdesk.domain.errors import Invalid, UnsupportedByChannel
from frontdesk.domain.inbound import Address, InboundEvent
from frontdesk.kit.http import HttpFailed, Response
from frontdesk.ports.channel import (
    Capabilities,
    Challenge,
    ChannelConfig,
    Connection,
    ConnectionReport,
    Exchange,
    Failed,
    FetchedMedia,
    MediaFetchFailed,
    Outbound,
    OutboundMessage,
    RawRequest,
    SendResult,
    Sent,
    Unknown,
)
from frontdesk.ports.mirror import MirrorFailed, Post
from frontdesk.ports.outcome import unanswered

NOT_CONFIGURED = Failed(
    code="not_configured", message="The inbox has no bot token.", retryable=False, auth_expired=True
)
_Answer = Failed | Unknown | tuple[dict[str, Any], Exchange]
_DONE_ALREADY = frozenset({"already_reacted", "no_reaction"})


class Slack:
    """Slack's Events API and Web API."""

    slug: ClassVar[str] = "slack"
    name: ClassVar[str] = "Slack"
    summary: ClassVar[str] = "Channels and direct messages of a workspace, by an app of yours"
    glyph: ClassVar[str] = "M9.500 4l-2 16M16.500 4l-2 16M4.500 9h16M3.500 15h16"
    Config: ClassVar[type[ChannelConfig]] = SlackConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=KINDS_OUT,
        max_text=MAX_TEXT,
        media_max_bytes=dict.fromkeys(FILES, MAX_FILE_BYTES),
        reaches=frozenset({"slack"}),
        reactions=True,
        replies=True,
        edits_in=True,
        reads_by_inbox=True,
    )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        """Prove that Slack sent this; answers the challenge of a registration."""
        return verify_hook(request, _config(connection))

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        """Everything the body says."""
        return parse_request(request)

    def parse_for(self, request: RawRequest, connection: Connection) -> Sequence[InboundEvent]:
        """The same, with the agents' channel told apart."""
        return parse_request(request, _config(connection).agents_channel)

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        """One try. An app can neither mark as read nor show typing, so marks are done without a call."""
        web = web_of(connection, _config(connection))
        if web is None:
            return NOT_CONFIGURED
        if not isinstance(outbound, OutboundMessage):
            return Sent(source_id=None)
        try:
            if isinstance(outbound.content, Reaction):
                return await _react(web, outbound, outbound.content)
            if outbound.content.kind in FILES:
                if outbound.file is None:
                    raise UnsupportedByChannel("there is no file to send", field="content.media")
                return await files.send_file(web, outbound, outbound.file)
            return await _post(web, outbound)
        except UnsupportedByChannel as error:
            return Failed(code=error.code, message=error.message, retryable=False)

    async def fetch(
        self, source_media_id: str | None, url: str | None, connection: Connection
    ) -> FetchedMedia:
        """Bytes of a file in a message."""
        web = web_of(connection, _config(connection))
        if web is None:
            raise MediaFetchFailed("the inbox has no bot token", retryable=False)
        return await files.fetch(web, source_media_id, url)

    async def name_of(self, address: Address, connection: Connection) -> str | None:
        """What somebody in the workspace is called."""
        web = web_of(connection, _config(connection))
        return None if web is None else await people.name_of(web, address)

    def mirror_place(self, config: Mapping[str, Any]) -> str | None:
        """The agents' channel, if there is one."""
        place = config.get("agents_channel")
        return place if isinstance(place, str) and place else None

    async def post(self, post: Post, thread: str | None, connection: Connection) -> str:
        """Show something to agents in a conversation's thread."""
        return await mirroring.post(*_agents(connection), post, thread)

    async def find_post(self, post: Post, thread: str | None, connection: Connection) -> str | None:
        """The thread in which something is shown already."""
        return await mirroring.find_post(*_agents(connection), post, thread)

    async def mail_of(self, address: Address, connection: Connection) -> str | None:
        """The e-mail address of a member of the workspace."""
        web = web_of(connection, _config(connection))
        return None if web is None else await people.mail_of(web, address)

    async def connect(self, connection: Connection) -> ConnectionReport:
        """Check token, permissions and channel; say where the hook is set."""
        config = _config(connection)
        return await connecting.connect(web_of(connection, config), config, connection.hook_url)


def _config(connection: Connection) -> SlackConfig:
    if not isinstance(connection.config, SlackConfig):
        raise Invalid("these are not the settings of a Slack inbox", field="config")
    return connection.config


def _agents(connection: Connection) -> tuple[Web, str]:
    config = _config(connection)
    web = web_of(connection, config)
    if web is None or config.agents_channel is None:
        raise MirrorFailed(NOT_CONFIGURED.message, auth_expired=web is None)
    return web, config.agents_channel


async def _post(web: Web, message: OutboundMessage) -> SendResult:
    answer = await _called(web, "chat.postMessage", post_body(message))
    if isinstance(answer, Failed | Unknown):
        return answer
    told, exchange = answer
    channel, ts = told.get("channel"), told.get("ts")
    if not isinstance(channel, str) or not isinstance(ts, str):
        return Unknown(code="no_message_id", message="Slack's answer names no message.", exchange=exchange)
    return Sent(source_id=message_id(channel, ts), delivered=True, exchange=exchange)


async def _react(web: Web, message: OutboundMessage, reaction: Reaction) -> SendResult:
    target = reaction_target(message, reaction)
    if not reaction.emoji:
        return await _unreact(web, target)
    name = name_of(reaction.emoji)
    if name is None:
        raise UnsupportedByChannel("Slack has no short name for this emoji", field="content.emoji")
    answer = await _called(web, "reactions.add", target | {"name": name})
    return _reacted(answer)


async def _unreact(web: Web, target: dict[str, Any]) -> SendResult:
    """Take our emoji back: those on the message are tried, for Slack wants the name."""
    found = await _called(web, "reactions.get", target | {"full": "true"}, is_form=True)
    if isinstance(found, Failed | Unknown):
        return found
    item = found[0].get("message")
    listed = item.get("reactions") if isinstance(item, dict) else None
    result: SendResult = Sent(source_id=None, delivered=True, exchange=found[1])
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            result = _reacted(await _called(web, "reactions.remove", target | {"name": each["name"]}))
            if not isinstance(result, Sent):
                return result
    return result


def _reacted(answer: _Answer) -> SendResult:
    if isinstance(answer, tuple):
        return Sent(source_id=None, delivered=True, exchange=answer[1])
    if answer.code in _DONE_ALREADY:
        return Sent(source_id=None, delivered=True, exchange=answer.exchange)
    return answer


async def _called(web: Web, method: str, body: dict[str, Any], *, is_form: bool = False) -> _Answer:
    """What Slack answered when it did it, or what it means that it did not."""
    url = web.url(method)
    try:
        answer: Response = await (web.ask(method, body) if is_form else web.call(method, body))
    except HttpFailed as failure:
        return unanswered("Slack", failure, exchange_of(url, body))
    exchange = exchange_of(url, body, answer)
    return (answer.json_object(), exchange) if is_ok(answer) else failure_of(answer, exchange)


channel = Slack()
"""The one object of this package."""

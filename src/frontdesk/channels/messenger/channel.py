"""The platform's channels: tie hooks, requests and settings together. Stateless; one object each."""

from collections.abc import Sequence
from typing import ClassVar

from frontdesk.channels.messenger import connecting, files, people
from frontdesk.channels.messenger.config import PageConfig
from frontdesk.channels.messenger.graph import Graph, exchange_of, graph_of
from frontdesk.channels.messenger.inbound import parse_body
from frontdesk.channels.messenger.outbound import FILE_TYPES, Body, bodies, mark_body, recipient
from frontdesk.channels.messenger.outcome import failure_of, result_of
from frontdesk.domain.content import Reaction
from frontdesk.domain.errors import Invalid, UnsupportedByChannel
from frontdesk.domain.inbound import Address, InboundEvent
from frontdesk.kit.http import HttpFailed, Response
from frontdesk.ports import websub
from frontdesk.ports.channel import (
    Capabilities,
    Challenge,
    ChannelConfig,
    Connection,
    ConnectionReport,
    Failed,
    FetchedMedia,
    Outbound,
    OutboundMessage,
    RawRequest,
    SendResult,
    Sent,
    Unknown,
)
from frontdesk.ports.outcome import unanswered

NOT_CONFIGURED = Failed(
    code="not_configured", message="The inbox has no page access token.", retryable=False, auth_expired=True
)
_KINDS = frozenset({"text", "image", "audio", "video", "document", "interactive"})
_WINDOW_SECONDS = 24 * 3600


class Messenger:
    """Messenger, by Meta's Messenger Platform."""

    slug: ClassVar[str] = "messenger"
    name: ClassVar[str] = "Messenger"
    summary: ClassVar[str] = "What people write to a Facebook page of yours"
    glyph: ClassVar[str] = (
        "M12 4c5 0 8.500 3.400 8.500 7.700s-3.500 7.700-8.500 7.700l-2.300-.3-3.200 1.400v-3"
        "a7.600 7.600 0 0 1-3-5.800"
        "C3.500 7.400 7 4 12 4zM7.500 13.500l3-3 2.500 2 3.500-3"
    )
    Config: ClassVar[type[ChannelConfig]] = PageConfig
    platform: ClassVar[str | None] = None
    """What an upload says it is for; None: the platform's own."""
    names: ClassVar[tuple[str, ...]] = ("name", "first_name")
    """The fields of a profile that tell a name, the best first."""
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=_KINDS,
        max_text=2000,
        media_max_bytes=files.MAX_BYTES,
        reaches=frozenset({"messenger"}),
        replies=True,
        edits_in=True,
        receipts=True,
        typing_out=True,
        window_seconds=_WINDOW_SECONDS,
    )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        """Prove that Meta sent this; answers the challenge of a registration."""
        config = _config(connection)
        return websub.verify(request, app_secret=config.app_secret, verify_token=config.verify_token)

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        """Everything the body says, in order."""
        return parse_body(request.body, self.slug)

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        """One try. A file is uploaded first; until the message itself is posted, no failure does harm."""
        graph = graph_of(connection, _config(connection))
        if graph is None:
            return NOT_CONFIGURED
        try:
            if isinstance(outbound, OutboundMessage):
                return await self._send_message(graph, outbound)
            return await _post_mark(graph, mark_body(outbound, self.slug))
        except UnsupportedByChannel as error:
            return Failed(code=error.code, message=error.message, retryable=False)

    async def fetch(
        self, source_media_id: str | None, url: str | None, connection: Connection
    ) -> FetchedMedia:
        """Bytes of a file in a message, by its address; the platform gives no ids."""
        del source_media_id
        return await files.fetch(connection.http, url)

    async def name_of(self, address: Address, connection: Connection) -> str | None:
        """What somebody is called, by their profile."""
        graph = graph_of(connection, _config(connection))
        if graph is None or address.scheme != self.slug:
            return None
        return await people.name_of(graph, address, self.names)

    async def connect(self, connection: Connection) -> ConnectionReport:
        """Check token and page, subscribe the page, say what is missing."""
        config = _config(connection)
        graph = graph_of(connection, config)
        needs_account = self.platform is not None
        return await connecting.connect(graph, config, connection.hook_url, needs_account=needs_account)

    async def _send_message(self, graph: Graph, message: OutboundMessage) -> SendResult:
        recipient(message.to, self.slug)
        attachment_id = None
        if message.file is not None and message.content.kind in FILE_TYPES:
            kind = FILE_TYPES[message.content.kind]
            uploaded = await files.upload(graph, kind, message.file, self.platform)
            if isinstance(uploaded, Failed):
                return uploaded
            attachment_id = uploaded
        made = bodies(message, self.slug, attachment_id)
        if isinstance(message.content, Reaction):
            return await _post_mark(graph, made[0])
        return await _post_all(graph, made)


class Instagram(Messenger):
    """Instagram direct messages, by Meta's Messenger Platform."""

    slug: ClassVar[str] = "instagram"
    name: ClassVar[str] = "Instagram"
    summary: ClassVar[str] = "Direct messages to an Instagram account and answers to its stories"
    glyph: ClassVar[str] = (
        "M8 4h8a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z"
        "M12 8.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zM16.500 7.500h.01"
    )
    platform: ClassVar[str | None] = "instagram"
    names: ClassVar[tuple[str, ...]] = ("name", "username")
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=_KINDS | {"reaction"},
        max_text=1000,
        media_max_bytes=files.MAX_BYTES_INSTAGRAM,
        reaches=frozenset({"instagram"}),
        reactions=True,
        replies=True,
        edits_in=True,
        receipts=True,
        typing_out=True,
        window_seconds=_WINDOW_SECONDS,
    )


def _config(connection: Connection) -> PageConfig:
    if not isinstance(connection.config, PageConfig):
        raise Invalid("these are not the settings of a page", field="config")
    return connection.config


async def _post_all(graph: Graph, made: Sequence[Body]) -> SendResult:
    """Post a message's bodies. Once the first was taken, a failure leaves it sent in part: unknown."""
    first: Sent | None = None
    more: list[str] = []
    for body in made:
        result = await _post(graph, body)
        if not isinstance(result, Sent):
            return result if first is None else _in_part(result)
        if first is None:
            first = result
        elif result.source_id is not None:
            more.append(result.source_id)
    if first is None:
        return Failed(code="empty", message="There is nothing to send.", retryable=False)
    return Sent(source_id=first.source_id, exchange=first.exchange, more_source_ids=tuple(more))


def _in_part(result: Failed | Unknown) -> Unknown:
    words = f"The file was sent, its text was not: {result.message}"
    return Unknown(code="sent_in_part", message=words[:500], exchange=result.exchange)


async def _post(graph: Graph, body: Body) -> SendResult:
    answer = await _answer(graph, body)
    if not isinstance(answer, Response):
        return answer
    return result_of(answer, exchange_of(_url(graph), body, answer))


async def _post_mark(graph: Graph, body: Body) -> SendResult:
    """Post what makes no message."""
    answer = await _answer(graph, body)
    if not isinstance(answer, Response):
        return answer
    exchange = exchange_of(_url(graph), body, answer)
    return Sent(source_id=None, exchange=exchange) if answer.is_success else failure_of(answer, exchange)


async def _answer(graph: Graph, body: Body) -> Response | Failed | Unknown:
    try:
        return await graph.post("messages", body)
    except HttpFailed as failure:
        return unanswered("Meta", failure, exchange_of(_url(graph), body))


def _url(graph: Graph) -> str:
    return graph.url(graph.page_id, "messages")


channel = Messenger()
"""Messenger."""
instagram = Instagram()
"""Instagram."""

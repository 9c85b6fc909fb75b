"""The WhatsApp channel: ties hooks, requests and settings together. Stateless; one object for all inboxes."""

from collections.abc import Sequence
from typing import ClassVar

from frontdesk.channels.whatsapp import connecting, media
from frontdesk.channels.whatsapp.config import WhatsAppConfig
from frontdesk.channels.whatsapp.graph import Graph, exchange_of, graph_of
from frontdesk.channels.whatsapp.inbound import parse_body
from frontdesk.channels.whatsapp.outbound import KINDS_OUT, Body, message_body, read_body, typing_body
from frontdesk.channels.whatsapp.outcome import failure_of, result_of
from frontdesk.channels.whatsapp.templates import list_templates
from frontdesk.domain.content import MEDIA_KINDS
from frontdesk.domain.errors import Invalid, UnsupportedByChannel
from frontdesk.domain.inbound import InboundEvent
from frontdesk.domain.template import MessageTemplate
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
    code="not_configured", message="The inbox has no access token.", retryable=False, auth_expired=True
)


class WhatsApp:
    """Meta's Cloud API."""

    slug: ClassVar[str] = "whatsapp"
    name: ClassVar[str] = "WhatsApp"
    summary: ClassVar[str] = "A number of your own, over the Cloud API"
    glyph: ClassVar[str] = (
        "M4 20l1.200-4A8 8 0 1 1 8.300 19zM9.200 8.800c0 3.400 2.600 6 6 "
        "6l.6-1.900-1.900-.8-.9.9c-.9-.4-1.600-1.100-2-2l.9-.9-.8-1.900z"
    )
    Config: ClassVar[type[ChannelConfig]] = WhatsAppConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=KINDS_OUT,
        max_text=4096,
        media_max_bytes=media.MAX_BYTES,
        media_mimes=media.MIMES,
        reaches=frozenset({"whatsapp", "whatsapp_user"}),
        bare_numbers=frozenset({"whatsapp"}),
        reactions=True,
        replies=True,
        edits_in=True,
        receipts=True,
        typing_out=True,
        templates=True,
        pair_seconds=6,
        pair_burst=45,
        window_seconds=24 * 3600,
    )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        """Prove that Meta sent this; answers the challenge of a registration."""
        config = _config(connection)
        return websub.verify(request, app_secret=config.app_secret, verify_token=config.verify_token)

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        """Everything the body says, in order."""
        return parse_body(request.body)

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        """One try. A file is uploaded first; until the message itself is posted, no failure does harm."""
        graph = graph_of(connection, _config(connection))
        if graph is None:
            return NOT_CONFIGURED
        try:
            if isinstance(outbound, OutboundMessage):
                return await _send_message(graph, outbound)
            return await _send_mark(graph, outbound)
        except UnsupportedByChannel as error:
            return Failed(code=error.code, message=error.message, retryable=False)

    async def fetch(
        self, source_media_id: str | None, url: str | None, connection: Connection
    ) -> FetchedMedia:
        """Bytes of a file in a message; by its id, since an address is good for five minutes only."""
        graph = graph_of(connection, _config(connection))
        if graph is None:
            raise MediaFetchFailed("the inbox has no access token", retryable=False)
        return await media.fetch(graph, source_media_id, url)

    async def connect(self, connection: Connection) -> ConnectionReport:
        """Check token and number, register the hook, say what is missing."""
        config = _config(connection)
        return await connecting.connect(graph_of(connection, config), config, connection.hook_url)

    async def templates(self, connection: Connection) -> Sequence[MessageTemplate]:
        """The templates of the business account, approved or not."""
        config = _config(connection)
        return await list_templates(graph_of(connection, config), config.waba_id)


def _config(connection: Connection) -> WhatsAppConfig:
    if not isinstance(connection.config, WhatsAppConfig):
        raise Invalid("these are not the settings of a WhatsApp inbox", field="config")
    return connection.config


async def _send_message(graph: Graph, message: OutboundMessage) -> SendResult:
    media_id = None
    if message.content.kind in MEDIA_KINDS and message.file is not None:
        uploaded = await media.upload(graph, message.file)
        if isinstance(uploaded, Failed):
            return uploaded
        media_id = uploaded
    body = message_body(message, media_id)
    answer = await _posted(graph, body)
    if not isinstance(answer, Response):
        return answer
    return result_of(answer, exchange_of(graph.url(*_edge(graph)), body, answer))


async def _send_mark(graph: Graph, mark: ReadMark | TypingMark) -> SendResult:
    body = read_body(mark) if isinstance(mark, ReadMark) else typing_body(mark)
    answer = await _posted(graph, body)
    if not isinstance(answer, Response):
        return answer
    exchange = exchange_of(graph.url(*_edge(graph)), body, answer)
    return Sent(source_id=None, exchange=exchange) if answer.is_success else failure_of(answer, exchange)


async def _posted(graph: Graph, body: Body) -> Response | SendResult:
    """Graph's answer, or what it means that there is none."""
    try:
        return await graph.post(*_edge(graph), body=body)
    except HttpFailed as failure:
        return unanswered("Meta", failure, exchange_of(graph.url(*_edge(graph)), body))


def _edge(graph: Graph) -> tuple[str, str]:
    return (graph.phone_number_id, "messages")


channel = WhatsApp()
"""The one object of this package."""

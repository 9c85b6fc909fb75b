"""The web chat channel. The desk is its own provider: visitors come by the widget's routes, not by hooks."""

from collections.abc import Sequence
from typing import ClassVar

from frontdesk.channels.webchat.config import WebChatConfig
from frontdesk.domain.errors import Malformed, SignatureInvalid
from frontdesk.domain.inbound import InboundEvent
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
    SendResult,
    Sent,
)

_MEBIBYTE = 1024 * 1024
_FILES = ("image", "audio", "video", "document", "sticker")
KINDS_OUT = frozenset({*_FILES, "text", "location", "contacts", "reaction", "interactive"})


class WebChat:
    """The widget on a company's pages."""

    slug: ClassVar[str] = "webchat"
    name: ClassVar[str] = "Web chat"
    summary: ClassVar[str] = "A chat on your site, by one line of script"
    glyph: ClassVar[str] = (
        "M4 12h16M12 4c4.600 4.400 4.600 11.600 0 16-4.600-4.400-4.600-11.600 0-16zM12 4a8 8 0 1 1 "
        "0 16 8 8 0 0 1 0-16z"
    )
    Config: ClassVar[type[ChannelConfig]] = WebChatConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=KINDS_OUT,
        max_text=65_536,
        media_max_bytes=dict.fromkeys(_FILES, 25 * _MEBIBYTE),
        reaches=frozenset({"user", "web"}),
        reactions=True,
        replies=True,
        receipts=True,
        typing_out=True,
        undo_seconds=None,
        idempotent_sends=True,
    )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:  # noqa: ARG002
        """Refuses: nobody calls a hook of the web chat."""
        raise SignatureInvalid("the web chat has no hook")

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:  # noqa: ARG002
        """Refuses: visitors write by the API."""
        raise Malformed("the web chat has no hook", hint="Visitors write by /v1/widget/messages.")

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:  # noqa: ARG002
        """Nothing is left to do: a stored message is at its visitor's."""
        if isinstance(outbound, OutboundMessage) and outbound.content.kind not in KINDS_OUT:
            kind = outbound.content.kind
            message = f"The web chat cannot show content of kind {kind}."
            return Failed(code="unsupported_by_channel", message=message, retryable=False)
        return Sent(source_id=None, delivered=True)

    async def fetch(
        self,
        source_media_id: str | None,  # noqa: ARG002
        url: str | None,  # noqa: ARG002
        connection: Connection,  # noqa: ARG002
    ) -> FetchedMedia:
        """Refuses: files of visitors are the desk's own from the start."""
        raise MediaFetchFailed("the web chat's files are stored already", retryable=False)

    async def connect(self, connection: Connection) -> ConnectionReport:  # noqa: ARG002
        """Always connected; says how to show the widget."""
        cure = "Add the script tag of the inbox's settings page to your pages."
        return ConnectionReport(ok=True, steps=(("Widget", True, cure),))


channel = WebChat()
"""The one object of this package."""

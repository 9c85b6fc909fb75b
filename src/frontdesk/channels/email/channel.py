"""The e-mail channel: ties mails, hooks, mailboxes and settings together. Stateless, one for all inboxes."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from frontdesk.channels.email import compose, connecting, imap, sendgrid, smtp
from frontdesk.channels.email.config import EmailConfig
from frontdesk.channels.email.reading import file_in, read
from frontdesk.channels.email.signature import verify_hook
from frontdesk.channels.email.threading import Proofs
from frontdesk.domain.errors import Invalid, UnsupportedByChannel
from frontdesk.domain.inbound import InboundEvent
from frontdesk.kit.clock import utc_now
from frontdesk.ports.channel import (
    Capabilities,
    Challenge,
    ChannelConfig,
    Collected,
    Connection,
    ConnectionReport,
    Failed,
    FetchedMedia,
    MediaFetchFailed,
    Outbound,
    OutboundMessage,
    RawRequest,
    SendResult,
)

_MEBIBYTE = 1024 * 1024
_FILES = ("image", "audio", "video", "document", "email")


class EmailChannel:
    """Mails by SMTP and IMAP, or by SendGrid."""

    slug: ClassVar[str] = "email"
    name: ClassVar[str] = "E-mail"
    summary: ClassVar[str] = "One address, by SMTP and IMAP or by SendGrid"
    glyph: ClassVar[str] = (
        "M5.500 5.500h13a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2zM4.500 "
        "7l7.500 6 7.500-6"
    )
    Config: ClassVar[type[ChannelConfig]] = EmailConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=compose.KINDS_OUT,
        max_text=65_536,
        media_max_bytes=dict.fromkeys(_FILES, 18 * _MEBIBYTE),
        reaches=frozenset({"email"}),
        own_address="address",
        undo_seconds=5,
        replies=True,
        receipts=True,
        reads_by_inbox=True,
        files_in_hooks=True,
        answers_by_id=True,
        automatic_pause_seconds=3600,
    )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        """Prove that SendGrid sent this."""
        verify_hook(request, _config(connection), utc_now())
        return None

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        """What a mail or a hook says, for nobody's inbox: no id of ours is believed."""
        return read(request)

    def parse_for(self, request: RawRequest, connection: Connection) -> Sequence[InboundEvent]:
        """What it says to this inbox: ids and addresses with its signature prove what they answer."""
        config = _config(connection)
        proofs = Proofs(config.reply_secret.get_secret_value(), connection.inbox_id, utc_now())
        return read(request, proofs, config.address)

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        """One try to hand a mail over."""
        if not isinstance(outbound, OutboundMessage):
            return Failed(code="unsupported_by_channel", message="Mails have no such mark.", retryable=False)
        config, now = _config(connection), utc_now()
        try:
            draft = compose.draft_of(outbound, config, connection, now)
            mail = compose.written(draft, now)
        except UnsupportedByChannel as error:
            return Failed(code=error.code, message=error.message, retryable=False)
        except ValueError:
            return Failed(code="unsendable", message="The mail cannot be written down.", retryable=False)
        if config.outgoing == "sendgrid":
            return await sendgrid.send(draft, outbound, config, connection)
        return await smtp.send(draft, mail, config)

    def file_in(self, request: RawRequest, source_media_id: str) -> FetchedMedia:
        """A file of a mail."""
        return file_in(request, source_media_id)

    async def fetch(
        self,
        source_media_id: str | None,  # noqa: ARG002
        url: str | None,  # noqa: ARG002
        connection: Connection,  # noqa: ARG002
    ) -> FetchedMedia:
        """Refuses: files come within mails."""
        raise MediaFetchFailed("files of mails are in the mails", retryable=False)

    def collects(self, connection: Connection) -> float | None:
        """How often its folder is looked into."""
        config = _config(connection)
        return float(config.imap_every_seconds) if config.imap_host and config.imap_password else None

    async def collect(self, connection: Connection, cursor: Mapping[str, Any]) -> Collected:
        """What came to the folder."""
        return await imap.collect(_config(connection), cursor)

    async def connect(self, connection: Connection) -> ConnectionReport:
        """Check sending and receiving, say what is missing."""
        return await connecting.connect(_config(connection), connection)


def _config(connection: Connection) -> EmailConfig:
    if not isinstance(connection.config, EmailConfig):
        raise Invalid("these are not the settings of an e-mail inbox", field="config")
    return connection.config


channel = EmailChannel()
"""The one object of this package."""

"""What a plug-in must offer so that customers can write by it, and what passes between it and the desk.

Nothing here names a concrete channel. Outcomes of sending are values that decide what happens next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from frontdesk.domain.content import Content
from frontdesk.domain.inbound import Address, InboundEvent
from frontdesk.domain.message import MessageContext
from frontdesk.kit.http import HttpClient
from frontdesk.kit.spool import Body


class ChannelConfig(BaseModel):
    """Base of a channel's settings.

    Fields annotated `pydantic.SecretStr` are stored encrypted, never in the config column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoConfig(ChannelConfig):
    """A channel that needs no settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do. Lengths in characters, sizes in bytes."""

    kinds_out: frozenset[str]
    max_text: int
    media_max_bytes: Mapping[str, int] = field(default_factory=dict)
    media_mimes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reaches: frozenset[str] = frozenset()
    """Schemes of addresses that it can write to, though they never wrote: how a route is chosen."""
    bare_numbers: frozenset[str] = frozenset()
    """Schemes whose addresses are phone numbers in digits alone, without a plus."""
    own_address: str | None = None
    """The field of the settings that holds the address our customers see, if there is one."""
    reactions: bool = False
    replies: bool = False
    edits_in: bool = False
    receipts: bool = False
    typing_out: bool = False
    templates: bool = False
    leave_words: frozenset[str] = frozenset()
    """With these a customer takes leave where the inbox says nothing else: nothing may be sent then."""
    back_words: frozenset[str] = frozenset()
    """With these they come back."""
    undo_seconds: int | None = 0
    """So long an agent may take a message back before it leaves, if the inbox says nothing else; None: never,
    it is seen at once."""
    pair_seconds: float | None = None
    """The provider takes one message to the same customer in so many seconds, apart from short bursts."""
    automatic_pause_seconds: int | None = None
    """Machines answer each other by it: an automatic answer goes to the same address once in so many seconds,
    and to no machine. None: there are only people."""
    pair_burst: int = 1
    """So many messages to the same customer go at once after a rest; only then one in `pair_seconds`."""
    number_per_second: float | None = None
    """The provider takes so many messages a second from one number or account of ours."""
    window_seconds: int | None = None
    """Free text is allowed this long after the customer's last message; None: always."""
    files_by_link: bool = False
    """The provider fetches our files itself: a send is given a public address of its file."""
    idempotent_sends: bool = False
    """The provider takes our idempotency key, so a send of unknown outcome may be repeated."""
    proof_in_headers: bool = False
    """The headers alone prove a hook, so one without proof is refused before its body is read."""

    reads_by_inbox: bool = False
    """What a request says depends on the inbox's settings: the channel is a `ReadsForInbox`."""
    files_in_hooks: bool = False
    """Files come within the request: the channel is a `HoldsFiles`."""
    answers_by_id: bool = False
    """A message names those it answers: sends are told what came before (`OutboundMessage.earlier`)."""


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A hook's request as it came.

    Header names are lower-case; `url` is built from the configured base, never from Host, with the
    query as it was written.
    """

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a hook's verification must answer (text/plain, 200)."""

    text: str


@dataclass(frozen=True, slots=True)
class Connection:
    """An inbox as its channel sees it.

    Validated settings with secrets resolved, and the guarded HTTP client to use.
    """

    inbox_id: UUID
    account_id: UUID
    name: str
    config: ChannelConfig
    http: HttpClient
    base_url: str | None = None
    """Origin of the provider's simulator for a simulated inbox; None means the provider's own."""
    hook_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundFile:
    """A file to send along, already read from the blob store; a large one is a file on disk, closed after."""

    content: Body
    mime: str
    filename: str | None = None
    content_id: str | None = None
    """What the message's HTML names it by, as `cid:` and this."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message of the same conversation that went before."""

    source_id: str
    subject: str | None = None
    own_words: str | None = None
    """What it says, if it is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """One message to one address."""

    delivery_id: UUID
    message_id: UUID
    to: Address
    content: Content
    context: MessageContext
    reply_to_source_id: str | None = None
    target_source_id: str | None = None
    """Of a reaction: the provider's id of the message it is about."""
    file: OutboundFile | None = None
    url: str | None = None
    """A public address of the file, for providers that fetch it."""
    files: tuple[OutboundFile, ...] = ()
    """Of a mail: its attachments."""
    automatic: bool = False
    """No person wrote it."""
    leave_url: str | None = None
    """Where its reader can say that they want nothing unasked; None where it answers them."""
    earlier: tuple[Earlier, ...] = ()
    """Where the channel answers by id: what came before, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMark:
    """Tell the provider that we have read up to this message."""

    to: Address
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingMark:
    """Show the customer that somebody writes."""

    to: Address
    source_id: str | None = None


Outbound = OutboundMessage | ReadMark | TypingMark


@dataclass(frozen=True, slots=True)
class Exchange:
    """What went over the wire, redacted of credentials and content, for the delivery log."""

    request: dict[str, Any]
    response: dict[str, Any] | None = None
    provider_seconds: float | None = None
    """How long the provider says it took."""
    provider_concurrent: int | None = None
    """How many of our requests the provider says it has under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider took it."""

    source_id: str | None
    exchange: Exchange | None = None
    more_source_ids: tuple[str, ...] = ()
    delivered: bool = False
    """The channel is its own proof of delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The provider refused it, or was not reached at all.

    `retryable` errors can heal; `retry_at` is the provider's wish.
    """

    code: str
    message: str
    retryable: bool
    retry_at: datetime | None = None
    auth_expired: bool = False
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The request may have been taken: never repeated blindly."""

    code: str
    message: str
    exchange: Exchange | None = None


SendResult = Sent | Failed | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """What `connect` found: `ok`, and each step with its proof or its cure."""

    ok: bool
    steps: tuple[tuple[str, bool, str], ...] = ()
    """(name, passed, evidence or cure)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedMedia:
    """A file taken from the provider. A large one may be a file on disk, which its taker closes."""

    content: Body
    mime: str | None
    filename: str | None = None


class MediaFetchFailed(Exception):
    """A provider's file could not be had. `retryable` says whether a later try may help."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.message, self.retryable = message, retryable


class Channel(Protocol):
    """A kind of conversation. Stateless; one object serves all inboxes of its kind."""

    slug: ClassVar[str]
    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    Config: ClassVar[type[ChannelConfig]]

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        """Prove that the provider sent this (raw body, constant time).

        Raises SignatureInvalid; fails closed without a secret.
        """

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        """Everything the body says, in order.

        Pure. Raises Malformed when it is not the provider's shape at all.
        """

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        """One try, bounded in time. Never raises for what the provider or the network does."""

    async def fetch(
        self, source_media_id: str | None, url: str | None, connection: Connection
    ) -> FetchedMedia:
        """Bytes of an inbound file.

        Credentials go to the provider's own host only. Raises MediaFetchFailed.
        """

    async def connect(self, connection: Connection) -> ConnectionReport:
        """Check the credentials, register the hook, say what is missing."""

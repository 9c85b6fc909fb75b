"""What a channel says happened, in our words: the closed union that `parse` yields and the core applies.

No provider vocabulary here; a channel translates into these, and nothing else of it reaches the core.
"""

from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from frontdesk.domain.consent import OptOutKind
from frontdesk.domain.content import Content
from frontdesk.domain.message import NO_CONTEXT, DeliveryStatus, Direction, MessageContext, Pricing
from frontdesk.kit.records import record


@record
class Address:
    """One address of a contact.

    A scheme (`phone`, `whatsapp`, `whatsapp_user`, `email`, `web`, …) and the normalised value.
    """

    scheme: str
    value: str


@record
class Party:
    """Somebody outside: their addresses, the strongest first, and the name they go by."""

    addresses: tuple[Address, ...]
    name: str | None = None


@record(kw_only=True)
class Inbound:
    """What every event has.

    `extra` carries provider details for the parser's output and logs; never rules.
    """

    at: datetime | None = None
    account_ref: str | None = None
    """Our side as the provider names it (WhatsApp: phone number id)."""
    extra: dict[str, Any] = field(default_factory=dict)


@record
class Answered:
    """A message that another one answers, as its writer claims.

    `message_id` is ours, read from our own signature: who carries it has had the message. Without it the
    claim counts only for the contact whose thread it is, for anybody may know or guess a provider's id.
    """

    source_id: str
    message_id: UUID | None = None


@record(kw_only=True)
class MessageReceived(Inbound):
    """A message (reactions included). `direction` is outgoing for echoes of what our side sent elsewhere."""

    source_id: str | None
    party: Party
    thread_key: str
    """Finds the thread within the inbox: the contact's address, or a reference the channel supplies."""
    content: Content
    context: MessageContext = NO_CONTEXT
    direction: Direction = Direction.INCOMING
    author_name: str | None = None
    """Who of a group wrote it, where the party is the group."""
    answer_to: Address | None = None
    """Where answers in a new thread go, if not to the party's first address: a room, a thread in a room."""
    answers: tuple[Answered, ...] = ()
    """What it answers, the nearest first: it joins the thread of the first that the desk knows."""
    topic: str | None = None
    """Where a new topic begins a new thread: what it is about; None where it does not."""
    takes_leave: bool | None = None
    """Where the provider says so: they want nothing more (True), or to hear from us again (False)."""


@record(kw_only=True)
class MessageEdited(Inbound):
    """A message has new content."""

    target_source_id: str
    content: Content
    source_id: str | None = None
    party: Party | None = None


@record(kw_only=True)
class MessageDeleted(Inbound):
    """A message was taken back by its writer."""

    target_source_id: str
    source_id: str | None = None
    party: Party | None = None


@record(kw_only=True)
class StatusReported(Inbound):
    """The provider says where one of our messages stands."""

    source_id: str
    status: DeliveryStatus
    provider_status: str
    recipient: str | None = None
    error_code: str | None = None
    error_title: str | None = None
    error_detail: str | None = None
    pricing: Pricing | None = None
    delivery_id: UUID | None = None
    """Our delivery, where the provider repeats what the send carried (WhatsApp: biz_opaque_callback_data).

    It settles a send whose answer was lost. It is a claim: who applies it checks whose delivery it is."""
    other_id: str | None = None
    """What others call the message, where the answer to our send called it by `source_id`."""


@record(kw_only=True)
class SeenUpTo(Inbound):
    """Everything we sent in a thread until `at` (needed here) came so far, where a provider tells no ids."""

    thread_key: str
    status: DeliveryStatus
    party: Party | None = None


@record(kw_only=True)
class AddressChanged(Inbound):
    """A contact goes by a new address from now on (a change of number). `text` is the provider's sentence."""

    source_id: str | None
    old: Address | None
    new: tuple[Address, ...]
    text: str | None = None
    system_type: str | None = None


@record(kw_only=True)
class CallReported(Inbound):
    """A step of a voice call."""

    source_id: str
    party: Party | None
    thread_key: str | None
    event: str
    direction: Direction = Direction.INCOMING
    duration_seconds: int | None = None


@record
class Wish:
    """What somebody wants, as the provider tells it: no more of a kind, or again."""

    address: Address
    kind: OptOutKind
    takes_leave: bool
    at: datetime | None = None


@record(kw_only=True)
class AccountNoticed(Inbound):
    """The provider tells something about our account: a template's state, a quality rating, a restriction."""

    field_name: str
    detail: dict[str, Any]
    wishes: tuple[Wish, ...] = ()
    """Of customers, where it is about what they want."""


@record(kw_only=True)
class ProviderErrorReported(Inbound):
    """An error that belongs to no message of ours."""

    code: str
    title: str | None = None
    detail: str | None = None


@record(kw_only=True)
class AgentReplied(Inbound):
    """One of our own people answers in the thread in which they follow a conversation (`ports.mirror`)."""

    source_id: str
    thread: str
    """What `Mirrors.post` called the thread."""
    party: Party
    contents: tuple[Content, ...]


@record(kw_only=True)
class Ignored(Inbound):
    """Nothing for us; `reason` says why."""

    reason: str


InboundEvent = (
    MessageReceived
    | MessageEdited
    | MessageDeleted
    | StatusReported
    | SeenUpTo
    | AddressChanged
    | CallReported
    | AccountNoticed
    | ProviderErrorReported
    | AgentReplied
    | Ignored
)

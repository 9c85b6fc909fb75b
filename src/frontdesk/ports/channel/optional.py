"""What a channel may offer besides: small protocols of a method or two, each asked for by `isinstance`.

A channel offers one by having its members; nothing is declared or registered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from frontdesk.domain.inbound import Address, InboundEvent, StatusReported
from frontdesk.domain.template import MessageTemplate
from frontdesk.ports.channel.contract import Connection, FetchedMedia, RawRequest


@runtime_checkable
class Disconnects(Protocol):
    """A channel whose `connect` sets up something at the provider, and that takes it back."""

    async def disconnect(self, connection: Connection) -> None:
        """Take back what `connect` set up. Never raises for what the provider or the network does."""


@runtime_checkable
class Drawn(Protocol):
    """A channel with a sign of its own. The others are shown by the first letter of their name."""

    glyph: ClassVar[str]
    """The path of an SVG of 24 by 24, drawn as a line. No brand's mark."""


@runtime_checkable
class Described(Protocol):
    """A channel that says in a few words what is connected, for those who choose one."""

    summary: ClassVar[str]
    """A phrase without a full stop, such as: a number of your own, over the Cloud API."""


@runtime_checkable
class ReadsForInbox(Protocol):
    """A channel that reads with an inbox's settings, say to check its own signature in what was sent back."""

    def parse_for(self, request: RawRequest, connection: Connection) -> Sequence[InboundEvent]:
        """As `Channel.parse`; pure but for the settings."""


@runtime_checkable
class HoldsFiles(Protocol):
    """A channel whose files come within the request."""

    def file_in(self, request: RawRequest, source_media_id: str) -> FetchedMedia:
        """A file of a request. Raises MediaFetchFailed when it holds none of this id."""


class TemplatesUnavailable(Exception):
    """A provider's templates could not be had; the message says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@runtime_checkable
class ListsTemplates(Protocol):
    """A channel whose provider approves templates."""

    async def templates(self, connection: Connection) -> Sequence[MessageTemplate]:
        """All templates of an inbox, approved or not. Raises TemplatesUnavailable."""


class PeopleUnavailable(Exception):
    """The provider does not tell names now."""


@runtime_checkable
class KnowsPeople(Protocol):
    """A channel whose messages do not always tell what their writer is called, but whose provider does."""

    async def name_of(self, address: Address, connection: Connection) -> str | None:
        """What somebody is called; None when nobody knows. Raises PeopleUnavailable."""


class StatusUnavailable(Exception):
    """The provider does not tell now where a message stands."""


@runtime_checkable
class TellsStatus(Protocol):
    """A channel whose provider can be asked where a message stands, for when its hooks do not come."""

    async def status_of(self, source_id: str, connection: Connection) -> StatusReported | None:
        """Where a sent message stands; None when there is no such message. Raises StatusUnavailable."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What a mailbox had: requests in order, and where to go on from."""

    requests: tuple[RawRequest, ...]
    cursor: Mapping[str, Any]
    more: bool = False
    """There is more to be had at once."""


class CollectFailed(Exception):
    """The provider could not be asked. `auth_expired`: it does not take our credentials."""

    def __init__(self, message: str, *, auth_expired: bool = False) -> None:
        super().__init__(message)
        self.message, self.auth_expired = message, auth_expired


@runtime_checkable
class Collects(Protocol):
    """A channel that asks its provider instead of being told. One at a time asks for an inbox."""

    def collects(self, connection: Connection) -> float | None:
        """Seconds between two askings; None when this inbox is told by hooks only."""

    async def collect(self, connection: Connection, cursor: Mapping[str, Any]) -> Collected:
        """What came since the cursor (empty: the beginning), at most some megabytes.

        The cursor is kept together with the requests, so nothing is lost; asked twice from one cursor it
        gives the same requests. Raises CollectFailed.
        """

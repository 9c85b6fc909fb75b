"""Lines of a message history: the JSON Lines that `frontdesk export` writes and `frontdesk import` reads.

See docs/histories.md. Pure: what a line says is checked here, nothing is stored.
"""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from frontdesk.domain.attachment import ScanState
from frontdesk.domain.consent import OptOutKind, OptOutSource
from frontdesk.domain.content import Content
from frontdesk.domain.conversation import ConversationStatus, Resolution
from frontdesk.domain.errors import Invalid
from frontdesk.domain.message import AuthorType, DeliveryStatus, Direction, MessageContext

VERSION = 1
Words = Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Field(max_length=1024, pattern=r"^[^\x00]*$")]
Scheme = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Count = Annotated[int, Field(ge=0, le=2**53)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # a start needs none of them


class HistoryHead(_Line):
    """The first line of an export."""

    type: Literal["frontdesk"]
    version: int
    exported_at: AwareDatetime | None = None


class HistoryInbox(_Line):
    """An inbox without its secrets; made if there is none of its id or name."""

    type: Literal["inbox"]
    id: UUID
    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    name: Words
    config: dict[str, Any] = {}
    reopen_policy: Literal["reopen", "next"] = "reopen"
    greeting: dict[str, str] | None = None
    time_zone: Words | None = None
    deleted_at: AwareDatetime | None = None


class HistoryAddress(_Line):
    """An address of a contact. Only a verified one finds its contact by itself later."""

    scheme: Scheme
    value: Words
    verified: bool = False


class HistoryContact(_Line):
    """A person; found by id, else by an address, else made."""

    type: Literal["contact"]
    id: Words
    name: Name | None = None
    language: Words | None = None
    attributes: dict[str, Any] | None = None
    first_touch: dict[str, Any] | None = None
    verified: bool = False
    addresses: Annotated[tuple[HistoryAddress, ...], Field(max_length=100)] = ()
    created_at: AwareDatetime
    last_seen_at: AwareDatetime | None = None


class HistoryThread(_Line):
    """What a conversation's thread is found by later: its keys in the inbox."""

    id: UUID | None = None
    keys: Annotated[tuple[Words, ...], Field(max_length=1000)] = ()


class HistoryConversation(_Line):
    """One conversation of a contact in an inbox, before its messages."""

    type: Literal["conversation"]
    id: Words
    inbox: Words | None = None
    contact: Words
    address: HistoryAddress | None = None
    thread: HistoryThread = HistoryThread()
    status: ConversationStatus = ConversationStatus.RESOLVED
    resolution: Resolution | None = None
    assignee: Words | None = None
    priority: Words | None = None
    topic: Words | None = None
    snoozed_until: AwareDatetime | None = None
    unread: Count = 0
    read_seq: Count | None = None
    seen_seq: Count = 0
    opened_at: AwareDatetime
    resolved_at: AwareDatetime | None = None


class HistoryAuthor(_Line):
    """Who wrote."""

    type: AuthorType
    id: UUID | None = None
    name: Name | None = None


class HistoryDelivery(_Line):
    """Where an outgoing message stood."""

    id: UUID | None = None
    status: DeliveryStatus = DeliveryStatus.SENT
    source_id: Words | None = None
    error_code: Words | None = None
    error: Name | None = None
    pricing: dict[str, Any] | None = None
    sent_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    read_at: AwareDatetime | None = None
    failed_at: AwareDatetime | None = None


class HistoryReaction(_Line):
    """An emoji on a message."""

    author_key: Words
    emoji: Words
    author: HistoryAuthor
    created_at: AwareDatetime


class HistoryEdition(_Line):
    """What a message said before it was changed."""

    version: Annotated[int, Field(ge=1)]
    content: Content
    replaced_at: AwareDatetime


class HistoryMessage(_Line):
    """One message; those of a conversation in their order."""

    type: Literal["message"]
    id: Words
    conversation: Words
    direction: Direction
    author: HistoryAuthor | None = None
    content: Content
    context: MessageContext | None = None
    reply_to: Words | None = None
    source_id: Words | None = None
    delivery: HistoryDelivery | None = None
    starred: bool = False
    version: Annotated[int, Field(ge=1)] = 1
    versions: tuple[HistoryEdition, ...] = ()
    reactions: tuple[HistoryReaction, ...] = ()
    edited_at: AwareDatetime | None = None
    deleted_at: AwareDatetime | None = None
    sent_at: AwareDatetime | None = None
    created_at: AwareDatetime


class HistoryFile(_Line):
    """A file of a message; its bytes stand beside the lines, by their hash."""

    type: Literal["file"]
    id: UUID
    message: Words
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Count
    mime: Words | None = None
    filename: Name | None = None
    scan: Literal[ScanState.UNSCANNED, ScanState.CLEAN, ScanState.INFECTED] = ScanState.UNSCANNED
    threat: Name | None = None
    created_at: AwareDatetime


class HistoryOptOut(_Line):
    """Who does not want to hear from the account by a channel, or wants to again (`ended_at`)."""

    type: Literal["opt_out"]
    id: UUID
    channel: Scheme
    address: HistoryAddress
    kind: OptOutKind
    source: OptOutSource
    note: Name | None = None
    said_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    created_at: AwareDatetime


class HistoryCannedResponse(_Line):
    """Prepared messages."""

    type: Literal["canned_response"]
    id: UUID
    shortcut: Words
    title: Words
    messages: Annotated[tuple[Content, ...], Field(min_length=1, max_length=100)]
    created_at: AwareDatetime
    changed_at: AwareDatetime


HistoryLine = (
    HistoryHead
    | HistoryInbox
    | HistoryContact
    | HistoryOptOut
    | HistoryCannedResponse
    | HistoryConversation
    | HistoryMessage
    | HistoryFile
)
_LINES: TypeAdapter[HistoryLine] = TypeAdapter(
    Annotated[HistoryLine, Field(discriminator="type")], config=ConfigDict(defer_build=True)
)
_NAMES = "frontdesk, inbox, contact, opt_out, canned_response, conversation, message, file"
_CURES = {
    "missing": "Add it.",
    "extra_forbidden": "Leave it out, or see docs/histories.md for its name.",
    "timezone_aware": "Write the time with Z or an offset: 2026-02-03T09:00:00Z.",
    "union_tag_invalid": f"Types are {_NAMES}.",
    "union_tag_not_found": f"Name the type of the line: {_NAMES}.",
}


def read_line(raw: bytes) -> HistoryLine:
    """What a line says.

    Raises:
        Invalid: It says nothing that can be kept; with the field and the cure.
    """
    try:
        told = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Invalid(
            f"The line is not JSON in UTF-8: {error}"[:300], hint="Write one object a line."
        ) from None
    try:
        line = _LINES.validate_python(told, strict=False)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        parts = [str(each) for each in first["loc"][1:]]
        hint = _CURES.get(first["type"], "Write it as docs/histories.md says.")
        raise Invalid(first["msg"], field=".".join(parts) or None, hint=hint) from None
    if isinstance(line, HistoryHead) and line.version != VERSION:
        raise Invalid(
            f"The history is of version {line.version}.",
            field="version",
            hint=f"This desk reads version {VERSION}; update it first.",
        )
    return line


def history_id(account_id: UUID, kind: str, text: str) -> UUID:
    """The id of what a history names: a UUID as it is, any other text always the same one (a UUIDv8)."""
    try:
        return UUID(text) if len(text) == 36 else _made(account_id, kind, text)
    except ValueError:
        return _made(account_id, kind, text)


def is_uuid(text: str) -> bool:
    """Whether a history's id is kept as it is."""
    try:
        return len(text) == 36 and UUID(text) is not None
    except ValueError:
        return False


def _made(account_id: UUID, kind: str, text: str) -> UUID:
    raw = hashlib.sha256(b"\0".join((account_id.bytes, kind.encode(), text.encode()))).digest()[:16]
    return UUID(int=int.from_bytes(raw, "big") & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62)


def written(line: dict[str, Any]) -> str:
    """A line as it is written: what is None is left out, times in UTC."""
    return json.dumps(
        {name: value for name, value in line.items() if value is not None},
        ensure_ascii=False,
        separators=(",", ":"),
        default=_plain,
    )


def _plain(value: object) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)

"""One batch of a history in one transaction: who and what its lines mean, and the rows they become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from frontdesk.domain.conversation import ConversationStatus
from frontdesk.domain.errors import Conflict, Invalid
from frontdesk.domain.history import (
    HistoryCannedResponse,
    HistoryContact,
    HistoryConversation,
    HistoryFile,
    HistoryHead,
    HistoryInbox,
    HistoryLine,
    HistoryMessage,
    HistoryOptOut,
    history_id,
    is_uuid,
)
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import Direction
from frontdesk.features.conversations.episodes import key_of
from frontdesk.features.histories.extras import take_extra
from frontdesk.features.histories.files import Kept, note
from frontdesk.features.histories.growing import Grown
from frontdesk.features.histories.people import take_contact, taken
from frontdesk.features.histories.rows import Rows
from frontdesk.kit.crypto import random_token
from frontdesk.store import histories, identities, source_refs, threads, users
from frontdesk.store.tx import Row, Tx

_NOT_LATER = "Its line must come before, and be taken."


@dataclass(slots=True)
class Places:
    """What is known while a batch is taken.

    Attributes:
        contacts: Contacts that are called by another id in the history.
        kept: The bytes of files that are in the blob store, by the file's id.
    """

    tx: Tx
    account_id: UUID
    inbox: str | None
    simulated: bool
    contacts: dict[str, UUID]
    kept: Mapping[UUID, Kept]
    _inboxes: list[Row] = field(default_factory=list)
    _messages: dict[UUID, histories.Home] = field(default_factory=dict)
    _files: dict[UUID, UUID] = field(default_factory=dict)
    _grown: dict[UUID, Grown] = field(default_factory=dict)
    _fresh: set[UUID] = field(default_factory=set)
    _rows: Rows = field(default_factory=Rows)

    def look_up(self, lines: list[HistoryLine]) -> None:
        """Read at once what many lines ask for."""
        self._inboxes = histories.inboxes(self.tx, self.account_id)
        ids = [self._id("message", line.id) for line in lines if isinstance(line, HistoryMessage)]
        files = [line for line in lines if isinstance(line, HistoryFile)]
        ids += [self._id("message", line.message) for line in files]
        self._messages = histories.messages(self.tx, ids)
        self._files = histories.file_owners(self.tx, [line.id for line in files])

    def take(self, line: HistoryLine) -> bool | None:
        """Take a line. Says whether it is new; None for a head.

        Raises:
            Invalid, Conflict: It cannot be, with field and cure.
        """
        if isinstance(line, HistoryHead):
            return None
        if isinstance(line, HistoryOptOut | HistoryCannedResponse):
            return take_extra(self.tx, self.account_id, line)
        match line:
            case HistoryInbox():
                return self._take_inbox(line)
            case HistoryContact():
                return take_contact(self.tx, self.account_id, line, self.contacts)
            case HistoryConversation():
                return self._take_conversation(line)
            case _:
                return self._take_message(line) if line.type == "message" else self._take_file(line)

    def write(self) -> None:
        """Write the messages, and let their conversations end with them."""
        self._rows.write(self.tx)
        for conversation_id, grown in self._grown.items():
            if grown.added:
                if grown.is_read:
                    grown.values["read_seq"] = grown.values["last_seq"]
                is_new = conversation_id in self._fresh
                histories.grow(self.tx, conversation_id, **grown.values, added=0 if is_new else grown.added)

    def _id(self, kind: str, text: str) -> UUID:
        return history_id(self.account_id, kind, text)

    def _take_inbox(self, line: HistoryInbox) -> bool:
        if any(row.id == line.id or row.name == line.name for row in self._inboxes):
            return False
        if histories.inbox_owner(self.tx, line.id) is not None:
            raise taken("inbox")
        histories.add_inbox(
            self.tx,
            id=line.id,
            account_id=self.account_id,
            channel=line.channel,
            name=line.name,
            config=line.config,
            public_key=random_token("fi_"),
            reopen_policy=line.reopen_policy,
            greeting=line.greeting,
            time_zone=line.time_zone,
            deleted_at=line.deleted_at,
            simulated_origin=f"simulators/{line.channel}" if self.simulated else None,
        )
        self._inboxes = histories.inboxes(self.tx, self.account_id)
        return True

    def _inbox(self, named: str | None) -> UUID:
        """The inbox of a conversation, by id or name."""
        wanted = named or self.inbox
        if wanted is None:
            raise Invalid("The conversation names no inbox.", field="inbox", hint="Add it, or use --inbox.")
        found: list[UUID] = [row.id for row in self._inboxes if str(row.id) == wanted.lower()]
        found = found or [row.id for row in self._inboxes if row.name == wanted and row.deleted_at is None]
        if len(found) != 1:
            names = ", ".join(sorted({row.name for row in self._inboxes if row.deleted_at is None})) or "none"
            raise Invalid(
                f"There {'are several inboxes' if found else 'is no inbox'} {wanted[:100]!r}.",
                field="inbox",
                hint=f"Make it first, or name one by its id: {names}.",
            )
        return found[0]

    def _contact(self, named: str) -> UUID:
        contact_id = self.contacts.get(named) or self._id("contact", named)
        if histories.contact_owner(self.tx, contact_id) != self.account_id:
            raise Invalid(f"There is no contact {named[:100]!r}.", field="contact", hint=_NOT_LATER)
        return contact_id

    def _take_conversation(self, line: HistoryConversation) -> bool:
        conversation_id = self._id("conversation", line.id)
        row = histories.conversation(self.tx, conversation_id)
        if row is not None:
            if row.account_id != self.account_id:
                raise taken("conversation")
            return False
        inbox_id, contact_id = self._inbox(line.inbox), self._contact(line.contact)
        thread_id = self._thread(line, inbox_id, contact_id)
        is_open = line.status is not ConversationStatus.RESOLVED
        assignee = users.by_email(self.tx, line.assignee) if line.assignee else None
        histories.add_conversation(
            self.tx,
            id=conversation_id,
            account_id=self.account_id,
            inbox_id=inbox_id,
            thread_id=thread_id,
            contact_id=contact_id,
            status=line.status.value,
            resolution=None if is_open else (line.resolution or "unclassified"),
            assignee_id=None if assignee is None or assignee.account_id != self.account_id else assignee.id,
            priority=line.priority,
            topic=line.topic,
            snoozed_until=line.snoozed_until,
            unread=line.unread,
            read_seq=line.read_seq or 0,
            seen_seq=line.seen_seq,
            last_message_at=line.opened_at,
            opened_at=line.opened_at,
            resolved_at=None if is_open else (line.resolved_at or line.opened_at),
        )
        self._grow(conversation_id).is_read = line.read_seq is None and not line.unread
        self._fresh.add(conversation_id)
        return True

    def _thread(self, line: HistoryConversation, inbox_id: UUID, contact_id: UUID) -> UUID:
        said = line.address
        if said is not None:
            address = Address(said.scheme, said.value)
        else:
            rows = identities.of_contact(self.tx, self.account_id, contact_id)
            if not rows:
                raise Invalid(
                    "The contact has no address.", field="address", hint="Add the one it wrote from."
                )
            address = Address(rows[0].scheme, rows[0].address)
        keys = line.thread.keys or (key_of(address),)
        if line.status is not ConversationStatus.RESOLVED:
            self._refuse_second(inbox_id, keys)
        return histories.thread_of(
            self.tx,
            self.account_id,
            inbox_id,
            contact_id,
            thread_id=line.thread.id or self._id("thread", f"{inbox_id}\0{address.scheme}\0{address.value}"),
            keys=keys,
            address=address,
            at=line.opened_at,
        )

    def _refuse_second(self, inbox_id: UUID, keys: Sequence[str]) -> None:
        """Raises Conflict when the thread of these keys has an open conversation."""
        found = threads.look_up(self.tx, self.account_id, inbox_id, keys)
        if any(row.conversation_id is not None for row in found.values()):
            raise Conflict(
                "This contact has an open conversation there already.",
                field="status",
                hint="Resolve it first, or write status resolved.",
            )

    def _grow(self, conversation_id: UUID) -> Grown:
        found = self._grown.get(conversation_id)
        if found is None:
            row = histories.conversation(self.tx, conversation_id)
            if row is None or row.account_id != self.account_id:
                raise Invalid("There is no such conversation.", field="conversation", hint=_NOT_LATER)
            values = {name: getattr(row, name) for name in histories.GROWING}
            found = self._grown[conversation_id] = Grown(row, values)
        return found

    def _take_message(self, line: HistoryMessage) -> bool:
        message_id = self._id("message", line.id)
        home = self._messages.get(message_id)
        if home is not None and home.account_id != self.account_id:
            raise taken("message")
        grown = self._grow(self._id("conversation", line.conversation))
        source_id = line.source_id or (None if is_uuid(line.id) else line.id)
        if home is not None or self._has_come(grown.row.inbox_id, source_id):
            return False
        reply_to = self._id("message", line.reply_to) if line.reply_to else None
        if line.content.kind == "activity" and line.direction is not Direction.ACTIVITY:
            raise Invalid("An activity has the direction activity.", field="direction", hint="Change either.")
        self._messages[message_id] = histories.Home(self.account_id, grown.row.id, grown.row.inbox_id)
        grown.follow(line)
        seq = grown.values["last_seq"]
        self._rows.add(grown.row, line, message_id, seq, source_id=source_id, reply_to_id=reply_to)
        return True

    def _take_file(self, line: HistoryFile) -> bool:
        owner = self._files.get(line.id)
        if owner is not None:
            if owner != self.account_id:
                raise taken("file")
            return False
        message_id = self._id("message", line.message)
        home = self._messages.get(message_id)
        if home is None or home.account_id != self.account_id:
            raise Invalid("There is no such message.", field="message", hint=_NOT_LATER)
        note(self.tx, message_id, home, line, self.kept.get(line.id))
        self._files[line.id] = self.account_id
        return True

    def _has_come(self, inbox_id: UUID, source_id: str | None) -> bool:
        """Whether the inbox has the message by its provider's id, say because it came by the channel."""
        if source_id is None:
            return False
        if self._rows.has(inbox_id, source_id):
            return True
        ref = source_refs.find(self.tx, inbox_id, [source_id]).get(source_id)
        return ref is not None and ref.message_id is not None

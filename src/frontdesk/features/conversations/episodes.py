"""Finding the conversation a message belongs to: contact, thread, episode; opening, waking, reopening.

Whoever comes here holds the thread's lock before looking at its conversations, so there is one open
conversation per thread whatever happens at the same time.
"""

from dataclasses import dataclass
from uuid import UUID

from frontdesk.domain.consent import ConsentWords
from frontdesk.domain.conversation import ConversationStatus, ReopenPolicy
from frontdesk.domain.event import EventType
from frontdesk.domain.inbound import Address, Party
from frontdesk.kit.ids import uuid7
from frontdesk.store import conversations, identities, origins, threads
from frontdesk.store.tx import Row, Tx

NO_WORDS = ConsentWords()


@dataclass(frozen=True, slots=True)
class Desk:
    """The inbox that something came to."""

    account_id: UUID
    inbox_id: UUID
    name: str
    reopen_policy: ReopenPolicy
    channel: str = ""
    words: ConsentWords = NO_WORDS
    """By which customers take leave and come back."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Where a message goes."""

    conversation_id: UUID
    thread_id: UUID
    contact_id: UUID
    contact_name: str | None


def key_of(address: Address) -> str:
    """The key by which a thread is found through an address."""
    return f"{address.scheme}:{address.value}"


def find_or_open(
    tx: Tx,
    desk: Desk,
    party: Party,
    thread_key: str,
    answer_to: Address | None = None,
    *,
    incoming: bool = True,
) -> Episode:
    """The conversation for somebody's message, by whatever of contact, thread and episode must be made.

    A customer's message wakes a pending or snoozed conversation; for a resolved one the inbox's policy
    decides. What our own side wrote elsewhere (`incoming` false) changes no status.
    """
    contact_id = identities.find_or_create(tx, desk.account_id, party)
    thread_id = thread_of(tx, desk, party, thread_key, contact_id, answer_to)
    thread = threads.lock(tx, desk.account_id, thread_id)
    conversation_id = episode_of(tx, desk, thread, incoming=incoming)
    return Episode(conversation_id, thread_id, thread.contact_id, party.name)


def thread_of(  # noqa: PLR0917 - who, where, and where to answer
    tx: Tx,
    desk: Desk,
    party: Party,
    thread_key: str,
    contact_id: UUID,
    answer_to: Address | None = None,
) -> UUID:
    """The thread of a key; a contact's talk by address is one thread, whichever address it comes by."""
    account_id, inbox_id = desk.account_id, desk.inbox_id
    found = threads.find(tx, account_id, inbox_id, thread_key)
    if found is not None:
        return found
    own = {form for each in party.addresses for form in (key_of(each), each.value)}
    if thread_key in own:
        known = identities.of_contact(tx, account_id, contact_id)
        forms = {form for row in known for form in (f"{row.scheme}:{row.address}", row.address)}
        by_key = threads.look_up(tx, account_id, inbox_id, sorted(forms))
        mine = [row.thread_id for row in by_key.values() if row.contact_id == contact_id]
        mine = _of_the_same_origin(tx, account_id, party, mine)
        if mine:
            threads.add_key(tx, account_id, inbox_id, thread_key, min(mine))
            return UUID(bytes=min(mine).bytes)
    address = answer_to or party.addresses[0]
    return threads.find_or_create(
        tx, account_id, inbox_id, thread_key, contact_id=contact_id, address=address
    )


def _of_the_same_origin(tx: Tx, account_id: UUID, party: Party, thread_ids: list[UUID]) -> list[UUID]:
    """Of a merged contact's threads, those of the one whose address this is: undoing the merge parts them."""
    begun_by = origins.of_threads(tx, thread_ids)
    known = (origins.of_address(tx, account_id, address) for address in party.addresses)
    origin_id = next((each for each in known if each is not None), None)
    return [each for each in thread_ids if begun_by.get(each) == origin_id]


def episode_of(tx: Tx, desk: Desk, thread: Row, *, incoming: bool) -> UUID:
    """The conversation of a locked thread for a message; see `find_or_open`."""
    current = conversations.open_of_thread(tx, thread.id)
    if current is not None:
        if incoming and current.status != ConversationStatus.OPEN:
            _wake(tx, current, "message")
        found: UUID = current.id
        return found
    latest = conversations.latest_of_thread(tx, thread.id)
    if latest is None or (incoming and desk.reopen_policy is ReopenPolicy.NEXT):
        return open_next(tx, thread)
    if incoming:
        _wake(tx, latest, "message")
    last: UUID = latest.id
    return last


def open_next(tx: Tx, thread: Row) -> UUID:
    """Open the next conversation of a locked thread that has none open."""
    conversation_id = uuid7()
    begun_by = origins.of_threads(tx, [thread.id]).get(thread.id, thread.contact_id)
    conversations.open_next(
        tx,
        conversation_id=conversation_id,
        account_id=thread.account_id,
        inbox_id=thread.inbox_id,
        thread_id=thread.id,
        contact_id=begun_by,
    )
    tx.emit(
        thread.account_id,
        EventType.CONVERSATION_OPENED,
        conversation_id=conversation_id,
        subject_id=conversation_id,
        facts=conversations.facts(1),
    )
    return conversation_id


def _wake(tx: Tx, row: Row, reason: str) -> None:
    version = conversations.set_status(tx, row.id, ConversationStatus.OPEN)
    tx.emit(
        row.account_id,
        EventType.CONVERSATION_REOPENED,
        conversation_id=row.id,
        subject_id=row.id,
        facts=conversations.facts(version, was=row.status, reason=reason),
    )

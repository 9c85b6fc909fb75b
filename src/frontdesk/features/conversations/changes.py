"""What agents do with a conversation: assign, resolve, reopen, snooze, put on pending, read, star.

Each is a plain change under the locks of thread and conversation. What people should see in the timeline is
added as an activity, which is never sent out.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from frontdesk.domain.content import Activity, content_adapter
from frontdesk.domain.conversation import ConversationStatus, Resolution
from frontdesk.domain.errors import Conflict, ConversationResolved, Invalid, NotFound
from frontdesk.domain.event import EventType
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.domain.scope import Scope
from frontdesk.store import conversations, jobs, message_changes, threads, timeline, users
from frontdesk.store import messages as store_messages
from frontdesk.store.drafts import Draft
from frontdesk.store.tx import ReadTx, Row, Tx

WAKE_QUEUE = "wake"
MARK_QUEUE = "marks"
LONGEST_SNOOZE = timedelta(days=366)


def assign(tx: Tx, scope: Scope, conversation_id: UUID, assignee: UUID | Literal["me"] | None) -> None:
    """Give a conversation to an agent, or to nobody.

    "me" takes it only while nobody else has it: of many who try at once exactly one wins (G18). To take it
    from somebody, name yourself by id.

    Raises:
        NotFound: There is no such conversation.
        Invalid: There is no such agent.
        Conflict: Somebody else has it.
    """
    row = conversations.lock(tx, scope, conversation_id)
    if assignee == "me" and row.assignee_id not in (None, scope.user_id):
        raise Conflict(
            "Somebody else took this conversation already.",
            field="assignee_id",
            hint="Send your own id to take it over.",
        )
    agent = _agent(tx, scope, assignee)
    if row.assignee_id == (agent.id if agent else None):
        return
    version = conversations.assign(tx, conversation_id, agent.id if agent else None)
    facts = conversations.facts(
        version,
        assignee_id=str(agent.id) if agent else None,
        previous_id=str(row.assignee_id) if row.assignee_id else None,
    )
    _tell(tx, row, EventType.CONVERSATION_ASSIGNED, facts)
    text = f"Assigned to {agent.name}" if agent else "Assigned to nobody"
    _note(
        tx,
        scope,
        row,
        EventType.CONVERSATION_ASSIGNED,
        text=text,
        subject=agent.name if agent else None,
    )


def resolve(tx: Tx, scope: Scope, conversation_id: UUID, resolution: Resolution) -> None:
    """End the episode. A resolved one stays as it was resolved.

    Raises:
        NotFound: There is no such conversation.
    """
    row = _lock(tx, scope, conversation_id)
    if row.status == ConversationStatus.RESOLVED:
        return
    _note(tx, scope, row, EventType.CONVERSATION_RESOLVED, text="Resolved")
    version = conversations.set_status(
        tx, conversation_id, ConversationStatus.RESOLVED, resolution=resolution.value
    )
    facts = conversations.facts(version, resolution=resolution.value)
    _tell(tx, row, EventType.CONVERSATION_RESOLVED, facts)


def reopen(tx: Tx, scope: Scope, conversation_id: UUID) -> None:
    """Make a resolved, pending or snoozed conversation open again.

    Raises:
        NotFound: There is no such conversation.
        Conflict: The thread has a later open conversation; the message names it.
    """
    row = _lock(tx, scope, conversation_id)
    if row.status == ConversationStatus.OPEN:
        return
    current = conversations.open_of_thread(tx, row.thread_id)
    if current is not None and current.id != conversation_id:
        raise Conflict(f"The thread has a later open conversation: {current.id}.", hint="Go on in that one.")
    version = conversations.set_status(tx, conversation_id, ConversationStatus.OPEN)
    facts = conversations.facts(version, was=row.status, reason="agent")
    _tell(tx, row, EventType.CONVERSATION_REOPENED, facts)
    _note(tx, scope, row, EventType.CONVERSATION_REOPENED, text="Reopened")


def snooze(tx: Tx, scope: Scope, conversation_id: UUID, until: datetime) -> None:
    """Put a conversation aside until an instant; a message of the customer wakes it before.

    Raises:
        NotFound: There is no such conversation.
        Invalid: The instant is past, or more than a year away.
        ConversationResolved: It is resolved.
    """
    if not tx.now < until < tx.now + LONGEST_SNOOZE:
        raise Invalid("Must be in the future, at most a year from now.", field="until")
    row = _lock_unresolved(tx, scope, conversation_id)
    version = conversations.set_status(tx, conversation_id, ConversationStatus.SNOOZED, snoozed_until=until)
    facts = conversations.facts(version, until=until.isoformat())
    _tell(tx, row, EventType.CONVERSATION_SNOOZED, facts)
    _note(tx, scope, row, EventType.CONVERSATION_SNOOZED, text="Snoozed")
    payload = {"conversation": str(conversation_id), "until": until.isoformat()}
    jobs.enqueue(tx, WAKE_QUEUE, conversation_id, row.account_id, payload, run_at=until)


def wake(tx: Tx, scope: Scope, conversation_id: UUID, until: datetime) -> None:
    """Open a conversation that was snoozed until this instant; anything that happened since wins."""
    try:
        row = _lock(tx, scope, conversation_id)
    except NotFound:
        return
    if row.status != ConversationStatus.SNOOZED or row.snoozed_until != until:
        return
    version = conversations.set_status(tx, conversation_id, ConversationStatus.OPEN)
    facts = conversations.facts(version, was="snoozed", reason="time")
    _tell(tx, row, EventType.CONVERSATION_REOPENED, facts)


def put_on_pending(tx: Tx, scope: Scope, conversation_id: UUID) -> None:
    """Wait for somebody else; a message of the customer opens it again.

    Raises:
        NotFound: There is no such conversation.
        ConversationResolved: It is resolved.
    """
    row = _lock_unresolved(tx, scope, conversation_id)
    if row.status == ConversationStatus.PENDING:
        return
    version = conversations.set_status(tx, conversation_id, ConversationStatus.PENDING)
    _tell(tx, row, EventType.CONVERSATION_PENDING, conversations.facts(version))


def mark_read(tx: Tx, scope: Scope, conversation_id: UUID, seq: int | None, *, tell_provider: bool) -> None:
    """The agents have read up to `seq` (everything, if not said); it never goes back.

    Args:
        tx: The change.
        scope: Who asks.
        conversation_id: Which conversation.
        seq: Up to where.
        tell_provider: Whether the customer's provider takes read marks; then a job sends one.

    Raises:
        NotFound: There is no such conversation.
    """
    row = conversations.lock(tx, scope, conversation_id)
    read_seq = min(row.last_seq, row.last_seq if seq is None else seq)
    if read_seq <= row.read_seq and row.unread == 0:
        return
    if read_seq < row.read_seq:
        return
    version = conversations.mark_read(tx, conversation_id, read_seq)
    tx.emit(
        row.account_id,
        EventType.CONVERSATION_READ,
        conversation_id=row.id,
        subject_id=row.id,
        seq=read_seq,
        facts=conversations.facts(version),
    )
    if not tell_provider:
        return
    last = conversations.last_incoming(tx, conversation_id, read_seq)
    if last is not None and last.seq > row.read_seq:
        payload = {"conversation": str(conversation_id), "source_id": last.source_id}
        jobs.enqueue(tx, MARK_QUEUE, conversation_id, row.account_id, payload)


def star(tx: Tx, scope: Scope, message_id: UUID, *, starred: bool) -> None:
    """Set or take the star of a message; twice is once.

    Raises:
        NotFound: There is no such message.
    """
    place = timeline.place(tx, scope, message_id)
    conversations.lock_many(tx, [place.conversation_id])
    message = message_changes.lock(tx, message_id)
    if bool(message.starred) != starred:
        message_changes.star(tx, message, starred=starred)


def _agent(tx: ReadTx, scope: Scope, assignee: UUID | Literal["me"] | None) -> Row | None:
    if assignee is None:
        return None
    user_id = scope.user_id if assignee == "me" else assignee
    if user_id is None:
        raise Invalid("This token is nobody's, so there is no “me”.", field="assignee_id")
    try:
        agent = users.get(tx, scope, user_id)
    except NotFound:
        agent = None
    if agent is None or agent.disabled_at is not None:
        raise Invalid("The account has no such agent.", field="assignee_id")
    return agent


def _lock(tx: Tx, scope: Scope, conversation_id: UUID) -> Row:
    """Thread first, then conversation: whoever changes a status stands in line there."""
    place = conversations.visible(scope, conversations.place(tx, scope.account_id, conversation_id))
    threads.lock(tx, scope.account_id, place.thread_id)
    return conversations.lock(tx, scope, conversation_id)


def _lock_unresolved(tx: Tx, scope: Scope, conversation_id: UUID) -> Row:
    row = _lock(tx, scope, conversation_id)
    if row.status == ConversationStatus.RESOLVED:
        raise ConversationResolved("The conversation is resolved.", hint="Reopen it first.")
    return row


def _tell(tx: Tx, row: Row, event: EventType, facts: dict[str, object]) -> None:
    tx.emit(row.account_id, event, conversation_id=row.id, subject_id=row.id, facts=facts)


def _note(tx: Tx, scope: Scope, row: Row, event: EventType, *, text: str, subject: str | None = None) -> None:
    """Tell it in the timeline."""
    content = Activity(activity=event.value, subject_name=subject, text=text[:1024])
    author = Author(
        AuthorType.AGENT if scope.user_id else AuthorType.SYSTEM, scope.user_id or scope.actor_id, scope.name
    )
    draft = Draft(
        row.account_id,
        row.id,
        Direction.ACTIVITY,
        author,
        content.kind,
        content_adapter.dump_json(content, exclude_none=True).decode(),
        text[:200],
        expect_open=False,
    )
    store_messages.append(tx, [draft])
    conversations.keep_preview(tx, row)

"""Starting a conversation from our side: the open one of the thread, or the next, greeting first."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from frontdesk.domain.content import Text, content_adapter
from frontdesk.domain.conversation import ReopenPolicy
from frontdesk.domain.errors import Invalid, NotFound
from frontdesk.domain.inbound import Address, Party
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.domain.preview import preview_of
from frontdesk.domain.scope import Scope
from frontdesk.features.conversations import episodes, policy
from frontdesk.features.conversations.episodes import Desk
from frontdesk.features.conversations.sending import DELIVER_QUEUE
from frontdesk.features.conversations.standing import NONE, Standing, quiet_hours_of
from frontdesk.ports.channel import Channel
from frontdesk.store import accounts, contacts, conversations, identities, inboxes, opt_outs, threads
from frontdesk.store import messages as store_messages
from frontdesk.store.drafts import Draft
from frontdesk.store.tx import Row, Tx


@dataclass(frozen=True, slots=True)
class Invitation:
    """With whom to start: a known contact, or addresses that find or make one."""

    contact_id: UUID | None
    party: Party | None
    language: str | None = None


def start(
    tx: Tx,
    scope: Scope,
    channels: Mapping[str, Channel],
    inbox_id: UUID,
    invitation: Invitation,
    *,
    author: Author | None = None,
) -> UUID:
    """Open a conversation, or find the open one of the same thread; answers its id.

    Raises:
        Invalid: There is no such inbox or contact, or the contact has no address.
    """
    try:
        inbox = inboxes.get(tx, scope, inbox_id)
    except NotFound:
        raise Invalid("There is no such inbox.", field="inbox_id") from None
    desk = Desk(inbox.account_id, inbox.id, inbox.name, ReopenPolicy(inbox.reopen_policy))
    thread_id, language = _thread(tx, scope, desk, invitation)
    thread = threads.lock(tx, desk.account_id, thread_id)
    current = conversations.open_of_thread(tx, thread_id)
    if current is not None:
        found: UUID = current.id
        return found
    conversation_id = episodes.open_next(tx, thread)
    refused = opt_outs.of_thread(tx, thread_id)
    zone = inbox.time_zone or accounts.get(tx, scope).time_zone
    standing = Standing(refused, quiet_hours_of(inbox.settings, zone))
    greet(tx, inbox, channels, conversation_id, language, author=author, standing=standing)
    return conversation_id


def open_talk(tx: Tx, scope: Scope, inbox: Row, invitation: Invitation) -> UUID:
    """The open conversation with somebody in an inbox, or the next one; nothing is said in it.

    Raises:
        Invalid: There is no such contact, or it has no address.
    """
    desk = Desk(inbox.account_id, inbox.id, inbox.name, ReopenPolicy(inbox.reopen_policy))
    thread_id, _ = _thread(tx, scope, desk, invitation)
    thread = threads.lock(tx, desk.account_id, thread_id)
    current = conversations.open_of_thread(tx, thread_id)
    if current is None:
        return episodes.open_next(tx, thread)
    found: UUID = current.id
    return found


def greeting_of(inbox: Row, language: str | None) -> str | None:
    """The inbox's greeting in a language, in its main part, or by default."""
    greetings: dict[str, str] = inbox.greeting or {}
    for name in (language, (language or "").split("-")[0]):
        if name and greetings.get(name):
            return greetings[name]
    return greetings.get("default") or None


def greet(
    tx: Tx,
    inbox: Row,
    channels: Mapping[str, Channel],
    conversation_id: UUID,
    language: str | None,
    *,
    author: Author | None = None,
    standing: Standing = NONE,
) -> None:
    """Say the inbox's greeting, where the channel lets us speak first and the contact may be spoken to."""
    words, channel = greeting_of(inbox, language), channels.get(inbox.channel)
    if not words or channel is None:
        return
    if not policy.can_send(channel.capabilities, None, tx.now, standing=standing, automatic=True).free:
        return
    content = Text(body=words)
    draft = Draft(
        inbox.account_id,
        conversation_id,
        Direction.OUTGOING,
        author or Author(AuthorType.SYSTEM, None, inbox.name),
        content.kind,
        content_adapter.dump_json(content, exclude_none=True).decode(),
        preview_of(content),
        queue=DELIVER_QUEUE,
    )
    store_messages.append(tx, [draft])


def _thread(tx: Tx, scope: Scope, desk: Desk, invitation: Invitation) -> tuple[UUID, str | None]:
    if invitation.contact_id is not None:
        return _thread_of_contact(tx, scope, desk, invitation.contact_id, invitation.language)
    party, language = invitation.party, invitation.language
    if party is None or not party.addresses:
        raise Invalid("The contact has no address to write to.", field="contact")
    key = episodes.key_of(party.addresses[0])
    found = threads.find(tx, desk.account_id, desk.inbox_id, key)
    if found is not None:
        return found, language
    contact_id = identities.find_or_introduce(tx, desk.account_id, party, language=language)
    return episodes.thread_of(tx, desk, party, key, contact_id), language


def _thread_of_contact(
    tx: Tx, scope: Scope, desk: Desk, contact_id: UUID, language: str | None
) -> tuple[UUID, str | None]:
    try:
        contact = contacts.get(tx, scope, contact_id)
    except NotFound:
        raise Invalid("There is no such contact.", field="contact_id") from None
    known = threads.of_contact(tx, desk.account_id, desk.inbox_id, contact.id)
    if known:
        found: UUID = known[-1].id
        return found, language or contact.language
    rows = identities.of_contact(tx, desk.account_id, contact.id)
    rows = [row for row in rows if row.verified] or rows  # what a visitor typed is no address to write to
    if not rows:
        raise Invalid("The contact has no address to write to.", field="contact")
    party = Party(tuple(Address(row.scheme, row.address) for row in rows), contact.name)
    key = episodes.key_of(party.addresses[0])
    return episodes.thread_of(tx, desk, party, key, contact.id), language or contact.language

"""Visitors of the widget: who they are (proven or anonymous), what they write, what they have seen.

A visitor is known by their token only. An identity counts only with the account's signature over it, and
nothing that a visitor types finds or changes another contact.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SecretStr

from frontdesk.domain.attachment import refuse_infected
from frontdesk.domain.content import (
    MEDIA_KINDS,
    Contacts,
    Content,
    Interactive,
    Location,
    Reaction,
    Text,
    content_adapter,
)
from frontdesk.domain.errors import Invalid, NotFound, Unauthenticated, UnsupportedByChannel
from frontdesk.domain.inbound import Address, Party
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.domain.preview import preview_of
from frontdesk.domain.scope import Scope
from frontdesk.features.conversations import appending, episodes, statuses
from frontdesk.features.conversations.arrivals import file_of
from frontdesk.features.conversations.episodes import Desk
from frontdesk.store import attachments, contacts, conversations, identities, origins, threads, timeline
from frontdesk.store import messages as store_messages
from frontdesk.store.drafts import Draft
from frontdesk.store.tx import ReadTx, Row, Tx

ANONYMOUS_SCHEME = "web"
IDENTIFIED_SCHEME = "user"


class VisitorMessageCreate(BaseModel):
    """What a visitor writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content: Content
    reply_to_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody says of themselves. Only `identifier` can be proven; the rest is hearsay."""

    identifier: str | None = None
    proof: str | None = None
    name: str | None = None
    email: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a visit belongs to."""

    contact_id: UUID
    name: str | None
    verified: bool


def check_proof(claim: Claim, secret: SecretStr | None) -> bool:
    """Whether the claim names a proven identity; an anonymous one does not.

    Raises:
        Unauthenticated: It names one without (valid) proof, or the inbox has no secret to check it.
    """
    if claim.identifier is None:
        if claim.proof is not None:
            raise Unauthenticated("A proof without an identity proves nothing.")
        return False
    key = secret.get_secret_value().encode() if secret is not None else b""
    wanted = hmac.new(key, claim.identifier.encode(), hashlib.sha256).hexdigest()
    given = (claim.proof or "").encode("utf-8", "surrogatepass")
    if not key or not hmac.compare_digest(given, wanted.encode()):
        raise Unauthenticated("The identity is not proven: the hash is not the one of this identifier.")
    return True


def visit(tx: Tx, inbox: Row, claim: Claim, current: Scope | None, *, proven: bool) -> Visitor:
    """Who the visitor is: the proven identity, else whoever the token says, else somebody new."""
    account_id = inbox.account_id
    if proven and claim.identifier is not None:
        address = Address(IDENTIFIED_SCHEME, claim.identifier)
        party = Party((address,), claim.name)
        holder_id = identities.find_or_create(tx, account_id, party, language=claim.language, verified=True)
        contact_id = origins.of_address(tx, account_id, address) or holder_id
    elif current is not None and current.contact_id is not None:
        contact_id = current.contact_id
    else:
        party = Party((Address(ANONYMOUS_SCHEME, secrets.token_hex(16)),), claim.name)
        contact_id = identities.find_or_create(tx, account_id, party, language=claim.language)
    row = contacts.brief(tx, account_id, contact_id)
    if claim.name is not None and row.name is None:
        contacts.name(tx, account_id, contact_id, claim.name)
    if claim.email is not None:
        identities.attach(tx, account_id, contact_id, Address("email", claim.email.lower()), verified=False)
    return Visitor(contact_id, row.name or claim.name, bool(row.verified) and proven)


def conversation_of(tx: ReadTx, account_id: UUID, inbox_id: UUID, contact_id: UUID) -> Row | None:
    """The visitor's newest conversation."""
    known = threads.of_origin(tx, account_id, inbox_id, contact_id)
    return conversations.latest_of_thread(tx, known[-1].id) if known else None


def write(tx: Tx, scope: Scope, desk: Desk, create: VisitorMessageCreate) -> UUID:
    """Append what a visitor wrote, opening or reopening their conversation as needed; the message's id.

    Raises:
        UnsupportedByChannel: Visitors cannot write this kind.
        Invalid: The file, the quoted or the reacted message is not the visitor's to name.
    """
    contact_id = _contact_id(scope)
    _check_kind(create.content)
    thread = threads.lock(tx, desk.account_id, _thread_id(tx, desk, contact_id))
    conversation_id = episodes.episode_of(tx, desk, thread, incoming=True)
    content = _check_names(tx, scope, contact_id, conversation_id, create)
    draft = Draft(
        desk.account_id,
        conversation_id,
        Direction.INCOMING,
        Author(AuthorType.CONTACT, contact_id, contacts.brief(tx, desk.account_id, contact_id).name),
        content.kind,
        content_adapter.dump_json(content, exclude_none=True).decode(),
        preview_of(content),
        reply_to_id=create.reply_to_id,
    )
    appended = appending.accept(store_messages.append(tx, [draft])[0])
    appending.hang_on(tx, draft, content)
    return appended.id


def see(tx: Tx, scope: Scope, desk_inbox_id: UUID, seq: int) -> None:
    """The visitor has read their conversation up to `seq`."""
    row = conversation_of(tx, scope.account_id, desk_inbox_id, _contact_id(scope))
    if row is not None:
        statuses.see_up_to(tx, row.id, scope.account_id, min(seq, row.last_seq))


def _thread_id(tx: Tx, desk: Desk, contact_id: UUID) -> UUID:
    known = threads.of_origin(tx, desk.account_id, desk.inbox_id, contact_id)
    if known:
        found: UUID = known[-1].id
        return found
    rows = identities.of_contact(tx, desk.account_id, contact_id)
    own = [Address(row.scheme, row.address) for row in rows if row.verified]
    address = next((each for each in own if each.scheme in (IDENTIFIED_SCHEME, ANONYMOUS_SCHEME)), None)
    address = address or (own[0] if own else Address(ANONYMOUS_SCHEME, str(contact_id)))
    return threads.find_or_create(
        tx,
        desk.account_id,
        desk.inbox_id,
        episodes.key_of(address),
        contact_id=contact_id,
        address=address,
    )


def _check_kind(content: Content) -> None:
    chosen = isinstance(content, Interactive) and content.type.endswith("_reply")
    if content.kind in MEDIA_KINDS or chosen or isinstance(content, Text | Location | Contacts | Reaction):
        return
    raise UnsupportedByChannel(
        f"A visitor cannot write a message of kind {content.kind}.", field="content.kind"
    )


def _check_names(
    tx: Tx, scope: Scope, contact_id: UUID, conversation_id: UUID, create: VisitorMessageCreate
) -> Content:
    """Everything that the message names must be in the visitor's own conversation."""
    content, file = create.content, file_of(create.content)
    if file is not None:
        row = None
        if file.attachment_id is not None:
            row = _attachment(tx, scope, file.attachment_id)
        if row is None or row.created_by != contact_id or row.state != "stored":
            raise Invalid("There is no such uploaded file.", field="content.media.attachment_id")
        refuse_infected(row.scan)
        own = file.model_copy(
            update={"source_media_id": None, "url": None, "mime": row.mime, "size": row.size}
        )
        content = content.model_copy(update={"media": own})
    if create.reply_to_id is not None:
        _check_own(tx, scope, conversation_id, create.reply_to_id, "reply_to_id")
    if isinstance(content, Reaction):
        if content.target_id is None:
            raise Invalid("A reaction names the message it is about.", field="content.target_id")
        _check_own(tx, scope, conversation_id, content.target_id, "content.target_id")
        content = content.model_copy(update={"target_source_id": None})
    return content


def _attachment(tx: ReadTx, scope: Scope, attachment_id: UUID) -> Row | None:
    try:
        return attachments.get(tx, scope, attachment_id)
    except NotFound:
        return None


def _check_own(tx: ReadTx, scope: Scope, conversation_id: UUID, message_id: UUID, field: str) -> None:
    try:
        row = timeline.get(tx, scope, message_id)
    except NotFound:
        row = None
    if row is None or row.conversation_id != conversation_id or row.direction not in ("incoming", "outgoing"):
        raise Invalid("The conversation has no such message.", field=field)


def _contact_id(scope: Scope) -> UUID:
    if scope.contact_id is None:
        raise NotFound("There is no visitor here.")
    return scope.contact_id

"""Writing a message: checked against channel, window and caller, appended with its delivery, queued.

The plain text message is the hot path: no read of the database before its one append.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.domain.content import Content, Reaction, Template, Text, content_adapter
from frontdesk.domain.errors import IdempotencyMismatch, Invalid, NotAllowed
from frontdesk.domain.message import LONGEST_HOLD_SECONDS, Author, AuthorType, Direction
from frontdesk.domain.preview import preview_of
from frontdesk.domain.scope import Scope
from frontdesk.features.conversations import appending, authors, permits, policy, references, templating
from frontdesk.features.conversations.arrivals import files_of
from frontdesk.features.conversations.places import Place, Places
from frontdesk.features.conversations.reads import AuthorRead, MessageRead, ReplyRead
from frontdesk.features.conversations.views import Views
from frontdesk.kit.clock import utc_now
from frontdesk.ports.channel import Capabilities, Channel
from frontdesk.store import idempotency, timeline
from frontdesk.store import messages as store_messages
from frontdesk.store.drafts import Appended, Draft, Outcome, Repeated
from frontdesk.store.engine import Store
from frontdesk.store.idempotency import IdempotencyKey
from frontdesk.store.tx import ReadTx, Row, Tx

DELIVER_QUEUE = "deliver"


class AuthorCreate(BaseModel):
    """Who writes, if not simply the caller."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: AuthorType


class MessageCreate(BaseModel):
    """A message to send, or a note to keep."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content: Content
    reply_to_id: UUID | None = None
    direction: Literal["outgoing", "note"] = "outgoing"
    subtype: Literal["template", "canned_response"] | None = None
    canned_response_id: UUID | None = None
    author: AuthorCreate | None = None
    sent_by: str | None = Field(
        default=None, max_length=320, description="The agent, by id or e-mail; needed by tokens of nobody."
    )
    hold_seconds: int = Field(
        default=0,
        ge=0,
        le=LONGEST_HOLD_SECONDS,
        description="How long it can be taken back before it leaves.",
    )
    prefer_text: bool = Field(
        default=False,
        description="A template goes as plain text where free text may be sent now; it counts as saved.",
    )

    @property
    def saved(self) -> Template | None:
        """The template that goes as text."""
        return None

    def as_text(self, text: Text, template: Template) -> "MessageCreate":
        """The same, but as text instead of a template."""
        told = {name: getattr(self, name) for name in MessageCreate.model_fields}
        return _Saved.model_construct(**{**told, "content": text, "subtype": None, "template": template})


class _Saved(MessageCreate):
    """A template that goes as text. Made by us only; a private attribute would cost every message."""

    model_config = ConfigDict(defer_build=True)

    template: Template

    @property
    def saved(self) -> Template:
        """The template that goes as text."""
        return self.template


@dataclass(slots=True)
class _Extras:
    """What only some messages need to have read: agent, file, reply, the target of a reaction."""

    author: Author | None = None
    files: Mapping[UUID, Row] | None = None
    reply_to: ReplyRead | None = None


class Sender:
    """Writes messages into conversations.

    Args:
        store: Where.
        channels: By slug, for what they can send.
        views: How the answer looks.
        places: Which inbox a conversation is in.
    """

    def __init__(self, store: Store, channels: Mapping[str, Channel], views: Views, places: Places) -> None:
        self._store, self._channels, self._views, self._places = store, channels, views, places

    async def send(
        self, scope: Scope, conversation_id: UUID, create: MessageCreate, key: IdempotencyKey | None = None
    ) -> MessageRead:
        """Write one message; with a key, once.

        Raises:
            NotFound: The caller has no such conversation.
            ConversationResolved: It is resolved.
            NotAllowed: The policy forbids it now; the hint says what helps.
            UnsupportedByChannel: The channel has no such kind.
            Invalid: Something does not fit.
            Forbidden: The caller cannot write as whom the request says.
            IdempotencyMismatch: The key was used for something else.
        """
        place = await self._places.get(scope, conversation_id)
        author = authors.author_of(scope, create.author.type if create.author else None)
        try:
            place, create = await self._check(scope, conversation_id, place, create, author)
        except (NotAllowed, Invalid):
            row = None if key is None else await self._store.read(lambda tx: idempotency.find(tx, key))
            if row is not None:
                return await self._again(scope, conversation_id, create, author, row, key)
            raise
        extras = await self._read_extras(scope, place, conversation_id, create, author)
        draft = self._draft(scope, conversation_id, create, extras.author or author, key)
        outcome = await self._append(create, draft)
        if isinstance(outcome, Repeated):
            return await self._again(scope, conversation_id, create, author, outcome.row, key)
        appended = appending.accept(outcome)
        return self._read(draft, create.content, extras, appended.id, appended)

    async def _check(
        self,
        scope: Scope,
        conversation_id: UUID,
        place: Place,
        create: MessageCreate,
        author: Author | None,
    ) -> tuple[Place, MessageCreate]:
        policy.check_subtype(create.content, create.subtype, create.canned_response_id)
        if create.direction == "note":
            policy.check_note(create.content)
            return place, create
        capabilities = self._channels[place.channel].capabilities
        policy.check_content(capabilities, create.content)
        policy.check_hold(capabilities, create.content, create.hold_seconds)
        permit = permits.at(capabilities, place, utc_now(), author)
        if not permit.free or capabilities.leave_words or isinstance(create.content, Template):
            # What we remember may be old: the window moves on, and a word of leave counts at once.
            place = await self._places.get(scope, conversation_id, anew=True)
            permit = permits.at(capabilities, place, utc_now(), author)
        if templating.needs_look(permit, create.content):
            create = await self._store.read(lambda tx: _templated(tx, place, permit, capabilities, create))
        return place, create

    async def _read_extras(
        self,
        scope: Scope,
        place: Place,
        conversation_id: UUID,
        create: MessageCreate,
        author: Author | None,
    ) -> _Extras:
        named = authors.needs_agent(author, create.sent_by)
        files = files_of(create.content)
        if not (named or files or create.reply_to_id or isinstance(create.content, Reaction)):
            return _Extras()

        def query(tx: ReadTx) -> _Extras:
            extras = _Extras()
            if named and create.sent_by is not None:
                extras.author = authors.agent(tx, scope, create.sent_by)
            if create.reply_to_id is not None:
                extras.reply_to = references.answered(tx, scope, conversation_id, create.reply_to_id)
            if isinstance(create.content, Reaction):
                references.check_target(tx, scope, conversation_id, create.content)
            if files:
                extras.files = references.files(
                    tx, scope, files, create.content.kind, self._takes(place, create)
                )
            return extras

        return await self._store.read(query)

    def _takes(self, place: Place, create: MessageCreate) -> Capabilities | None:
        """What the channel can carry; None: a note goes nowhere."""
        return self._channels[place.channel].capabilities if create.direction == "outgoing" else None

    def _draft(
        self,
        scope: Scope,
        conversation_id: UUID,
        create: MessageCreate,
        author: Author | None,
        key: IdempotencyKey | None,
    ) -> Draft:
        if author is None:
            raise Invalid("An outgoing message needs an author.", field="sent_by")
        content = create.content
        outgoing = create.direction == "outgoing"
        return Draft(
            scope.account_id,
            conversation_id,
            Direction.OUTGOING if outgoing else Direction.NOTE,
            author,
            content.kind,
            content.model_dump_json(exclude_none=True),
            preview_of(content),
            context=_context(create),
            reply_to_id=create.reply_to_id,
            queue=DELIVER_QUEUE if outgoing else None,
            expect_open=outgoing,
            idempotency=key,
        )

    async def _append(self, create: MessageCreate, draft: Draft) -> Outcome:
        content = create.content
        if not isinstance(content, Reaction) and not files_of(content) and create.saved is None:
            return await self._store.append(draft)

        def change(tx: Tx) -> Outcome:
            outcome = store_messages.append(tx, [draft])[0]
            if isinstance(outcome, Appended):
                appending.hang_on(tx, draft, content)
            return outcome

        return await self._store.write(change)

    def _read(
        self,
        draft: Draft,
        content: Content,
        extras: _Extras,
        message_id: UUID,
        appended: Appended | Row,
    ) -> MessageRead:
        shown = content.model_dump(mode="json", exclude_none=True)
        author: AuthorRead = {
            "type": draft.author.type.value,
            "id": draft.author.id,
            "name": draft.author.name,
        }
        return self._views.created(
            message_id=message_id,
            conversation_id=draft.conversation_id,
            seq=appended.seq,
            created_at=appended.created_at,
            direction=draft.direction.value,
            author=author,
            content=self._views.content(draft.account_id, shown, extras.files or {}),
            is_sent=draft.queue is not None,
            reply_to=extras.reply_to,
            context=draft.context,
        )

    async def _again(  # noqa: PLR0917 - all that the first request said
        self,
        scope: Scope,
        conversation_id: UUID,
        create: MessageCreate,
        author: Author | None,
        row: Row,
        key: IdempotencyKey | None,
    ) -> MessageRead:
        """The answer of the first request with this key: the message as it was when it was written."""
        if key is None or row.route != key.route or bytes(row.body_hash) != key.body_hash:
            raise IdempotencyMismatch(
                "This Idempotency-Key was used before for another request.",
                hint="Use a new key for a new request.",
            )
        place = await self._places.get(scope, conversation_id)
        extras = await self._read_extras(scope, place, conversation_id, create, author)
        draft = self._draft(scope, conversation_id, create, extras.author or author, None)
        made = await self._store.read(lambda tx: timeline.get(tx, scope, row.result_id))
        content = content_adapter.validate_json(made.content) if create.prefer_text else create.content
        return self._read(replace(draft, context=made.context), content, extras, made.id, made)

    def compose(
        self, tx: ReadTx, scope: Scope, place: Place, conversation_id: UUID, create: MessageCreate
    ) -> tuple[Draft, Mapping[UUID, Row]]:
        """The draft of one message inside a larger change, checked like any other."""
        author = authors.author_of(scope, create.author.type if create.author else None)
        if authors.needs_agent(author, create.sent_by) and create.sent_by is not None:
            author = authors.agent(tx, scope, create.sent_by)
        policy.check_subtype(create.content, create.subtype, create.canned_response_id)
        attached, files = files_of(create.content), {}
        if create.direction == "note":
            policy.check_note(create.content)
        else:
            capabilities = self._channels[place.channel].capabilities
            policy.check_content(capabilities, create.content)
            policy.check_hold(capabilities, create.content, create.hold_seconds)
            permit = permits.at(capabilities, place, tx.now, author)
            if templating.needs_look(permit, create.content):
                create = _templated(tx, place, permit, capabilities, create)
        if create.reply_to_id is not None:
            references.answered(tx, scope, conversation_id, create.reply_to_id)
        if isinstance(create.content, Reaction):
            references.check_target(tx, scope, conversation_id, create.content)
        if attached:
            takes = self._takes(place, create)
            files = dict(references.files(tx, scope, attached, create.content.kind, takes))
        return self._draft(scope, conversation_id, create, author, None), files


def _templated(
    tx: ReadTx, place: Place, permit: policy.Permit, capabilities: Capabilities, create: MessageCreate
) -> MessageCreate:
    content = templating.checked(tx, place.account_id, place.inbox_id, permit, create.content)
    if create.prefer_text and isinstance(content, Template):
        text = templating.as_text(permit, capabilities, content)
        if text is not None:
            return create.as_text(text, content)
    return create if content is create.content else create.model_copy(update={"content": content})


def _context(create: MessageCreate) -> dict[str, Any] | None:
    context: dict[str, Any] = {}
    if create.saved is not None:
        context = {"saved_template": {"name": create.saved.name, "language": create.saved.language}}
    elif create.canned_response_id is not None:
        context = {"subtype": "canned_response", "canned_response_id": str(create.canned_response_id)}
    if create.hold_seconds and create.direction == "outgoing":
        context["hold_seconds"] = create.hold_seconds
    return context or None

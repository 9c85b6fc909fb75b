"""Messages that came in are appended; then what hangs on them: files, reactions, a first touch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from frontdesk.domain.content import MEDIA_KINDS, Content, Email, Media, Reaction, content_adapter
from frontdesk.domain.inbound import Address, MessageReceived
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.domain.preview import preview_of
from frontdesk.features.conversations import amendments, consents, echoes, episodes, joining
from frontdesk.features.conversations.episodes import Desk, Episode
from frontdesk.kit.ids import uuid7
from frontdesk.store import contacts, identities, jobs, media, notices, source_refs, threads
from frontdesk.store import messages as store
from frontdesk.store.drafts import Appended, Closed, Draft, Outcome
from frontdesk.store.tx import Row, Tx

MEDIA_QUEUE = "media"
_WITH_MORE = MEDIA_KINDS | {"reaction", "email"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and its own id, the same each time the same receipt is read."""

    id: UUID
    message: MessageReceived

    @property
    def source_id(self) -> str:
        """The provider's id, or one of ours where it gives none."""
        return self.message.source_id or f"desk:{self.id}"


@dataclass(slots=True)
class _Known:
    """What one read says about a batch, kept up to date while episodes are found for the rest."""

    threads: dict[str, Row]
    owners: dict[Address, Row]
    refs: dict[str, Row]
    found: dict[str, Episode] = field(default_factory=dict)
    batch: dict[str, UUID] = field(default_factory=dict)
    placed: dict[str, tuple[UUID, MessageReceived]] = field(default_factory=dict)

    def message(self, source_id: str | None) -> UUID | None:
        """Our message of a provider's id, known before or of this batch."""
        if source_id is None:
            return None
        ref = self.refs.get(source_id)
        return self.batch.get(source_id) if ref is None or ref.message_id is None else ref.message_id


def append(tx: Tx, desk: Desk, arrivals: Sequence[Arrival]) -> None:
    """Append messages in their order. Those that the inbox knows by their provider's id change nothing."""
    if not arrivals:
        return
    known = _look_up(tx, desk, arrivals)
    fresh = _fresh(arrivals, known)
    placed: list[tuple[Arrival, Draft, Episode]] = []
    for arrival in fresh:
        _join(tx, desk, arrival.message, known)
        if echoes.is_our_own(tx, desk, arrival.message, arrival.source_id, known.threads):
            continue
        episode = _hit(arrival.message, known) or _find(tx, desk, arrival.message, known)
        draft = _draft(desk, arrival, episode, known)
        known.batch[arrival.source_id] = draft.id
        if arrival.message.answers or arrival.message.topic is not None:
            known.placed[arrival.source_id] = (episode.thread_id, arrival.message)
        placed.append((arrival, draft, episode))
    outcomes = _append(tx, desk, placed)
    for (arrival, draft, episode), outcome in zip(placed, outcomes, strict=True):
        if isinstance(outcome, Appended):
            _hang_on(tx, desk, arrival, draft, episode)
    amendments.apply_waiting(tx, desk, [arrival.source_id for arrival, _, _ in placed])


def _look_up(tx: Tx, desk: Desk, arrivals: Sequence[Arrival]) -> _Known:
    messages = [arrival.message for arrival in arrivals]
    keys = sorted({message.thread_key for message in messages})
    several = [
        address
        for message in messages
        if len(message.party.addresses) > 1 or message.answers
        for address in message.party.addresses
    ]
    ids = {arrival.source_id for arrival in arrivals}
    for message in messages:
        if message.context.reply_to_source_id is not None:
            ids.add(message.context.reply_to_source_id)
        ids.update(answered.source_id for answered in message.answers)
        if isinstance(message.content, Reaction) and message.content.target_source_id is not None:
            ids.add(message.content.target_source_id)
    return _Known(
        threads.look_up(tx, desk.account_id, desk.inbox_id, keys),
        identities.owners(tx, desk.account_id, several),
        source_refs.find(tx, desk.inbox_id, sorted(ids)),
    )


def _fresh(arrivals: Sequence[Arrival], known: _Known) -> list[Arrival]:
    """Without what the inbox has already: a redelivery opens, wakes and reopens nothing."""
    out, seen = [], set()
    for arrival in arrivals:
        ref = known.refs.get(arrival.source_id)
        if arrival.source_id not in seen and (ref is None or ref.message_id is None):
            out.append(arrival)
        seen.add(arrival.source_id)
    return out


def _join(tx: Tx, desk: Desk, message: MessageReceived, known: _Known) -> None:
    """Let the thread that a message answers be found by the message's key."""
    if not message.answers or message.thread_key in known.threads:
        return
    if _owner(message, known) is None:
        known.owners |= identities.owners(tx, desk.account_id, message.party.addresses)
    thread_id = joining.thread_of_batch(message, known.placed) or joining.thread_of(
        tx, desk, message, known.refs, _owner(message, known)
    )
    if thread_id is not None:
        threads.add_key(tx, desk.account_id, desk.inbox_id, message.thread_key, thread_id)
        known.threads |= threads.look_up(tx, desk.account_id, desk.inbox_id, [message.thread_key])


def _owner(message: MessageReceived, known: _Known) -> UUID | None:
    """The contact whose address a message claims to be from."""
    row = known.owners.get(message.party.addresses[0]) if message.party.addresses else None
    return None if row is None else row.contact_id


def _hit(message: MessageReceived, known: _Known) -> Episode | None:
    """The open conversation of a known thread, if there is nothing to learn about the contact."""
    if message.thread_key in known.found:
        return known.found[message.thread_key]
    row = known.threads.get(message.thread_key)
    if row is None or row.conversation_id is None or row.status != "open":
        return None
    if row.contact_name is None and message.party.name is not None:
        return None
    if len(message.party.addresses) > 1 and any(
        address not in known.owners for address in message.party.addresses
    ):
        return None
    return Episode(row.conversation_id, row.thread_id, row.contact_id, row.contact_name)


def _find(tx: Tx, desk: Desk, message: MessageReceived, known: _Known) -> Episode:
    incoming = message.direction is Direction.INCOMING
    if isinstance(message.content, Reaction) and message.thread_key not in known.threads:
        _join_target(tx, desk, message, known)
    episode = episodes.find_or_open(
        tx, desk, message.party, message.thread_key, message.answer_to, incoming=incoming
    )
    if incoming:
        known.found[message.thread_key] = episode
    return episode


def _join_target(tx: Tx, desk: Desk, message: MessageReceived, known: _Known) -> None:
    """Let a reaction that does not know its thread find the one of the message it is about."""
    content = message.content
    target_id = known.message(content.target_source_id) if isinstance(content, Reaction) else None
    if target_id is not None:
        thread_id = threads.of_message(tx, desk.account_id, desk.inbox_id, target_id)
        if thread_id is not None:
            threads.add_key(tx, desk.account_id, desk.inbox_id, message.thread_key, thread_id)


def _draft(desk: Desk, arrival: Arrival, episode: Episode, known: _Known) -> Draft:
    message = arrival.message
    content = _own(message.content, known)
    incoming = message.direction is Direction.INCOMING
    name = message.author_name or message.party.name or episode.contact_name
    author = (
        Author(AuthorType.CONTACT, *_writer(message, episode, known, name))
        if incoming
        else Author(AuthorType.AGENT, None, desk.name)
    )
    return Draft(
        desk.account_id,
        episode.conversation_id,
        message.direction,
        author,
        content.kind,
        content_adapter.dump_json(content, exclude_none=True).decode(),
        preview_of(content),
        context=message.context.model_dump(mode="json", exclude_defaults=True) or None,
        reply_to_id=known.message(message.context.reply_to_source_id),
        source_id=arrival.source_id,
        sent_at=message.at,
        expect_open=incoming,
    )


def _writer(
    message: MessageReceived, episode: Episode, known: _Known, name: str | None
) -> tuple[UUID | None, str | None]:
    """The thread's contact; somebody else who answers into it is named by their address."""
    if not message.answers or _owner(message, known) == episode.contact_id:
        return episode.contact_id, name
    return None, f"{message.party.name or ''} <{message.party.addresses[0].value}>".strip()[:200]


def _own(content: Content, known: _Known) -> Content:
    """The content with our own ids beside the provider's."""
    if isinstance(content, Reaction):
        target_id = known.message(content.target_source_id)
        return content if target_id is None else content.model_copy(update={"target_id": target_id})
    file = file_of(content)
    if file is not None:
        return content.model_copy(update={"media": _named(file)})
    if isinstance(content, Email) and content.attachments:
        return content.model_copy(update={"attachments": tuple(map(_named, content.attachments))})
    return content


def _named(file: Media) -> Media:
    """A provider's file with an id of ours."""
    if file.attachment_id is None and (file.source_media_id or file.url):
        return file.model_copy(update={"attachment_id": uuid7()})
    return file


def file_of(content: Content) -> Media | None:
    """The file of a content that is one."""
    found: Media | None = getattr(content, "media", None) if content.kind in MEDIA_KINDS else None
    return found


def files_of(content: Content) -> tuple[Media, ...]:
    """All files of a content: its own, or those attached to a mail."""
    if isinstance(content, Email):
        return content.attachments
    file = file_of(content)
    return () if file is None else (file,)


def _append(tx: Tx, desk: Desk, placed: list[tuple[Arrival, Draft, Episode]]) -> list[Outcome]:
    """Append; what was resolved between our read and the lock goes by the inbox's policy once more."""
    outcomes = store.append(tx, [draft for _, draft, _ in placed])
    closed = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Closed)]
    for n in closed:
        arrival, draft, _ = placed[n]
        message = arrival.message
        episode = episodes.find_or_open(tx, desk, message.party, message.thread_key, message.answer_to)
        draft.conversation_id = episode.conversation_id
        placed[n] = (arrival, draft, episode)
        outcomes[n] = store.append(tx, [draft])[0]
    return outcomes


def _hang_on(tx: Tx, desk: Desk, arrival: Arrival, draft: Draft, episode: Episode) -> None:
    message = arrival.message
    consents.hear(tx, desk, message)
    if draft.kind in _WITH_MORE:
        content = content_adapter.validate_json(draft.content)
        for file in files_of(content):
            _note_file(tx, desk, draft, file)
        if isinstance(content, Reaction) and content.target_id is not None:
            amendments.react(tx, content.target_id, draft.author, content.emoji)
    if message.context.referral is not None and message.direction is Direction.INCOMING:
        touch = message.context.referral.model_dump(mode="json", exclude_none=True)
        if message.at is not None:
            touch["at"] = message.at.isoformat()
        contacts.remember_first_touch(tx, desk.account_id, episode.contact_id, touch)
    if message.context.errors:
        first = message.context.errors[0]
        notices.add(
            tx,
            desk.account_id,
            desk.inbox_id,
            arrival.id,
            "message_error",
            code=str(first.get("code", "")),
            title=str(first.get("title") or ""),
            detail={"message_id": str(draft.id), "errors": list(message.context.errors)},
        )


def _note_file(tx: Tx, desk: Desk, draft: Draft, file: Media) -> None:
    if file.attachment_id is None:
        return
    if file.source_media_id is None and file.url is None:
        media.link(tx, desk.account_id, file.attachment_id, draft.id, draft.conversation_id)
        return
    media.add(
        tx,
        file.attachment_id,
        account_id=desk.account_id,
        inbox_id=desk.inbox_id,
        conversation_id=draft.conversation_id,
        message_id=draft.id,
        sha256=file.sha256,
        mime=file.mime,
        filename=file.filename,
        size=file.size,
        source_media_id=file.source_media_id,
        source_url=file.url,
    )
    payload = {"attachment": str(file.attachment_id)}
    jobs.enqueue(tx, MEDIA_QUEUE, file.attachment_id, desk.account_id, payload)

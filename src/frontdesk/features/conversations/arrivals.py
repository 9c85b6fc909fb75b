"""Messages that came in are appended; then what hangs on them: files, reactions, a first touch."""

from collections.abc import Sequence
from uuid import UUID

from frontdesk.domain.content import MEDIA_KINDS, Content, Email, Media, Reaction, content_adapter
from frontdesk.domain.inbound import MessageReceived
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.domain.preview import preview_of
from frontdesk.features.conversations import amendments, belonging, consents, echoes, episodes
from frontdesk.features.conversations.belonging import Arrival, Known
from frontdesk.features.conversations.episodes import Desk, Episode
from frontdesk.kit.ids import uuid7
from frontdesk.store import contacts, jobs, media, notices
from frontdesk.store import messages as store
from frontdesk.store.drafts import Appended, Closed, Draft, Outcome
from frontdesk.store.tx import Tx

MEDIA_QUEUE = "media"
_WITH_MORE = MEDIA_KINDS | {"reaction", "email"}


def append(tx: Tx, desk: Desk, arrivals: Sequence[Arrival]) -> None:
    """Append messages in their order. Those that the inbox knows by their provider's id change nothing."""
    if not arrivals:
        return
    known = belonging.look_up(tx, desk, arrivals)
    placed: list[tuple[Arrival, Draft, Episode]] = []
    for arrival in belonging.fresh(arrivals, known):
        belonging.join(tx, desk, arrival.message, known)
        if echoes.is_our_own(tx, desk, arrival.message, arrival.source_id, known.threads):
            continue
        episode = belonging.episode(tx, desk, arrival.message, known)
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


def _draft(desk: Desk, arrival: Arrival, episode: Episode, known: Known) -> Draft:
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
    message: MessageReceived, episode: Episode, known: Known, name: str | None
) -> tuple[UUID | None, str | None]:
    """The thread's contact; somebody else who answers into it is named by their address."""
    if not message.answers or belonging.owner(message, known) == episode.contact_id:
        return episode.contact_id, name
    return None, f"{message.party.name or ''} <{message.party.addresses[0].value}>".strip()[:200]


def _own(content: Content, known: Known) -> Content:
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

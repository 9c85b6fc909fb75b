"""A message's content in our words: its text, and each of its attachments. Pure."""

from collections.abc import Callable
from typing import Any

from frontdesk.channels.messenger import payloads as p
from frontdesk.domain import content as c
from frontdesk.domain.foreign import MAX_WORDS, UNREADABLE, Raw, part


def read_contents(message: Raw) -> list[c.Content]:
    """What a message says: one content for its words or pressed quick reply, one for each attachment.

    A text beside a file is that file's caption.
    """
    text, found = message.get("text"), message.get("attachments")
    words = text if isinstance(text, str) and text else None
    pressed = part(message, "quick_reply").get("payload")
    files = [_attachment(each, message) for each in (found if isinstance(found, list) else ())]
    if isinstance(pressed, str):
        title = (words or pressed or "Chosen")[:MAX_WORDS]
        return [c.Interactive(type="button_reply", id=pressed[:MAX_WORDS], title=title), *files]
    if words is None:
        return files or [unsupported(message, None)]
    if files and isinstance(files[0], c.Image | c.Video | c.Document | c.Audio):
        return [files[0].model_copy(update={"caption": words}), *files[1:]]
    shared = [each for each in files if not isinstance(each, c.Text) or each.body not in words]
    return [c.Text(body=words, preview_url="://" in words), *shared]


def unsupported(raw: Raw, kind: str | None, reason: str | None = None) -> c.Unsupported:
    """Something kept whole because it is of no kind we know."""
    return c.Unsupported(
        source_kind=kind[:1024] if kind else None, reason=reason[:1024] if reason else None, raw=dict(raw)
    )


def _attachment(raw: Any, message: Raw) -> c.Content:
    kind = raw.get("type") if isinstance(raw, dict) else None
    try:
        told = p.Attachment.model_validate(raw)
        return _read(told, raw)
    except UNREADABLE as error:
        kept = raw if isinstance(raw, dict) else message
        return unsupported(kept, kind if isinstance(kind, str) else None, " ".join(str(error).split()))


def _read(told: p.Attachment, raw: Raw) -> c.Content:
    payload = told.payload or p.Payload()
    if told.type == "location" and payload.coordinates:
        point = payload.coordinates
        return c.Location(latitude=point.lat, longitude=point.long, name=told.title)
    if payload.url is None or told.type not in _FILES:
        return _shared(told, payload, raw)
    media = c.Media(url=payload.url)
    if payload.sticker_id is not None:
        return c.Sticker(media=media)
    return _FILES[told.type](media)


_FILES: dict[str, Callable[[c.Media], c.Content]] = {
    "image": lambda media: c.Image(media=media),
    "video": lambda media: c.Video(media=media),
    "audio": lambda media: c.Audio(media=media, voice=True),
    "file": lambda media: c.Document(media=media),
}


def _shared(told: p.Attachment, payload: p.Payload, raw: Raw) -> c.Content:
    """A link, a post, a reel, a mention in a story: its title and address, where it has one."""
    url = payload.url or told.url
    if told.type in _SHARED and url:
        title = told.title or payload.title
        return c.Text(body=f"{title}\n{url}" if title else url, preview_url=True)
    return unsupported(raw, told.type)


_SHARED = frozenset({"fallback", "share", "post", "reel", "ig_reel", "ig_post", "story_mention", "ig_story"})

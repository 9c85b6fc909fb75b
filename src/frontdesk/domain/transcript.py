"""What a message says in plain words, for places that show text only. Pure."""

from frontdesk.domain import content as c
from frontdesk.domain.preview import preview_of

MAX_WORDS = 3000
_MORE = "… (more at the desk)"
_FILES = (c.Image, c.Audio, c.Video, c.Document, c.Sticker)


def words_of(content: c.Content) -> str:
    """All the words of a text or mail, the caption and name of a file, else the line that lists show."""
    match content:
        case c.Text():
            return _cut(content.body)
        case c.Email():
            names = [each.filename or "a file" for each in content.attachments]
            files = [f"[{name}]" for name in names]
            return _cut(
                "\n".join(
                    part for part in (content.subject, content.own_text or content.text, *files) if part
                )
            )
        case c.Image() | c.Audio() | c.Video() | c.Document() | c.Sticker():
            said = getattr(content, "caption", None)
            file = (
                f"[{content.kind}: {content.media.filename}]"
                if content.media.filename
                else f"[{content.kind}]"
            )
            return _cut(f"{said}\n{file}" if said else file)
        case _:
            return preview_of(content)


def has_file(content: c.Content) -> bool:
    """Whether there is something to be seen at the desk only."""
    return isinstance(content, _FILES) or (isinstance(content, c.Email) and bool(content.attachments))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_WORDS else text[: MAX_WORDS - len(_MORE)] + _MORE

"""A Slack message's content in our words: its text, and each of its files. Pure."""

from typing import Any

from frontdesk.channels.slack.markup import readable
from frontdesk.channels.slack.payloads import Raw, cut, part, parts
from frontdesk.domain import content as c


def read_contents(message: Raw) -> list[c.Content]:
    """What a message says: one content for its text and first file, one more for each further file."""
    given = message.get("text")
    text = readable(given) if isinstance(given, str) else ""
    contents = [_file(each) for each in parts(message.get("files"))]
    if not contents:
        return [_words(text, message)]
    first = contents[0]
    if not text:
        return contents
    if isinstance(first, c.Image | c.Video | c.Document):
        return [first.model_copy(update={"caption": text[: c.MAX_TEXT]}), *contents[1:]]
    return [c.Text(body=text[: c.MAX_TEXT]), *contents]


def _words(text: str, message: Raw) -> c.Content:
    if text.strip():
        return c.Text(body=text[: c.MAX_TEXT])
    fallback = next((cut(each.get("fallback")) for each in parts(message.get("attachments"))), None)
    if fallback:
        return c.Text(body=readable(fallback))
    return c.Unsupported(source_kind=cut(message.get("subtype")) or "message", raw=message)


def _file(file: Raw) -> c.Content:
    """A file; one that Slack only points to is its link, one that it hides is told as such."""
    url = file.get("url_private_download") or file.get("url_private")
    mode = file.get("mode")
    if mode in ("tombstone", "hidden_by_limit") or not (isinstance(url, str) or file.get("id")):
        return c.Unsupported(source_kind="file", reason=cut(mode), raw=file)
    name = cut(file.get("name")) or cut(file.get("title"))
    if file.get("is_external") and isinstance(url, str):
        return c.Text(body=f"{name or 'File'}: {url}"[: c.MAX_TEXT])
    mime = cut(file.get("mimetype"))
    size = file.get("size")
    media = c.Media(
        source_media_id=cut(file.get("id")),
        url=url if isinstance(url, str) and url.startswith(("https://", "http://")) else None,
        mime=mime,
        filename=name,
        size=size if isinstance(size, int) and size >= 0 else None,
    )
    return _typed(media, mime or "", is_voice=file.get("subtype") == "slack_audio")


def _typed(media: c.Media, mime: str, *, is_voice: bool) -> c.Content:
    if is_voice:
        return c.Audio(media=media, voice=True)
    match mime.partition("/")[0]:
        case "image":
            return c.Image(media=media)
        case "video":
            return c.Video(media=media)
        case "audio":
            return c.Audio(media=media)
        case _:
            return c.Document(media=media)


def read_action(action: Raw) -> c.Content:
    """What was pressed or chosen in a message of the app's."""
    chosen = part(action.get("selected_option"))
    several = parts(action.get("selected_options"))
    options = [chosen] if chosen else several
    if options:
        titles = ", ".join(_label(each) for each in options)
        ids = ",".join(str(each.get("value") or "") for each in options)
        return c.Interactive(type="list_reply", id=ids[:1024], title=titles[:1024])
    value = _value(action)
    title = _label(action) or value
    return c.Interactive(type="button_reply", id=value, title=title)


def _value(action: Raw) -> str:
    """What stands behind an action, the chosen day or person where it has no value of its own."""
    names = ("value", "selected_date", "selected_time", "selected_user", "selected_channel", "action_id")
    values = (cut(action.get(name)) for name in names)
    return next((value for value in values if value), "action")


def _label(option: Raw) -> str:
    text: Any = part(option.get("text")).get("text")
    return cut(text) or cut(option.get("value")) or ""

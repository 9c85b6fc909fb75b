"""A message's content in our words: its text and each of its files, a place, a pressed button. Pure."""

from collections.abc import Mapping

from frontdesk.domain import content as c

Fields = Mapping[str, str]

_MOST_FILES = 10
_WIDEST, _LONGEST = 90.0, 180.0


def read_contents(fields: Fields) -> list[c.Content]:
    """What a message says: one content for its text and first file, one more for each further file."""
    text = fields.get("Body") or ""
    place = _place(fields, text)
    if place is not None:
        return [place]
    files = _files(fields)
    if files:
        return _with_words(files, text)
    choice = _choice(fields, text)
    if choice is not None:
        return [choice]
    if text:
        return [c.Text(body=text[: c.MAX_TEXT])]
    kind = fields.get("MessageType") or "empty"
    return [c.Unsupported(source_kind=kind[:1024], raw=dict(fields))]


def _with_words(files: list[c.Content], text: str) -> list[c.Content]:
    first = files[0]
    if not text:
        return files
    if isinstance(first, c.Image | c.Video | c.Document):
        return [first.model_copy(update={"caption": text[: c.MAX_TEXT]}), *files[1:]]
    return [c.Text(body=text[: c.MAX_TEXT]), *files]


def _files(fields: Fields) -> list[c.Content]:
    given = fields.get("NumMedia", "0")
    count = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    found = []
    for n in range(min(count, _MOST_FILES)):
        url = fields.get(f"MediaUrl{n}") or ""
        if url.startswith(("https://", "http://")) and len(url) <= 4096:
            found.append(_file(url, fields.get(f"MediaContentType{n}") or None))
    return found


def _file(url: str, mime: str | None) -> c.Content:
    media = c.Media(url=url, mime=mime[:1024] if mime else None)
    kind = (mime or "").partition(";")[0].strip().lower()
    match kind.partition("/")[0]:
        case "image":
            return c.Sticker(media=media) if kind == "image/webp" else c.Image(media=media)
        case "video":
            return c.Video(media=media)
        case "audio":
            return c.Audio(media=media, voice=kind == "audio/ogg")
        case _:
            return c.Document(media=media)


def _place(fields: Fields, text: str) -> c.Location | None:
    try:
        latitude, longitude = float(fields.get("Latitude") or "x"), float(fields.get("Longitude") or "x")
    except ValueError:
        return None
    if not (-_WIDEST <= latitude <= _WIDEST and -_LONGEST <= longitude <= _LONGEST):
        return None
    name = fields.get("Label") or text or None
    address = fields.get("Address") or None
    return c.Location(
        latitude=latitude,
        longitude=longitude,
        name=name[:1024] if name else None,
        address=address[:1024] if address else None,
    )


def _choice(fields: Fields, text: str) -> c.Content | None:
    """A pressed quick reply, or a chosen row, of a WhatsApp message."""
    if fields.get("ListId"):
        title = fields.get("ListTitle") or text or fields["ListId"]
        description = fields.get("ListDescription") or None
        return c.Interactive(
            type="list_reply",
            id=fields["ListId"][:1024],
            title=title[:1024],
            description=description[:1024] if description else None,
        )
    if fields.get("ButtonText") or fields.get("ButtonPayload"):
        payload = fields.get("ButtonPayload") or None
        words = fields.get("ButtonText") or text or payload or ""
        return c.Button(text=words[:1024], payload=payload[:1024] if payload else None)
    return None

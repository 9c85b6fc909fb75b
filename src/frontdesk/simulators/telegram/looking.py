"""How a message of Telegram's looks on a phone: its fields read into the common `Look`. Pure."""

from typing import Any, Literal

from frontdesk.simulators.base import Look, LookCard, LookChoice, LookFile, LookLink, LookPlace, PhoneMessage

_Kind = Literal["image", "audio", "video", "document", "sticker"]
FILE_FIELDS: dict[str, _Kind] = {
    "photo": "image",
    "video": "video",
    "animation": "video",
    "video_note": "video",
    "audio": "audio",
    "voice": "audio",
    "document": "document",
    "sticker": "sticker",
}


def look_of(message: PhoneMessage) -> Look:
    """The look of a message: its words, file, place, card and buttons."""
    body = message.body if isinstance(message.body, dict) else {}
    text = body.get("text") or body.get("caption") or ""
    field = next((name for name in FILE_FIELDS if body.get(name)), None)
    choices, links = _buttons(message, body) if message.sender == "business" else ((), ())
    if field is not None:
        return Look(text=text, files=(_file(field, body[field]),), choices=choices, links=links)
    if "contact" in body:
        card = body["contact"]
        name = f"{card.get('first_name', '')} {card.get('last_name', '')}".strip()
        return Look(cards=(LookCard(name or "Contact", str(card.get("phone_number", ""))),))
    if "venue" in body:
        venue = body["venue"]
        point = venue["location"]
        place = LookPlace(point["latitude"], point["longitude"], venue.get("title"), venue.get("address"))
        return Look(place=place)
    if "location" in body:
        return Look(place=LookPlace(body["location"]["latitude"], body["location"]["longitude"]))
    return Look(text=text or message.shown, choices=choices, links=links)


def _file(field: str, raw: Any) -> LookFile:
    told = raw[-1] if isinstance(raw, list) else raw
    return LookFile(
        FILE_FIELDS[field],
        id=told.get("file_id"),
        filename=told.get("file_name"),
        mime=told.get("mime_type") or ("image/jpeg" if field == "photo" else None),
    )


def _buttons(
    message: PhoneMessage, body: dict[str, Any]
) -> tuple[tuple[LookChoice, ...], tuple[LookLink, ...]]:
    rows = (body.get("reply_markup") or {}).get("inline_keyboard") or []
    buttons = [button for row in rows for button in row]
    choices = tuple(
        LookChoice(
            button["text"],
            {
                "type": "button_reply",
                "id": button["callback_data"],
                "title": button["text"],
                "reply_to": message.id,
            },
        )
        for button in buttons
        if button.get("callback_data")
    )
    links = tuple(LookLink(button["text"], button["url"]) for button in buttons if button.get("url"))
    return choices, links

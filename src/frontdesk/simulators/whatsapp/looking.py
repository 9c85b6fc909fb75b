"""How a message of Meta's looks on a phone: its object read into the common `Look`. Pure."""

from typing import Any

from frontdesk.simulators.base import Look, LookCard, LookChoice, LookFile, LookLink, LookPlace, PhoneMessage

_FILES = frozenset({"image", "audio", "video", "document", "sticker"})


def look_of(message: PhoneMessage) -> Look:
    """The look of a message; an odd body looks like its words."""
    body = message.body
    if message.type == "contacts":
        return Look(cards=tuple(_card(_object(card)) for card in _list(body)))
    if isinstance(body, dict):
        if message.type in _FILES:
            return _file(message.type, body)
        if message.type == "location":
            return _place(body, message.shown)
        if message.sender == "business" and message.type == "interactive":
            return _interactive(body)
    is_template = message.sender == "business" and message.type == "template"
    return Look(text=message.shown, choices=_quick_replies(_object(body)) if is_template else ())


def _file(kind: Any, body: dict[str, Any]) -> Look:
    file = LookFile(
        kind,
        id=_text(body.get("id")) or None,
        url=_text(body.get("link")) or None,
        filename=_text(body.get("filename")) or None,
        mime=_text(body.get("mime_type")) or None,
    )
    return Look(text=_text(body.get("caption")), files=(file,))


def _place(body: dict[str, Any], shown: str) -> Look:
    try:
        place = (float(body["latitude"]), float(body["longitude"]))
    except (KeyError, TypeError, ValueError):
        return Look(text=shown)
    return Look(place=LookPlace(*place, _text(body.get("name")) or None, _text(body.get("address")) or None))


def _card(card: dict[str, Any]) -> LookCard:
    name, company = _object(card.get("name")), _object(card.get("org")).get("company")
    ways = [
        *(_object(one).get("phone") for one in _list(card.get("phones"))),
        *(_object(one).get("email") for one in _list(card.get("emails"))),
        company,
    ]
    shown = _text(name.get("formatted_name")) or _text(name.get("first_name")) or "Contact"
    return LookCard(shown, next((_text(way) for way in ways if _text(way)), ""))


def _interactive(body: dict[str, Any]) -> Look:
    action = _object(body.get("action"))
    replies = [_object(_object(button).get("reply")) for button in _list(action.get("buttons"))]
    rows = [
        _object(row) for part in _list(action.get("sections")) for row in _list(_object(part).get("rows"))
    ]
    link = _object(action.get("parameters"))
    url = _text(link.get("url"))
    return Look(
        text=_text(_object(body.get("body")).get("text")),
        head=_text(_object(body.get("header")).get("text")),
        foot=_text(_object(body.get("footer")).get("text")),
        choices=(
            *(_choice("button_reply", reply) for reply in replies if reply),
            *(_choice("list_reply", row) for row in rows if row),
        ),
        links=(LookLink(_text(link.get("display_text")) or url, url),) if url else (),
    )


def _choice(kind: str, option: dict[str, Any]) -> LookChoice:
    told = {name: option[name] for name in ("id", "title", "description") if option.get(name) is not None}
    return LookChoice(_text(option.get("title")), {"type": kind, **told})


def _quick_replies(body: dict[str, Any]) -> tuple[LookChoice, ...]:
    found = []
    for component in map(_object, _list(body.get("components"))):
        if component.get("type") == "button" and component.get("sub_type") == "quick_reply":
            given = next(map(_object, _list(component.get("parameters"))), {})
            payload = _text(given.get("payload"))
            label = _text(given.get("text")) or payload or "Reply"
            found.append(LookChoice(label, {"type": "button", "text": label, "payload": payload or label}))
    return tuple(found)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return str(value) if isinstance(value, (str, int)) else ""

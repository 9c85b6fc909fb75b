"""What a phone shows of a message in one line of text. Pure."""

from typing import Any


def shown_text(kind: str, body: Any) -> str:
    """The words of a message: its text, caption, title or a name for what it is."""
    if not isinstance(body, dict):
        cards = [card.get("name") for card in body or () if isinstance(card, dict)]
        return ", ".join(str(name.get("formatted_name", "")) for name in cards if isinstance(name, dict))
    if kind == "location":
        return str(body.get("name") or f"{body.get('latitude')}, {body.get('longitude')}")
    if kind == "interactive":
        return _interactive(body)
    names = ("body", "caption", "filename", "text", "emoji")
    return str(next((body[name] for name in names if body.get(name)), ""))


def _interactive(body: dict[str, Any]) -> str:
    reply = body.get("button_reply") or body.get("list_reply") or body.get("nfm_reply")
    if isinstance(reply, dict):
        return str(reply.get("title") or reply.get("body") or "")
    text = body.get("body")
    return str(text.get("text", "")) if isinstance(text, dict) else ""

"""A WhatsApp message's content in our words. Pure.

What cannot be read raises one of `foreign.UNREADABLE`; the caller keeps the message as unsupported.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from frontdesk.channels.whatsapp import payloads as p
from frontdesk.domain import content as c

Raw = Mapping[str, Any]
Extra = dict[str, Any]
Read = tuple[c.Content, Extra | None]
"""The content, and what only the parser's output tells of it."""

_texts = TypeAdapter(c.Text)
_texts.rebuild(force=True)
_make_text = _texts.validator.validate_python
"""Makes a text without the detour through `__init__`: by far the most messages are texts."""
_HEX = re.compile(r"[0-9a-f]{64}")


def read_content(raw: Raw) -> Read:
    """The content of a message object, told apart by its `type`."""
    kind = raw.get("type")
    if kind == "text":
        return _make_text({"body": raw["text"]["body"]}), None
    if not isinstance(kind, str) or kind not in _READERS:
        return unsupported(raw, None), None
    return _READERS[kind](raw[kind])


def unsupported(raw: Raw, reason: str | None) -> c.Unsupported:
    """A message kept whole because it is of no kind we know, or says its kind in a way we cannot read."""
    kind = raw.get("type")
    told = raw.get("unsupported")
    if kind == "unsupported" and isinstance(told, dict) and isinstance(told.get("type"), str):
        kind = told["type"]
    return c.Unsupported(
        source_kind=kind[:1024] if isinstance(kind, str) else None,
        reason=reason[:1024] if reason else None,
        raw=dict(raw),
    )


def _file(media: p.Media) -> tuple[c.Media, Extra | None]:
    digest = _hex(media.sha256)
    stored = c.Media(
        source_media_id=media.id,
        url=media.url,
        mime=media.mime_type,
        filename=media.filename,
        sha256=digest,
    )
    return stored, None if media.sha256 in (None, digest) else {"sha256": media.sha256}


def _hex(digest: str | None) -> str | None:
    """Meta writes the hash of a file in base64; ours are hex. None when it is neither."""
    if digest is None or _HEX.fullmatch(digest):
        return digest
    try:
        plain = base64.b64decode(digest, validate=True)
    except (binascii.Error, ValueError):
        return None
    return plain.hex() if len(plain) == 32 else None


def _image(raw: Any) -> Read:
    media = p.Media.model_validate(raw)
    stored, extra = _file(media)
    return c.Image(media=stored, caption=media.caption), extra


def _video(raw: Any) -> Read:
    media = p.Media.model_validate(raw)
    stored, extra = _file(media)
    return c.Video(media=stored, caption=media.caption), extra


def _audio(raw: Any) -> Read:
    media = p.Media.model_validate(raw)
    stored, extra = _file(media)
    return c.Audio(media=stored, voice=bool(media.voice)), extra


def _document(raw: Any) -> Read:
    media = p.Media.model_validate(raw)
    stored, extra = _file(media)
    return c.Document(media=stored, caption=media.caption), extra


def _sticker(raw: Any) -> Read:
    media = p.Media.model_validate(raw)
    stored, extra = _file(media)
    return c.Sticker(media=stored, animated=bool(media.animated)), extra


def _location(raw: Any) -> Read:
    place = p.Location.model_validate(raw)
    if place.latitude is None or place.longitude is None:
        told = {"latitude": raw.get("latitude"), "longitude": raw.get("longitude")}
        told |= place.model_dump(include={"name", "address", "url"}, exclude_none=True)
        kept = unsupported({"type": "location", "location": dict(raw)}, "the coordinates cannot be read")
        return kept, {"kind": "location", "location": told}
    return (
        c.Location(
            latitude=place.latitude,
            longitude=place.longitude,
            name=place.name,
            address=place.address,
            url=place.url,
        ),
        None,
    )


def _contacts(raw: Any) -> Read:
    return c.Contacts(cards=tuple(_card(p.Card.model_validate(card)) for card in raw)), None


def _card(card: p.Card) -> c.ContactCard:
    name, org = card.name or p.CardName(), card.org or p.CardOrg()
    parts = [part for part in (name.first_name, name.middle_name, name.last_name) if part]
    phones = [phone for phone in card.phones or () if phone.phone or phone.wa_id]
    shown = name.formatted_name or " ".join(parts) or org.company
    return c.ContactCard(
        name=shown or next((phone.phone or "" for phone in phones), ""),
        first_name=name.first_name,
        last_name=name.last_name,
        company=org.company,
        department=org.department,
        title=org.title,
        birthday=card.birthday,
        phones=tuple(
            c.CardPhone(number=phone.phone or f"+{phone.wa_id}", type=phone.type, wa_id=phone.wa_id)
            for phone in phones
        ),
        emails=tuple(
            c.CardEmail(address=each.email, type=each.type) for each in card.emails or () if each.email
        ),
        urls=tuple(
            c.CardUrl(url=each.url, type=each.type)
            for each in card.urls or ()
            if each.url and _is_link(each.url)
        ),
        addresses=tuple(c.CardAddress(**each.model_dump()) for each in card.addresses or ()),
    )


def _is_link(url: str) -> bool:
    """A card's address may lack its scheme, but may not have one that a browser would run."""
    return not re.match(r"\s*(?!https?:)[a-z][a-z+.-]*:(?!\d)", url, re.IGNORECASE)


def _reaction(raw: Any) -> Read:
    reaction = p.Reaction.model_validate(raw)
    return c.Reaction(emoji=reaction.emoji or None, target_source_id=reaction.message_id), None


def _button(raw: Any) -> Read:
    button = p.Button.model_validate(raw)
    return c.Button(text=button.text or button.payload or "", payload=button.payload), None


def _order(raw: Any) -> Read:
    order = p.Order.model_validate(raw)
    items = tuple(
        c.OrderItem(
            sku=item.product_retailer_id or "",
            quantity=max(0, int(item.quantity)) if item.quantity is not None else 1,
            price=item.item_price,
            currency=item.currency,
        )
        for item in order.product_items or ()
    )
    return c.Order(catalog_id=order.catalog_id or "", text=order.text, items=items), None


def _interactive(raw: Any) -> Read:
    told = p.Interactive.model_validate(raw)
    if told.type == "button_reply" and told.button_reply:
        return _chosen("button_reply", told.button_reply), None
    if told.type == "list_reply" and told.list_reply:
        return _chosen("list_reply", told.list_reply), None
    if told.type == "nfm_reply" and told.nfm_reply:
        return _flow(told.nfm_reply), {"sub_kind": "nfm_reply"}
    inner = raw.get(told.type)
    title = inner.get("response") or inner.get("title") if isinstance(inner, dict) else None
    return (
        c.Interactive(
            type="other",
            title=title[:1024] if isinstance(title, str) else None,
            parameters=dict(raw),
        ),
        {"sub_kind": str(told.type)},
    )


def _chosen(kind: str, reply: p.Reply) -> c.Interactive:
    return c.Interactive(
        type="button_reply" if kind == "button_reply" else "list_reply",
        id=reply.id or reply.title or "",
        title=reply.title or reply.id or "",
        description=reply.description,
    )


def _flow(reply: p.FlowReply) -> c.Interactive:
    form: Any = reply.response_json
    if isinstance(form, str):
        try:
            form = json.loads(form)
        except (ValueError, RecursionError):
            form = None
    if not isinstance(form, dict):
        form = {"response_json": reply.response_json}
    return c.Interactive(type="flow_reply", body=reply.body, form=form)


_READERS: dict[str, Callable[[Any], Read]] = {
    "audio": _audio,
    "button": _button,
    "contacts": _contacts,
    "document": _document,
    "image": _image,
    "interactive": _interactive,
    "location": _location,
    "order": _order,
    "reaction": _reaction,
    "sticker": _sticker,
    "video": _video,
}

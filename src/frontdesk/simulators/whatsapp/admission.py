"""Whether a checked send may go: limits, price, the phone, its window, the files. Meta's refusals."""

from datetime import timedelta
from typing import Any

from frontdesk.simulators.whatsapp import templates
from frontdesk.simulators.whatsapp.checks import FREE_TYPES, MEDIA_TYPES
from frontdesk.simulators.whatsapp.errors import GraphError, wrong
from frontdesk.simulators.whatsapp.state import Business, Phone, State, digits
from frontdesk.simulators.whatsapp.wording import shown_text


def admit(
    state: State, business: Business, body: dict[str, Any]
) -> tuple[Phone, str, str, GraphError | None]:
    """The phone, the category it is priced as, the text it shows, and a refusal to be told later by hook.

    Raises GraphError for what is refused at once.
    """
    recipient = str(body.get("to") or body.get("recipient"))
    kind = str(body["type"])
    _check_rates(state, business, recipient)
    category, text = _price(business, body)
    phone, late_error = _reach(state, business, recipient, kind)
    _check_files(state, kind, body)
    return phone, category, text, late_error


def _check_rates(state: State, business: Business, recipient: str) -> None:
    settings, now, recent = state.settings, state.now(), business.recent_sends
    phone = state.phone_of(recipient)
    if settings.pair_seconds and phone:
        last = phone.last_sent_to.get(business.id)
        if last and (now - last).total_seconds() < settings.pair_seconds:
            raise GraphError(131056, "Too many messages sent from this phone number to the same phone number")
    if settings.messages_per_second:
        while recent and now - recent[0] >= timedelta(seconds=1):
            recent.popleft()
        if len(recent) >= settings.messages_per_second:
            raise GraphError(
                130429, "Message failed to send because there were too many messages sent", retry_after=1
            )
        recent.append(now)
    if phone:
        phone.last_sent_to[business.id] = now


def _price(business: Business, body: dict[str, Any]) -> tuple[str, str]:
    kind = str(body["type"])
    if kind != "template":
        return "service", shown_text(kind, body[kind])
    found, text = templates.fill(business.templates, body["template"])
    return str(found["category"]).lower(), text


def _reach(state: State, business: Business, recipient: str, kind: str) -> tuple[Phone, GraphError | None]:
    """The phone, and the refusal to report later if refusals come by hook."""
    if digits(recipient) == digits(business.address):
        raise GraphError(131021, "Recipient phone number is the same as the sender")
    phone = state.phone_of(recipient)
    error: GraphError | None = None
    if phone is None and "." not in recipient and state.settings.unknown_phones == "create":
        phone = state.add_phone(recipient)
        phone.last_written[business.id] = state.now()
        state.show_phone(phone)
    if phone is None or phone.is_blocked:
        error = GraphError(131026, "Message Undeliverable.")
        phone = phone or Phone(digits(recipient), recipient, user_id=recipient)
    elif state.settings.enforce_window and kind in FREE_TYPES and not state.is_window_open(business, phone):
        error = GraphError(
            131047,
            "Message failed to send because more than 24 hours have passed since the customer last "
            "replied to this number.",
        )
    if error is not None and state.settings.refuse_by == "answer":
        raise error
    return phone, error


def _check_files(state: State, kind: str, body: dict[str, Any]) -> None:
    if kind == "reaction" and not _known(state, body[kind]["message_id"]):
        raise wrong("Param reaction['message_id'] is not the id of a message of this conversation.")
    if kind not in MEDIA_TYPES or "id" not in body[kind]:
        return
    media = state.files.get(str(body[kind]["id"]))
    if media is None:
        title = f"Param {kind}['id'] is not a valid whatsapp business account media attachment ID"
        raise GraphError(100, title=title)
    family = media.mime.split("/")[0]
    expected = {"document": family, "sticker": "image"}.get(kind, kind)
    if family != expected or (kind == "sticker") != (media.mime == "image/webp"):
        raise GraphError(131053, f"The file is of type {media.mime} and cannot be sent as {kind}.")


def _known(state: State, message_id: str) -> bool:
    return any(phone.find(message_id) for phone in state.phones.values())

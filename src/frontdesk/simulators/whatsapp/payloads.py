"""The JSON of Meta's hooks: changes, statuses and messages, and how several go into one request. Pure.

Source: developers.facebook.com, WhatsApp Business Platform, "messages webhook reference" (2026).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from frontdesk.simulators.base import Hook, PhoneMessage
from frontdesk.simulators.whatsapp.state import Business, Phone


def metadata(business: Business) -> dict[str, Any]:
    """What every value begins with."""
    return {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": business.address,
            "phone_number_id": business.id,
        },
    }


def contact_of(phone: Phone) -> dict[str, Any]:
    """The customer as a hook names them; without the number when they hide it."""
    contact: dict[str, Any] = {"profile": {"name": phone.name}, "user_id": phone.user_id}
    return contact if phone.hides_number else contact | {"wa_id": phone.wa_id}


def message_change(
    business: Business, phone: Phone, message: dict[str, Any], on_taken: Callable[[], None] | None
) -> Hook:
    """A message from a phone. `message` has its id, time, type and body; who wrote it is added here."""
    sender = {"from_user_id": phone.user_id} if phone.hides_number else {"from": phone.wa_id}
    if not phone.hides_number:
        sender["from_user_id"] = phone.user_id
    value = metadata(business) | {"contacts": [contact_of(phone)], "messages": [sender | message]}
    return _hook(business, phone, message["id"], value, on_taken)


def system_change(business: Business, phone: Phone, message: dict[str, Any]) -> Hook:
    """A notice about a phone, such as a new number; Meta sends no contacts with it."""
    value = metadata(business) | {"messages": [{"from": phone.wa_id} | message]}
    return _hook(business, phone, message["id"], value)


def status_change(
    business: Business,
    phone: Phone,
    message: PhoneMessage,
    status: str,
    at: datetime,
) -> Hook:
    """What became of a message to a phone."""
    told: dict[str, Any] = {"id": message.id, "status": status, "timestamp": seconds(at)}
    told["recipient_id"] = phone.user_id if phone.hides_number else phone.wa_id
    told["recipient_user_id"] = phone.user_id
    told |= terms_at(message.facts, status)
    if message.error is not None:
        told["errors"] = [message.error]
    value = metadata(business) | {"contacts": [contact_of(phone)], "statuses": [told]}
    return _hook(business, phone, f"{message.id}:{status}", value)


def _hook(
    business: Business,
    phone: Phone,
    about: str,
    value: dict[str, Any],
    on_taken: Callable[[], None] | None = None,
) -> Hook:
    """A change of the field `messages`, of an account, about one phone."""
    told = {"account": business.waba_id, "change": {"value": value, "field": "messages"}}
    return Hook(business.id, phone.id, (about,), told, on_taken)


def terms_of(
    category: str, conversation_id: str, at: datetime, *, is_free_entry: bool, is_answer: bool
) -> dict[str, Any]:
    """Conversation and pricing of a message: priced each, free for service and for utility answers."""
    is_free = is_free_entry or category == "service" or (category == "utility" and is_answer)
    origin = "referral_conversion" if is_free_entry else category
    kind = "free_entry_point" if is_free_entry else "free_customer_service" if is_free else "regular"
    return {
        "conversation": {
            "id": conversation_id,
            "expiration_timestamp": seconds(at + timedelta(hours=24)),
            "origin": {"type": origin},
        },
        "pricing": {"billable": not is_free, "pricing_model": "PMP", "category": origin, "type": kind},
    }


def terms_at(terms: dict[str, Any], status: str) -> dict[str, Any]:
    """What of them a status tells: only `sent` when the conversation ends, `read` and `failed` neither."""
    told = dict(terms)
    if status in {"read", "failed"}:
        told.pop("conversation", None)
        told.pop("pricing", None)
    elif status != "sent" and "conversation" in told:
        told["conversation"] = {
            name: value for name, value in told["conversation"].items() if name != "expiration_timestamp"
        }
    return told


def seconds(at: datetime) -> str:
    """A time as Meta writes it."""
    return str(int(at.timestamp()))


def envelope(hooks: Sequence[Hook], shape: str) -> dict[str, Any]:
    """One request body of several changes.

    Shapes: an entry each; one entry per account with a change each; or values of one number merged, so that
    one value carries several messages and statuses.
    """
    entries: list[dict[str, Any]] = []
    for hook in hooks:
        account, told = hook.value["account"], hook.value["change"]
        last = entries[-1] if entries and entries[-1]["id"] == account else None
        if shape == "entries" or last is None:
            entries.append({"id": account, "changes": [told]})
        elif shape == "values" and _can_merge(last["changes"][-1], told):
            last["changes"][-1] = _merged(last["changes"][-1], told)
        else:
            last["changes"].append(told)
    return {"object": "whatsapp_business_account", "entry": entries}


def _can_merge(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return bool(
        first["field"] == second["field"]
        and first["value"].get("metadata") == second["value"].get("metadata")
    )


def _merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    value = dict(first["value"])
    for name in ("contacts", "messages", "statuses", "errors"):
        items = [*value.get(name, []), *second["value"].get(name, [])]
        if name == "contacts":
            items = list({str(item.get("user_id") or item.get("wa_id")): item for item in items}.values())
        if items:
            value[name] = items
    return {"value": value, "field": first["field"]}

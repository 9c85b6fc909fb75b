"""What sending into a conversation costs: by the operator's price list, and as the provider charged last."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from typing_extensions import TypedDict

from frontdesk.domain.price import PriceList
from frontdesk.domain.template import MessageTemplate
from frontdesk.features.conversations.templating import offered
from frontdesk.kit.phone import region_of
from frontdesk.ports.channel import Channel
from frontdesk.store import costs
from frontdesk.store.tx import ReadTx, Row

SERVICE = "service"
"""How price lists call free messages where a window is needed for them."""


class EstimateRead(TypedDict):
    """What one message of a category costs by the inbox's price list."""

    category: str | None
    amount: str
    currency: str


class ChargeRead(TypedDict):
    """What the provider said of the last message of this conversation; nulls where it said nothing."""

    amount: str | None
    currency: str | None
    category: str | None
    billable: bool | None
    at: datetime


class PriceRead(TypedDict):
    """What is known of the price of a message. `free` null: unknown; `templates` tells the known categories.

    `country` is the one of the customer's number, else the one of the contact; it chooses in the price list.
    """

    country: str | None
    free: EstimateRead | None
    templates: list[EstimateRead]
    last_charged: ChargeRead | None


def price_of(tx: ReadTx, place: Row, channel: Channel | None, templates: list[MessageTemplate]) -> PriceRead:
    """What is known of the price of a message in a conversation, of `store.conversations.place`."""
    told = ((place.inbox_settings or {}).get("sending") or {}).get("prices")
    prices = PriceList.model_validate(told) if told else None
    country = _country(costs.whose(tx, place.thread_id))
    windowed = channel is not None and channel.capabilities.window_seconds is not None
    categories = sorted({each.category.lower() for each in offered(templates) if each.category})
    known = [_estimate(prices, country, category) for category in categories]
    return {
        "country": country,
        "free": _estimate(prices, country, SERVICE if windowed else None),
        "templates": [each for each in known if each is not None],
        "last_charged": _charge(costs.last_of(tx, place.id)),
    }


def _country(rows: list[Row]) -> str | None:
    """By the thread's own number, another number of the contact, or what is written of the contact."""
    for row in rows:
        found = region_of(row.address) if row.scheme == "phone" else None
        if found is not None:
            return found
    return rows[0].country if rows else None


def _estimate(prices: PriceList | None, country: str | None, category: str | None) -> EstimateRead | None:
    amount: Decimal | None = None if prices is None else prices.find(country, category)
    if prices is None or amount is None:
        return None
    return {"category": category, "amount": f"{amount:f}", "currency": prices.currency}


def _charge(row: Row | None) -> ChargeRead | None:
    if row is None:
        return None
    told: dict[str, Any] = row.pricing
    return {
        "amount": told.get("amount"),
        "currency": told.get("currency"),
        "category": told.get("category"),
        "billable": told.get("billable"),
        "at": row.sent_at or row.created_at,
    }

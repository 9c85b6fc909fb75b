"""What messages in Meta's hooks carry, part by part: unknown fields are let through, missing ones are None.

Real hooks hold less and more than the pages say, so the frame around the messages is walked as plain JSON and
each part is checked on its own: one that cannot be read spoils nothing beside it.
Source: developers.facebook.com, WhatsApp Business Platform, "Webhooks reference" (2026).
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, JsonValue

from frontdesk.domain.foreign import Part, WebAddress, Words

MAX_ID = 512
"""Characters of an id; Meta's have 20 to 120. What is longer would not fit an index."""
_MILLISECONDS_FROM = 100_000_000_000


def read_time(value: Any) -> datetime | None:
    """Epoch seconds (milliseconds where Meta forgets itself) as aware UTC; None when unreadable."""
    try:
        return _time(value)
    except TypeError:
        return None


@lru_cache(maxsize=1024)
def _time(value: Any) -> datetime | None:
    """Remembered, because under load many messages share a second."""
    try:
        seconds = int(value)
        return datetime.fromtimestamp(seconds if seconds < _MILLISECONDS_FROM else seconds / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _number_or_none(value: object) -> object:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) else None


Id = Annotated[str, Field(min_length=1, max_length=MAX_ID)]
Number = Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, BeforeValidator(_number_or_none)]


class Media(Part):
    """A file in a message; its hash is base64."""

    id: str | None = None
    url: WebAddress = None
    mime_type: Words = None
    sha256: Words = None
    caption: str | None = None
    filename: Words = None
    voice: bool | None = None
    animated: bool | None = None


class Location(Part):
    """A pin or a place."""

    latitude: Number = None
    longitude: Number = None
    name: Words = None
    address: Words = None
    url: WebAddress = None


class CardName(Part):
    """The name on a contact card."""

    formatted_name: Words = None
    first_name: Words = None
    last_name: Words = None
    middle_name: Words = None


class CardOrg(Part):
    """The company on a contact card."""

    company: Words = None
    department: Words = None
    title: Words = None


class CardPhone(Part):
    """A number on a contact card."""

    phone: Words = None
    type: Words = None
    wa_id: Words = None


class CardEmail(Part):
    """A mail address on a contact card."""

    email: Words = None
    type: Words = None


class CardUrl(Part):
    """A web address on a contact card."""

    url: Words = None
    type: Words = None


class CardAddress(Part):
    """A postal address on a contact card."""

    street: Words = None
    city: Words = None
    state: Words = None
    zip: Words = None
    country: Words = None
    country_code: Words = None
    type: Words = None


class Card(Part):
    """A contact card."""

    name: CardName | None = None
    org: CardOrg | None = None
    birthday: Words = None
    phones: list[CardPhone] | None = None
    emails: list[CardEmail] | None = None
    urls: list[CardUrl] | None = None
    addresses: list[CardAddress] | None = None


class Reaction(Part):
    """An emoji on a message; none or an empty one takes it back."""

    message_id: Id
    emoji: str | None = None


class Reply(Part):
    """A pressed button or a chosen row."""

    id: Words = None
    title: Words = None
    description: Words = None


class FlowReply(Part):
    """A submitted form, as JSON in a text."""

    name: Words = None
    body: str | None = None
    response_json: str | dict[str, JsonValue] | None = None


class Interactive(Part):
    """What was chosen; other types than these stand in the raw object under their name."""

    type: str | None = None
    button_reply: Reply | None = None
    list_reply: Reply | None = None
    nfm_reply: FlowReply | None = None


class Button(Part):
    """A template's quick reply."""

    text: Words = None
    payload: Words = None


class Product(Part):
    """One line of an order."""

    product_retailer_id: Words = None
    quantity: Number = None
    item_price: Number = None
    currency: Words = None


class Order(Part):
    """A cart."""

    catalog_id: Words = None
    text: str | None = None
    product_items: list[Product] | None = None


class System(Part):
    """A notice about the customer: a new number, a new user id, a changed identity."""

    type: Words = None
    body: Words = None
    wa_id: Words = None
    new_wa_id: Words = None
    user_id: Words = None
    previous_user_id: Words = None
    customer: Words = None


class Amendment(Part):
    """An edit (with the message as it is now) or a revocation."""

    original_message_id: Id
    message: dict[str, Any] | None = None


class ReferredProduct(Part):
    """The product a question is about."""

    catalog_id: Words = None
    product_retailer_id: Words = None


class Context(Part):
    """What a message answers, and whether it was forwarded."""

    id: str | None = None
    forwarded: bool | None = None
    frequently_forwarded: bool | None = None
    referred_product: ReferredProduct | None = None


class Referral(Part):
    """The ad or post that led here."""

    source_id: Words = None
    source_type: Words = None
    source_url: WebAddress = None
    headline: str | None = None
    body: str | None = None
    media_type: Words = None
    image_url: WebAddress = None
    video_url: WebAddress = None
    thumbnail_url: WebAddress = None
    ctwa_clid: Words = None

"""What a message says: the closed union of content kinds, told apart by `kind`. Pure data, no I/O.

Every kind that a provider has fits one of these; what fits none is `Unsupported` with the raw payload,
never dropped.
"""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, model_validator

MAX_TEXT = 65_536
"""Characters of one text. A channel's own, smaller limit is in its capabilities."""


def _no_nul(value: str) -> str:
    if "\x00" in value:
        msg = "must not contain the NUL character (U+0000); remove it"
        raise ValueError(msg)
    return value


def _no_script(value: str) -> str:
    """Refuses addresses that a browser would run or read from its own machine."""
    bare = "".join(character for character in value if character > " ").lower()
    if bare.startswith(("javascript:", "vbscript:", "data:", "file:", "blob:")):
        msg = "must be a web address"
        raise ValueError(msg)
    return value


Str = Annotated[str, AfterValidator(_no_nul)]
LongStr = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_no_nul)]
ShortStr = Annotated[str, Field(max_length=1024), AfterValidator(_no_nul)]
UrlStr = Annotated[str, Field(max_length=4096), AfterValidator(_no_nul), AfterValidator(_no_script)]


# numbers and truth are not read out of texts: what the document refuses is refused
Int = Annotated[int, Field(strict=True)]
Float = Annotated[float, Field(strict=True)]
Bool = Annotated[bool, Field(strict=True)]


class ContentModel(BaseModel):
    """Base of all content: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Media(ContentModel):
    """A file: ours by `attachment_id` once stored, the provider's by `source_media_id` or `url` before.

    `content_id` is what a mail's HTML names it by, `size` is in bytes, `sha256` hex as the provider gives it
    (base64 is converted by the channel).
    """

    attachment_id: UUID | None = None
    source_media_id: ShortStr | None = None
    url: UrlStr | None = None
    mime: ShortStr | None = None
    filename: ShortStr | None = None
    content_id: ShortStr | None = None
    size: Int | None = Field(default=None, ge=0)
    sha256: ShortStr | None = None


class Text(ContentModel):
    """Plain text, byte-exact."""

    kind: Literal["text"] = "text"
    body: Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_no_nul)]
    preview_url: Bool = False


class Image(ContentModel):
    """A picture with an optional caption."""

    kind: Literal["image"] = "image"
    media: Media
    caption: LongStr | None = None


class Audio(ContentModel):
    """Sound with an optional caption; `voice` marks a voice note recorded in the app."""

    kind: Literal["audio"] = "audio"
    media: Media
    voice: Bool = False
    caption: LongStr | None = None


class Video(ContentModel):
    """A film with an optional caption."""

    kind: Literal["video"] = "video"
    media: Media
    caption: LongStr | None = None


class Document(ContentModel):
    """Any other file; the name is in `media.filename`, the caption is optional."""

    kind: Literal["document"] = "document"
    media: Media
    caption: LongStr | None = None


class Sticker(ContentModel):
    """A sticker, still or animated."""

    kind: Literal["sticker"] = "sticker"
    media: Media
    animated: Bool = False


class Location(ContentModel):
    """A point.

    `location_type` is `place` when it has a name or an address, `pin` when it is bare coordinates.
    """

    kind: Literal["location"] = "location"
    latitude: Float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: Float = Field(ge=-180, le=180, allow_inf_nan=False)
    name: ShortStr | None = None
    address: ShortStr | None = None
    url: UrlStr | None = None
    location_type: Literal["pin", "place"] = "pin"

    @model_validator(mode="before")
    @classmethod
    def _tell_place_from_pin(cls, values: Any) -> Any:
        if isinstance(values, dict):
            place = bool(values.get("name") or values.get("address"))
            return {**values, "location_type": "place" if place else "pin"}
        return values


class CardPhone(ContentModel):
    """A phone number on a contact card, as written there."""

    number: ShortStr
    type: ShortStr | None = None
    wa_id: ShortStr | None = None


class CardEmail(ContentModel):
    """An e-mail address on a contact card."""

    address: ShortStr
    type: ShortStr | None = None


class CardUrl(ContentModel):
    """A web address on a contact card."""

    url: UrlStr
    type: ShortStr | None = None


class CardAddress(ContentModel):
    """A postal address on a contact card."""

    street: ShortStr | None = None
    city: ShortStr | None = None
    state: ShortStr | None = None
    zip: ShortStr | None = None
    country: ShortStr | None = None
    country_code: ShortStr | None = None
    type: ShortStr | None = None


class ContactCard(ContentModel):
    """One card of a contacts message."""

    name: ShortStr
    first_name: ShortStr | None = None
    last_name: ShortStr | None = None
    company: ShortStr | None = None
    department: ShortStr | None = None
    title: ShortStr | None = None
    birthday: ShortStr | None = None
    phones: tuple[CardPhone, ...] = ()
    emails: tuple[CardEmail, ...] = ()
    urls: tuple[CardUrl, ...] = ()
    addresses: tuple[CardAddress, ...] = ()


class Contacts(ContentModel):
    """One or more contact cards."""

    kind: Literal["contacts"] = "contacts"
    cards: tuple[ContactCard, ...] = Field(min_length=1, max_length=257)


class Reaction(ContentModel):
    """An emoji put on another message; no emoji takes it back.

    Incoming reactions name the provider's id, outgoing ones ours; the store fills in the other.
    """

    kind: Literal["reaction"] = "reaction"
    emoji: ShortStr | None = None
    target_id: UUID | None = None
    target_source_id: ShortStr | None = None

    @model_validator(mode="after")
    def _needs_target(self) -> Self:
        if self.target_id is None and self.target_source_id is None:
            msg = "a reaction needs target_id, the message it is about"
            raise ValueError(msg)
        return self


class Choice(ContentModel):
    """A button or list row that can be chosen."""

    id: ShortStr
    title: ShortStr
    description: ShortStr | None = None


class ChoiceSection(ContentModel):
    """A titled group of list rows."""

    title: ShortStr | None = None
    rows: tuple[Choice, ...] = Field(min_length=1, max_length=10)


class Interactive(ContentModel):
    """Something to choose from, or what was chosen.

    Outgoing: buttons, list, cta_url, flow. Incoming: the `…_reply` types.
    """

    kind: Literal["interactive"] = "interactive"
    type: Literal["button_reply", "list_reply", "flow_reply", "buttons", "list", "cta_url", "flow", "other"]
    id: ShortStr | None = None
    title: ShortStr | None = None
    description: ShortStr | None = None
    form: dict[str, JsonValue] | None = None
    header: ShortStr | None = None
    body: LongStr | None = None
    footer: ShortStr | None = None
    button: ShortStr | None = None
    url: UrlStr | None = None
    buttons: tuple[Choice, ...] = Field(default=(), max_length=10)
    sections: tuple[ChoiceSection, ...] = Field(default=(), max_length=10)
    parameters: dict[str, JsonValue] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "button_reply": ("id", "title"),
            "list_reply": ("id", "title"),
            "flow_reply": ("form",),
            "buttons": ("body", "buttons"),
            "list": ("body", "button", "sections"),
            "cta_url": ("body", "button", "url"),
            "flow": ("body", "parameters"),
            "other": (),
        }[self.type]
        missing = [name for name in needed if getattr(self, name) in (None, ())]
        if missing:
            msg = f"an interactive message of type {self.type} needs {', '.join(missing)}"
            raise ValueError(msg)
        return self


class Button(ContentModel):
    """The quick reply of a template that the customer pressed."""

    kind: Literal["button"] = "button"
    text: ShortStr
    payload: ShortStr | None = None


class OrderItem(ContentModel):
    """One line of an order; `price` is per unit, in the currency's main unit."""

    sku: ShortStr
    quantity: Int = Field(default=1, ge=0)
    price: Float | None = None
    currency: ShortStr | None = None


class Order(ContentModel):
    """A cart sent from a catalogue."""

    kind: Literal["order"] = "order"
    catalog_id: ShortStr
    text: LongStr | None = None
    items: tuple[OrderItem, ...] = ()


class Template(ContentModel):
    """A message approved by the provider, named, with the values of its variables."""

    kind: Literal["template"] = "template"
    name: Annotated[str, Field(min_length=1, max_length=512), AfterValidator(_no_nul)]
    language: Annotated[str, Field(min_length=2, max_length=15), AfterValidator(_no_nul)]
    components: tuple[dict[str, JsonValue], ...] = ()
    body: LongStr | None = Field(
        default=None, description="The text as the customer reads it, for the timeline."
    )


class Email(ContentModel):
    """A mail: subject, text and HTML parts, attachments."""

    kind: Literal["email"] = "email"
    subject: ShortStr | None = None
    text: LongStr | None = None
    html: Annotated[str, Field(max_length=2_000_000), AfterValidator(_no_nul)] | None = None
    own_text: LongStr | None = Field(
        default=None, description="What its writer wrote, without what it quotes; null where all is theirs."
    )
    own_html: Annotated[str, Field(max_length=2_000_000), AfterValidator(_no_nul)] | None = Field(
        default=None, description="The same of the HTML, where a mail program marked what it quotes."
    )
    to: tuple[ShortStr, ...] = ()
    cc: tuple[ShortStr, ...] = ()
    bcc: tuple[ShortStr, ...] = ()
    reply_to: ShortStr | None = None
    attachments: tuple[Media, ...] = ()


class Call(ContentModel):
    """A voice call, or one of its steps."""

    kind: Literal["call"] = "call"
    call_id: ShortStr
    event: ShortStr = Field(description="connect, ringing, terminate, missed …, the provider's word")
    duration_seconds: Int | None = Field(default=None, ge=0)


class Poll(ContentModel):
    """A question with options."""

    kind: Literal["poll"] = "poll"
    question: ShortStr
    options: tuple[ShortStr, ...] = ()


class Activity(ContentModel):
    """Something that happened, told in the timeline and never sent out ("assigned to Ana")."""

    kind: Literal["activity"] = "activity"
    activity: ShortStr = Field(description="An event type such as conversation.assigned")
    subject_name: ShortStr | None = None
    text: ShortStr | None = None


class Unsupported(ContentModel):
    """A kind we do not know (yet): kept whole, shown as such, parsed again after an update."""

    kind: Literal["unsupported"] = "unsupported"
    source_kind: ShortStr | None = None
    reason: ShortStr | None = None
    raw: JsonValue = None


Content = Annotated[
    Text
    | Image
    | Audio
    | Video
    | Document
    | Sticker
    | Location
    | Contacts
    | Reaction
    | Interactive
    | Button
    | Order
    | Template
    | Email
    | Call
    | Poll
    | Activity
    | Unsupported,
    Field(discriminator="kind"),
]

content_adapter: TypeAdapter[Content] = TypeAdapter(Content, config=ConfigDict(defer_build=True))
"""Validates and serialises any content; `validate_json`/`dump_json` are the fast ways in and out."""

MEDIA_KINDS = frozenset({"image", "audio", "video", "document", "sticker"})

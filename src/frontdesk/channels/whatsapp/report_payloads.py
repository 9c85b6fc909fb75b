"""What Meta's hooks report: errors, where messages and calls stand, changed ids. As tolerant as `payloads`.

Source: developers.facebook.com, WhatsApp Business Platform, "Webhooks reference" (2026).
"""

from frontdesk.channels.whatsapp.payloads import Id, Number
from frontdesk.domain.foreign import Part, Words


class ErrorData(Part):
    """The details of an error."""

    details: str | None = None


class Error(Part):
    """An error of a message, a status or the account."""

    code: int | str | None = None
    title: str | None = None
    message: str | None = None
    error_data: ErrorData | None = None

    @property
    def details(self) -> str | None:
        """The longest explanation there is."""
        return (self.error_data.details if self.error_data else None) or self.message


class ConversationOrigin(Part):
    """Why a conversation is priced as it is."""

    type: Words = None


class StatusConversation(Part):
    """The priced conversation a message belongs to."""

    id: Words = None
    expiration_timestamp: Words = None
    origin: ConversationOrigin | None = None


class StatusPricing(Part):
    """What a message costs."""

    billable: bool | None = None
    pricing_model: Words = None
    category: Words = None
    type: Words = None


class Status(Part):
    """Where one of our messages, or calls, stands."""

    id: Id
    status: str
    timestamp: str | None = None
    type: str | None = None
    recipient_id: Words = None
    recipient_user_id: Words = None
    recipient_type: Words = None
    recipient_participant_id: Words = None
    recipient_participant_user_id: Words = None
    conversation: StatusConversation | None = None
    pricing: StatusPricing | None = None
    errors: list[Error] | None = None
    biz_opaque_callback_data: str | None = None


class Call(Part):
    """A step of a voice call."""

    id: Id
    event: Words = None
    status: str | list[str] | None = None
    timestamp: str | None = None
    direction: Words = None
    to: Words = None
    duration: Number = None
    biz_opaque_callback_data: str | None = None


class UserIds(Part):
    """A user id before and after."""

    previous: Words = None
    current: Words = None


class UserIdUpdate(Part):
    """A customer's new business-scoped user id."""

    wa_id: Words = None
    detail: Words = None
    user_id: UserIds | None = None
    timestamp: str | None = None

"""The settings of a Twilio inbox, as Twilio's console names them."""

from typing import Annotated

from pydantic import Field, SecretStr

from frontdesk.ports.channel import ChannelConfig

_Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class TwilioConfig(ChannelConfig):
    """What Twilio must know of us, and we of Twilio.

    Only the account's SID is needed to save; without the auth token every hook and every send is refused.
    """

    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")] = Field(
        title="Account SID", description="Twilio console, Account Info. It begins with AC."
    )
    auth_token: _Secret | None = Field(
        default=None,
        title="Auth token",
        description="Beside the account SID. It signs hooks and sends; without it both are refused.",
    )
    sender: Annotated[str, Field(pattern=r"^(whatsapp:)?\+[1-9][0-9]{6,14}$|^[0-9]{3,8}$")] | None = Field(
        default=None,
        title="Sender",
        description="Your number (+15550100), a short code, or a WhatsApp sender (whatsapp:+15550100).",
    )
    messaging_service_sid: Annotated[str, Field(pattern=r"^MG[0-9a-fA-F]{32}$")] | None = Field(
        default=None,
        title="Messaging service SID",
        description="Instead of a sender: a pool of numbers. It begins with MG.",
    )

"""The settings of a WhatsApp inbox, as Meta's app dashboard names them."""

from typing import Annotated

from pydantic import Field, SecretStr

from frontdesk.ports.channel import ChannelConfig

_Id = Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]
_Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class WhatsAppConfig(ChannelConfig):
    """What Meta must know of us, and we of Meta.

    Only the number's id is needed to save; without the app secret every hook is refused, without the token
    every send.
    """

    phone_number_id: _Id = Field(
        title="Phone number ID",
        description="Meta app dashboard, WhatsApp, API setup. It is not the phone number itself.",
    )
    waba_id: _Id | None = Field(
        default=None,
        title="WhatsApp Business Account ID",
        description="Beside the phone number ID. Needed to register the hook and to list templates.",
    )
    access_token: _Secret | None = Field(
        default=None,
        title="Access token",
        description="A permanent token of a system user with whatsapp_business_messaging.",
    )
    app_secret: _Secret | None = Field(
        default=None,
        title="App secret",
        description="App settings, Basic. Proves that a hook is Meta's; without it every hook is refused.",
    )
    verify_token: _Secret | None = Field(
        default=None,
        title="Verify token",
        description="Any word you choose; Meta repeats it when the hook is registered.",
    )
    api_version: str = Field(
        default="v25.0",
        pattern=r"^v[0-9]{1,2}\.[0-9]$",
        title="Graph API version",
        description="Meta keeps a version alive for two years.",
    )
    display_phone_number: str | None = Field(
        default=None,
        max_length=32,
        title="Phone number",
        description="As customers see it, for the inbox list.",
    )

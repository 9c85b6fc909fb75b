"""The settings of an inbox on the Messenger Platform, as Meta's app dashboard names them."""

from typing import Annotated

from pydantic import Field, SecretStr

from frontdesk.ports.channel import ChannelConfig

_Id = Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]
_Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class PageConfig(ChannelConfig):
    """What Meta must know of us, and we of Meta.

    Only the page's id is needed to save; without the app secret every hook is refused, without the token
    every send.
    """

    page_id: _Id = Field(
        title="Page ID",
        description="The Facebook page, from its About section. For Instagram: the page it is linked to.",
    )
    access_token: _Secret | None = Field(
        default=None,
        title="Page access token",
        description="Of a system user with pages_messaging; for Instagram also instagram_manage_messages.",
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

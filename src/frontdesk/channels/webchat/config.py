"""The settings of a web chat inbox: how the widget looks, where it may stand, who may say who they are."""

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from frontdesk.ports.channel import ChannelConfig

Origin = Annotated[
    str,
    StringConstraints(max_length=255, pattern=r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$", strip_whitespace=True),
]


class WebChatConfig(ChannelConfig):
    """All of it may be left as it is."""

    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = Field(
        default="#1f6feb", title="Accent colour", description="Of the launcher and the visitor's bubbles."
    )
    allowed_origins: tuple[Origin, ...] = Field(
        default=(),
        max_length=100,
        title="Allowed origins",
        description="Pages that may hold the widget, such as https://shop.example. None: any page.",
    )
    identity_secret: Annotated[SecretStr, Field(min_length=16, max_length=256)] | None = Field(
        default=None,
        title="Identity secret",
        description="Your server signs a user's id with it (hex HMAC-SHA256), which proves who they are.",
    )

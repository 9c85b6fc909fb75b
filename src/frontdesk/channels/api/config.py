"""The settings of an inbox whose channel is the company's own."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from frontdesk.kit.webhooks import key_of
from frontdesk.ports.channel import ChannelConfig


def _usable(secret: SecretStr) -> SecretStr:
    key_of(secret.get_secret_value())
    return secret


_Secret = Annotated[SecretStr, Field(min_length=20, max_length=256), AfterValidator(_usable)]
_Url = Annotated[str, StringConstraints(max_length=2048, pattern=r"^https?://[^\s/?#@\\]+([/?][^\s#\\]*)?$")]


class ApiConfig(ChannelConfig):
    """Where our messages go, and the two secrets. Without its secret a direction is closed."""

    webhook_url: _Url = Field(
        title="Webhook URL",
        description="Our messages are posted here. It must be on the internet, with https.",
    )
    webhook_secret: _Secret | None = Field(
        default=None,
        title="Webhook secret",
        description="Signs what we post (Standard Webhooks): whsec_ and base64 of 16 bytes or more.",
    )
    hook_secret: _Secret | None = Field(
        default=None,
        title="Hook secret",
        description="Signs what you post to our hook, in the same way. Without it every hook is refused.",
    )
    old_hook_secret: _Secret | None = Field(
        default=None,
        title="Earlier hook secret",
        description="Taken as well, while you change the hook secret.",
    )

"""The settings of a Slack inbox, as the app's pages at api.slack.com name them."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from frontdesk.ports.channel import ChannelConfig

_Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class SlackConfig(ChannelConfig):
    """What Slack must know of us, and we of Slack.

    Only the app's id is needed to save; without the signing secret every hook is refused, without the token
    every send.
    """

    app_id: Annotated[str, Field(pattern=r"^A[A-Z0-9]{2,30}$")] = Field(
        title="App ID", description="Basic Information, App Credentials. It begins with A."
    )
    bot_token: _Secret | None = Field(
        default=None,
        title="Bot token",
        description="OAuth & Permissions, Bot User OAuth Token. It begins with xoxb.",
    )
    signing_secret: _Secret | None = Field(
        default=None,
        title="Signing secret",
        description="Basic Information. Proves that a hook is Slack's; without it every hook is refused.",
    )
    channel: Annotated[str, Field(pattern=r"^[CGD][A-Z0-9]{2,30}$")] | None = Field(
        default=None,
        title="Channel",
        description="The id of the channel the app shall be in, checked when connecting. None: any.",
    )
    agents_channel: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,30}$")] | None = Field(
        default=None,
        title="Agents' channel",
        description="The id of a channel of your own people, in which each conversation of the account has a "
        "thread: they follow it there, and what they write in it is sent. None: nowhere.",
    )

    @model_validator(mode="after")
    def _check_channels(self) -> Self:
        if self.agents_channel is not None and self.agents_channel == self.channel:
            msg = "the agents' channel is not the one that customers write in"
            raise ValueError(msg)
        return self

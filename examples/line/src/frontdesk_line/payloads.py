"""LINE's hooks as models: unknown fields are let through, missing ones survived.

Source: developers.line.biz, "Messaging API reference: Webhook event objects".
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Source(_Told):
    """Where something was said: a user, a group or a room. `userId` may be missing in the latter two."""

    type: str = "user"
    user_id: str | None = Field(default=None, alias="userId")
    group_id: str | None = Field(default=None, alias="groupId")
    room_id: str | None = Field(default=None, alias="roomId")

    @property
    def chat(self) -> str | None:
        """The id that answers go to."""
        return self.group_id or self.room_id or self.user_id


class Provider(_Told):
    """Who holds a file: LINE (`line`), or an address of somebody else (`external`)."""

    type: str = "line"
    original_content_url: str | None = Field(default=None, alias="originalContentUrl")


class Message(_Told):
    """A message of any type; only the fields of its type are there."""

    id: str
    type: str
    text: str | None = None
    file_name: str | None = Field(default=None, alias="fileName")
    file_size: int | None = Field(default=None, alias="fileSize", ge=0)
    content_provider: Provider | None = Field(default=None, alias="contentProvider")
    title: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Unsend(_Told):
    """Which message was taken back."""

    message_id: str = Field(alias="messageId")


class Event(_Told):
    """One event of a hook. `timestamp` is in milliseconds."""

    type: str
    timestamp: int | None = None
    source: Source = Source()
    message: Message | None = None
    unsend: Unsend | None = None


class Hook(_Told):
    """A hook's body. `destination` is the bot's own user id; the Verify button sends no events."""

    destination: str | None = None
    events: list[dict[str, Any]]

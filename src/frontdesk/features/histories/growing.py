"""A conversation while a history adds to it: how it ends, as lists show it. Pure."""

from dataclasses import dataclass
from typing import Any

from frontdesk.domain.history import HistoryMessage
from frontdesk.domain.message import Direction
from frontdesk.domain.preview import preview_of
from frontdesk.store.tx import Row


@dataclass(slots=True)
class Grown:
    """A conversation's row, what of it changes, and how many messages were added."""

    row: Row
    values: dict[str, Any]
    is_read: bool = False
    added: int = 0

    def follow(self, line: HistoryMessage) -> None:
        """The conversation ends with this message, unless it has later ones."""
        self.added += 1
        values = self.values
        values["last_seq"] += 1
        if line.direction is Direction.INCOMING:
            last = values["last_incoming_at"]
            values["last_incoming_at"] = line.created_at if last is None else max(last, line.created_at)
        if line.direction is Direction.ACTIVITY or line.created_at < values["last_message_at"]:
            return
        values["last_message_at"] = line.created_at
        values["preview"] = preview_of(line.content)
        values["preview_kind"], values["preview_direction"] = line.content.kind, line.direction.value
        values["preview_author"] = None if line.author is None else line.author.name

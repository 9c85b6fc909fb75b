"""Telegram by the Bot API: updates in, methods out. One object: `channel`."""

from frontdesk.channels.telegram.channel import channel

__all__ = ["channel"]

"""LINE official accounts as a channel of Frontdesk. One object: `channel`, announced by an entry point."""

from frontdesk_line.channel import channel

__all__ = ["channel"]

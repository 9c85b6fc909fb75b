"""Web chat: the desk's own widget on a company's pages. One object: `channel`."""

from frontdesk.channels.webchat.channel import channel

__all__ = ["channel"]

"""Instagram direct messages, by the page that the Instagram account is linked to. One object: `channel`."""

from frontdesk.channels.messenger.channel import instagram as channel

__all__ = ["channel"]

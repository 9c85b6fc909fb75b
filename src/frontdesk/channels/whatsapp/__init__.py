"""WhatsApp by Meta's Cloud API: hooks in, Graph requests out. One object: `channel`."""

from frontdesk.channels.whatsapp.channel import channel

__all__ = ["channel"]

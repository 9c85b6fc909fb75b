"""The e-mail channel."""

from frontdesk.channels.email.channel import channel
from frontdesk.channels.email.reading import readers

__all__ = ["channel", "readers"]

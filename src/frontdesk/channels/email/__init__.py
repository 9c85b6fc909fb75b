"""The e-mail channel."""

from frontdesk.channels.email.reading import readers

__all__ = ["readers"]

"""Slack by its Events API and Web API: hooks in, method calls out. One object: `channel`."""

from frontdesk.channels.slack.channel import channel

__all__ = ["channel"]

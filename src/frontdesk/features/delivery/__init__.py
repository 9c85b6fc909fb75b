"""The outbox: hands messages to channels, in order per conversation, and records what came of it."""

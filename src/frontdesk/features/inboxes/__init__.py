"""Inboxes: the configured channels of an account. What a channel does with its config is the channel's."""

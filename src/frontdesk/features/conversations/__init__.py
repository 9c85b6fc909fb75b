"""Conversations and their messages: receive, send, assign, resolve, snooze. No provider, no socket."""

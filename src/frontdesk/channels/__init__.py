"""Whom the desk talks to: one folder is one channel, a plug-in that knows no other channel.

A channel is registered by the runtime, never by being imported. What two channels share belongs further in.
"""

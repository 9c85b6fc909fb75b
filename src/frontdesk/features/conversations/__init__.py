"""The conversation slice: receive, send, assign, resolve, snooze; what a message may say and when.

Knows no HTTP and no channel by name. Delivery, ingest and the live line call it; it calls none of them.
"""

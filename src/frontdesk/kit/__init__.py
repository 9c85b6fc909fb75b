"""Tools without a word of our trade: ids, clock, crypto, HTTP, coalescing, pages, URLs, logging.

What knows an account, a message or a channel does not belong here.
"""

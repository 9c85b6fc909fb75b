"""The live line: what happened, to whoever may see it, in the log's order, from wherever they left off.

Wake-ups are hints and the log is the truth: a feed reads the log once per account and hands each event,
written out once, to all who follow. Typing, presence and viewing are told as they come and never kept. No
sockets here (api/socket.py), and nothing is written to the store.
"""

"""How the desk is reached: HTTP, hooks, sockets and the built web pages, all thin.

No rule of the trade and no SQL: an endpoint reads its input, calls one verb of a feature and answers.
"""

"""The API as its callers meet it, over real HTTP."""

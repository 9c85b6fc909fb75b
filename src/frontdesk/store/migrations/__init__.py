"""Alembic's scripts: how one schema becomes the next. Run through store.migrate, never by hand."""

HEAD = "0008"
"""The schema this version works with: the newest revision in `versions`."""

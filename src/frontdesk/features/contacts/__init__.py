"""Contacts and their identities: find, create, update, merge. No messages here."""

"""Accounts, users, sign-in, tokens and the `Scope` that every tenant query takes. No conversations here."""

"""Conversations shown to agents in a thread elsewhere, and answered from there."""

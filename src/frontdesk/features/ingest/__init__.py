"""Receipts of the providers' hooks and the work of turning them into received messages and statuses."""

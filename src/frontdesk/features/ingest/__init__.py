"""Reading what providers sent: receipts become events, files are fetched. Decides nothing of its own."""

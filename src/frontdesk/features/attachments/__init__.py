"""Files: taking uploads, deciding what they are, and the signed links that serve them. No messages here."""

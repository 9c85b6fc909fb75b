"""Who sees what the moment it happens: cursors, hydration, presence and typing. No socket protocol here."""

"""Message histories in JSON Lines: imported without sending anything, exported as they are."""

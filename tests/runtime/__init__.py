"""How the desk starts."""

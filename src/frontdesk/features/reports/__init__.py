"""Figures about what happened. Reads only."""

"""Figures about what happened. Reads only; so far the costs, which the store counts (store/costs.py)."""

"""Durable work: the loop that claims lanes and runs them. What a job means is the slice's that handles it."""

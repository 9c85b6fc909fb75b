"""Delivery: every outgoing message leaves once, in the order of its conversation; what is unknown is shown.

Knows channels by their port only. What came in about a delivery is folded in by conversations/statuses.
"""

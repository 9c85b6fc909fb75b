"""What the desk does: slices of verbs, each calling only the slices below it.

No SQL, no HTTP, no name of a concrete channel. Upward, a slice publishes an event.
"""

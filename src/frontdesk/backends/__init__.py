"""What the desk can run on: one folder or module per outside engine, each an adapter of a port.

A backend knows no other backend and is named by the runtime only.
"""

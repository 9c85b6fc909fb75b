"""What the desk is: pure rules and data.

Standard library and Pydantic only. No I/O, no clock of its own, no framework, no SQL.
"""

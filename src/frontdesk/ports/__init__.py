"""What plugs in: protocols of at most five methods, each with two real adapters.

No implementation lives here, and nothing that only one adapter could ever fulfil.
"""

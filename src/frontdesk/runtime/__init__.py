"""How the desk starts: settings, container, roles, plug-in discovery, seed data.

The only ring that names a concrete channel, backend or simulator.
"""

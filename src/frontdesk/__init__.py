"""Frontdesk: one desk for every conversation a company has with its customers.

The package itself is a library: it exports the message models and the ways to make them. Importing it starts
nothing, opens nothing and loads nothing until a name is used. The server lives behind `frontdesk up`.
"""

__version__ = "0.1.0"

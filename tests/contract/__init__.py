"""Channels and simulators held against each other: neither imports the other, each speaks the real format."""

"""Tests of what the ports hold besides their shapes."""

"""The desk is killed under load, again and again; then only its public API is asked what it still knows.

`python -m tests.torture` runs it for long; the tests here run a short seeded sample.
"""

"""Benchmarks: figures as ratios taken in one run on one machine. `make bench` runs them all; nothing here is a test."""

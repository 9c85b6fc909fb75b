"""Benchmarks: figures as ratios taken in one run on one machine (`make bench`). Nothing here is a test."""

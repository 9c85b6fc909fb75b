"""Tests of the tools without a word of our trade."""

"""Tests of the providers in a box, over real HTTP."""

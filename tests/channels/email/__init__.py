"""Tests of the e-mail channel, over mails made up for them."""

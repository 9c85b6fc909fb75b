"""Tests of the WhatsApp channel, over payloads and customers made up for them."""

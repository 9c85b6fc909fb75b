"""SMS and MMS by Twilio, and WhatsApp by Twilio's sender. One object: `channel`."""

from frontdesk.channels.twilio_sms.channel import channel

__all__ = ["channel"]

"""Twilio in a box: the Messages resource, its signed hooks, and the customers' phones, over real HTTP.

`TwilioSimulator` is the whole public face. It knows Twilio's wire format from Twilio's pages and nothing of
the desk.
"""

from frontdesk.simulators.base import serve
from frontdesk.simulators.twilio_sms.app import TwilioSimulator
from frontdesk.simulators.twilio_sms.state import Settings

__all__ = ["Settings", "TwilioSimulator", "serve"]

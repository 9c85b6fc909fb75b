"""WhatsApp in a box: Meta's Graph API, its signed hooks, and the customers' phones, over real HTTP.

`WhatsAppSimulator` is the whole public face. It is built of `simulators.base`; it knows Meta's wire
format from Meta's pages and nothing of the desk: no channel, store or feature is imported here.
"""

from frontdesk.simulators.base import serve
from frontdesk.simulators.whatsapp.app import WhatsAppSimulator
from frontdesk.simulators.whatsapp.state import Settings

__all__ = ["Settings", "WhatsAppSimulator", "serve"]

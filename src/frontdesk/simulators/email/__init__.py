"""Mail in a box: people's mailboxes, SendGrid's API with its hooks, and a mail server by SMTP and IMAP.

It is built of `simulators.base`; it knows mails from the RFCs and SendGrid from its pages, and nothing of the
desk: no channel, store or feature is imported here.
"""

from frontdesk.simulators.base import serve
from frontdesk.simulators.email.app import MailSimulator
from frontdesk.simulators.email.hooks import verification_key
from frontdesk.simulators.email.servers import Ports, mail_servers
from frontdesk.simulators.email.state import Settings

__all__ = ["MailSimulator", "Ports", "Settings", "mail_servers", "serve", "verification_key"]

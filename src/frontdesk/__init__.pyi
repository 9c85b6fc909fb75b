from frontdesk.domain.content import Content as Content
from frontdesk.domain.errors import DeskError as DeskError
from frontdesk.domain.errors import Invalid as Invalid
from frontdesk.domain.errors import Malformed as Malformed
from frontdesk.domain.errors import NotFound as NotFound
from frontdesk.domain.inbound import Address as Address
from frontdesk.domain.inbound import InboundEvent as InboundEvent
from frontdesk.domain.inbound import MessageReceived as MessageReceived
from frontdesk.domain.inbound import StatusReported as StatusReported
from frontdesk.domain.message import DeliveryStatus as DeliveryStatus
from frontdesk.domain.message import Direction as Direction
from frontdesk.domain.message import Message as Message
from frontdesk.domain.message import MessageContext as MessageContext
from frontdesk.domain.neutral import neutral as neutral
from frontdesk.domain.participants import joined_id as joined_id
from frontdesk.domain.participants import participants_id as participants_id
from frontdesk.domain.times import parse_time as parse_time
from frontdesk.kit.phone import e164 as e164
from frontdesk.runtime.library import message_from_row as message_from_row
from frontdesk.runtime.library import messages_from_agent_request as messages_from_agent_request
from frontdesk.runtime.library import messages_from_canned_response as messages_from_canned_response
from frontdesk.runtime.library import messages_from_webhook as messages_from_webhook
from frontdesk.runtime.library import parse as parse
from frontdesk.runtime.library import parse_whatsapp as parse_whatsapp

__version__: str
__all__: list[str]

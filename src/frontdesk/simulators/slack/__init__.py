"""Slack in a box: the Web API, signed events and interactions, and people in a workspace, over real HTTP.

It is built of `simulators.base`; it knows Slack's wire format from Slack's pages and nothing of the desk: no
channel, store or feature is imported here.
"""

from frontdesk.simulators.base import serve
from frontdesk.simulators.slack.app import SlackSimulator
from frontdesk.simulators.slack.state import Settings

__all__ = ["Settings", "SlackSimulator", "serve"]

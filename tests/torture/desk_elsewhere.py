"""`frontdesk` whose inboxes speak to the simulated provider at TORTURE_PROVIDER, which nobody kills.

Leases are short: what a killed desk held is taken over within the run instead of after a minute and a half.
"""

import os

from frontdesk.cli import main
from frontdesk.features.delivery import deliverer
from frontdesk.runtime import container
from tests.provider import inboxes_at

LEASE_SECONDS = 4.0

if __name__ == "__main__":
    deliverer.LEASE_SECONDS = LEASE_SECONDS
    vars(container)["Inboxes"] = inboxes_at(os.environ["TORTURE_PROVIDER"])
    main()

"""What holds for every test: the services it may ask for, and how much time a property test may take."""

from hypothesis import settings

pytest_plugins = [
    "tests.services.browser",
    "tests.services.databases",
    "tests.services.desks",
    "tests.services.redis",
    "tests.services.skips",
]

# A shared machine stalls now and then; the time-out of the test is the limit, not the time of one example.
settings.register_profile("frontdesk", deadline=None)
settings.load_profile("frontdesk")

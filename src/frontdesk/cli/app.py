"""The commands and their groups."""

from cyclopts import App

import frontdesk
from frontdesk.cli import config, doctor, histories, jobs, migrate, openapi, parsing, secrets, start, users

app = App(
    name="frontdesk",
    help="One desk for every conversation a company has with its customers.",
    version=f"frontdesk {frontdesk.__version__}",
    result_action="return_value",
)
app.command(start.up)
app.command(start.run)
app.command(doctor.doctor)
app.command(config.app)
app.command(migrate.app)
app.command(jobs.app)
app.command(users.app)
app.command(histories.import_)
app.command(histories.export)
app.command(secrets.app)
app.command(openapi.openapi)
app.command(parsing.parse)

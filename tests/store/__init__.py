"""The store on both engines: changes, the log, appending, jobs, receipts, migrations, lost connections."""

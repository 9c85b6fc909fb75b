"""The store on both engines: transactions, the log, appending, jobs, receipts, migrations, lost connections."""

"""Where things are kept: tables, migrations, transactions, one module per noun, on SQLite and PostgreSQL.

The only place that says SQL and the only place that commits. Rules of the trade live in the domain, reactions
to them in the features.
"""

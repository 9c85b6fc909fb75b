"""Where things are kept: tables, migrations, transactions, one module per noun, on SQLite and PostgreSQL.

The only place that says SQL and the only place that commits. Rules of the trade live in the domain, reactions
to them in the features. A noun's module says its statements once, as constants, and offers plain functions
that take a `Tx` (or `ReadTx`) first:

    P = sa.bindparam
    _RENAME = Statement(
        sa.update(t.contacts)
        .where(t.contacts.c.id == P("id"), t.contacts.c.account_id == P("account_id"))
        .values(name=P("name"), version=t.contacts.c.version + 1)
        .returning(t.contacts.c.version)
    )
    _BY_IDS = Statement(sa.select(t.contacts).where(t.contacts.c.id.in_(P("ids", expanding=True))))
    _ADD = Statement(insert(t.identities).values(account_id=P("account_id"), …).on_conflict_do_nothing())

    def rename(tx: Tx, account_id: UUID, contact_id: UUID, name: str) -> None:
        row = tx.one(_RENAME, id=contact_id, account_id=account_id, name=name)   # NotFound if there is none
        tx.emit(account_id, EventType.CONTACT_UPDATED, subject_id=contact_id, facts={"version": row.version})

Features run them; several calls in one function are one transaction, and it may run more than once:

    store = await open_store("sqlite:////var/lib/frontdesk/frontdesk.db")           # or postgresql://…
    await store.write(lambda tx: contacts.rename(tx, scope.account_id, contact_id, "Ana"))
    rows = await store.read(lambda tx: events.page(tx, scope.account_id, after=0, limit=100))
    outcome = await store.append(Draft(…))                                          # the hot path
    await store.receive(Receipt(…))

`insert` (with `on_conflict_do_nothing` and `on_conflict_do_update`) comes from store.statement and works on
both engines; `db_now()` (store.types) is the database's clock inside a statement, `tx.now` outside. A literal
in `.values()` and a parameter may not share a name: write the literal as `sa.text("0")`. Lock rows with
`.with_for_update(key_share=True)` (nothing on SQLite, where one thread writes) in this order, never backward:
threads, conversations, deliveries, source references and idempotency keys, lanes (jobs); each kind by id.
"""

"""Payments that cannot go wrong: confirmation, order, journal, worker, janitor, reconciliation.

    Payments(store, billing, …)                     service.py; `connect(engine, billing, settings)`
        prepare(…)  -> Prepared                     reads invoices and cards anew, plans each charge
        confirm(…)  -> Confirmed | Changed | Expired | AlreadyUsed | Unknown       enqueues, no more
        cancel_confirmation(…)                      the customer said no
        report(order_id, client_id=…) -> OrderReport | None      what may truthfully be said
        latest(client_id=…) / history(client_id=…)  the same for the newest order / the newest ones
        being_paid(client_id) -> frozenset[int]     invoices under way: never list them as payable
        take_news() / ack_news(ids)                 for the gateway: at least once, newest per order
    python -m billing.payments.worker               charges, settles the unknown, reconciles nightly
    python -m billing.payments.reconcile            journal against billing system
    python -m billing.payments.settle               a person's verdict on what stays unknown
    python -m billing.payments.simulate             the proof, seeded

`Prepared` (model.py): `confirmation_id` (None: nothing to confirm), `lines` (what a "ja" pays, each
with its plan), `total`, `charges` (separate draws on the card), `card`, `changes_default` (the card
becomes the default for renewals too: say so), `problems` (invoices or the card that stay out, each
with its `kind` and, where there is one, the `hosted` page as the way on), `hosted` (the page for
the whole choice: method "mass_payment", or nothing that can be charged here), `mass_payment` (the
page with one single charge, as the alternative to several), `credit` (usable credit, to be offered
and never preselected), `remaining` (what is left to pay afterwards), `expires_at`.

How a capture lives (the journal, `model.State`):

    planned ─► sent ─► succeeded | declined | needs_authentication | paid_elsewhere | not_charged
       │         ├───► pending   the bank takes its time ──────────────► succeeded | declined
       │         └───► unknown   nobody knows; read, never sent again ─► any of the above
       └─► paid_elsewhere | not_charged       found out before anything was sent

Each step is committed before what it announces. `succeeded` is written only after the billing
system itself has been read and says paid. Writes carry the fence of the lease they were made under;
a worker that was too slow is refused. The database's partial unique index refuses a second live or
successful capture of an invoice whatever else fails.
"""

"""The proof by simulation: service and cashier as they are, in a world that fails on purpose.

clockwork.py  virtual time; actors take turns, in an order that only the seed decides; processes die
faults.py     what may go wrong in a run, and how often
shop.py       the billing system's truth: invoices, cards, every draw and who made it
wire.py       the billing port as a process sees it, with all that networks do
flaky.py      the store as a process sees it
mirror.py     both stores at once, which must agree
actors.py     customers, workers, the gateway, the cron, the hosted page, a person
checks.py     what must hold: at each word that is said, and at the end
run.py        one run from one seed
"""

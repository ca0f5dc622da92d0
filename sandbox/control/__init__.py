"""The control API under /_sandbox: scenarios, switches, faults, the clock, and a look into the books."""

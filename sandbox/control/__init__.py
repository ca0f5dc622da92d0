"""The control API under /_sandbox: scenarios, switches, faults, the clock, the books."""

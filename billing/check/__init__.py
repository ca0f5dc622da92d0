"""The operator's check: can Kvitt work with this WHMCS, what is missing, what limits it?

actions.py     every API action that Kvitt uses, why, and how it is tried without any effect
probing.py     gathers findings from a WHMCS
report.py      what the findings mean, in Swedish: one screen and an exit code
__main__.py    `python -m billing.check`
"""

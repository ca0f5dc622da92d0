"""A company's own support desk in place of the console, behind one port.

port.py         what a desk elsewhere must be able to do
chatwoot.py     Chatwoot's API; chatwoot_webhooks.py what Chatwoot sends
door.py         the customer asks for a person
forwarding.py   our log → the desk; arriving.py the desk → our log
links.py        which conversation there belongs to which one here, and how far it has come
wiring.py       from the settings to all of it, or to nothing
"""

"""The gateway: the only part that customers reach.

It owns conversations, the log, turns and streams; it decides what reaches Rasa, and imports
`billing` and `kvitt` only.
"""

"""The billing system in customers' words: the model, the port, and the adapters behind it.

Imports nothing of gateway, actions, Rasa or Sanic.
"""

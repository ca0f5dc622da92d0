"""What the bot does when Rasa has decided on it: one module per customer task, and thin.

Every action gathers what it needs into a `Turn`, lets a function decide on a `Reply`, and leaves it
to `actions.base` to apply that. Customers' words stand in `domain.yml` only.
"""

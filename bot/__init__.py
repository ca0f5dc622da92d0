"""What Rasa loads: the private channel, the guards, and the Swedish components (Python 3.10)."""

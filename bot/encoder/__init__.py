"""How the sentence encoder is made: once, in an environment of its own (see `README.md` here)."""

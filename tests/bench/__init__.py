"""How fast and how large the whole is, measured on request (`python -m tests.bench`)."""

"""How Kvitt understands Swedish: pure functions, and thin Rasa components around them."""

"""People beside the bot: who waits for one, who holds what, and what agents may see."""

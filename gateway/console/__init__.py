"""People beside the bot: who waits for one, who holds which conversation, and what agents may see."""

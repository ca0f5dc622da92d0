"""The hosted pages that a customer meets in a browser, in Swedish, and the mail tray."""

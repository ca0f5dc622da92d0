"""Stand-ins shared by tests: small, faithful, and in memory."""

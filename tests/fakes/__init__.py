"""Stand-ins that only tests need."""

"""A server that answers like Alpaca, for tests and to play with. README.md is its interface."""

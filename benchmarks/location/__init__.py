"""The locator against its peers: ``python -m benchmarks.location``."""

"""The coverage engine against its peers: ``python -m benchmarks.coverage``."""

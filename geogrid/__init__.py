"""Grids of grid governance (网格化治理): proven coverage, exact location, offline maps."""

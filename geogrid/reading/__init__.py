"""What a boundary file says: attributes, areas, reference system, plausibility."""

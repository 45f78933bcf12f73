"""Plan against plan: which grids come, go and change, and what changes hands with them."""

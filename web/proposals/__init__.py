"""``/plans/<plan>/proposals``: ways to divide a place, side by side."""

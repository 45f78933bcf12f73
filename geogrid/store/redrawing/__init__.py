"""Drafts that planners redraw: operations kept one by one, the drafts themselves in memory.

`entries` reads and writes the log, `opened` keeps drafts in memory and follows the log, `tally`
counts what lies in each grid, `desk` is what planners do.
"""

"""``/api/v1``: plans, their grids, and jobs, for other systems.

A view parses, calls the store and answers. Lists have pages (`paging`), what changes has a
version (`versions`), dates are meant as in the office (`moments`), and each view describes
itself for the OpenAPI document (:mod:`web.described`, with `schemas`).
"""

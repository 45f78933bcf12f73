"""What offices call a table: CSV of any encoding, Excel old and new, HTML named ``.xls``.

Each module turns one kind of bytes into rows of texts (:class:`~geogrid.tabular.rows.RawRows`)
or back; :mod:`geogrid.tables` is the door and the only one that takes paths.
"""

from __future__ import annotations

__all__: list[str] = []

"""One boundary file format per module, from bytes to a :class:`~geogrid.formats.layer.RawLayer`.

Readers here decide nothing about columns, reference systems or datums: they say what the
file says. GDAL is shown Shapefiles only, checked and put aside before (:mod:`.gdal`), so a
file can reach for nothing outside itself; what is broken raises
:class:`~geogrid.errors.FormatError`, what is odd in a row is a problem of that row. Only
:mod:`geogrid.boundaries` calls them.
"""

__all__: list[str] = []

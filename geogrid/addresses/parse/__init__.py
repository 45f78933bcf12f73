"""Rules and names that addresses are read with; see :mod:`geogrid.addresses.parsing`."""

"""Lists of addresses: which columns hold them, where each row is, and the list with the answers."""

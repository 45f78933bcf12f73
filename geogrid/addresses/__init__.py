"""Look an address up: compound, building, entrance, street, grid name or code."""

from geogrid.addresses.lookup import (
    AddressBook,
    AddressMatch,
    address_finder,
    build_address_book,
    canonical_address,
    find_address,
    find_addresses,
    find_unit,
    normalise_address,
    split_address,
    units_within,
)

__all__ = [
    "AddressBook",
    "AddressMatch",
    "address_finder",
    "build_address_book",
    "canonical_address",
    "find_address",
    "find_addresses",
    "find_unit",
    "normalise_address",
    "split_address",
    "units_within",
]

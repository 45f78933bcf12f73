"""Look an address up: compound, building, entrance, street, grid name or code; read its parts."""

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
from geogrid.addresses.parse.regions import Regions, RegionsError, build_regions, official_regions
from geogrid.addresses.parsing import (
    PARTS,
    AddressPart,
    ParsedAddress,
    parse_address,
    parse_addresses,
)

__all__ = [
    "PARTS",
    "AddressBook",
    "AddressMatch",
    "AddressPart",
    "ParsedAddress",
    "Regions",
    "RegionsError",
    "address_finder",
    "build_address_book",
    "build_regions",
    "canonical_address",
    "find_address",
    "find_addresses",
    "find_unit",
    "normalise_address",
    "official_regions",
    "parse_address",
    "parse_addresses",
    "split_address",
    "units_within",
]

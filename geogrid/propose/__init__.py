"""Proposals for new grids: units put together, balanced, compact and each in one piece.

:func:`unit_areas` gives buildings their ground, :func:`build_unit_graph` says who is beside whom
and for how many metres, :func:`propose` makes several proposals with their scores, and
:func:`proposal_frame` a plan of one of them.
"""

from geogrid.propose.adjusting import Transfer, balance_grids, halve_grid, take_households
from geogrid.propose.aims import AIM_NAMES, AIMS, Aim
from geogrid.propose.contact_homes import contact_homes, contact_summary
from geogrid.propose.contact_lists import (
    ContactProposal,
    divide_homes,
    list_count,
    propose_contacts,
)
from geogrid.propose.framing import ProposedPlan, proposal_frame
from geogrid.propose.graph import UnitGraph, build_unit_graph
from geogrid.propose.proposing import Proposal, propose
from geogrid.propose.scores import Scores, score
from geogrid.propose.suggesting import (
    Homes,
    Suggestion,
    suggest_balance,
    suggest_halves,
    suggest_transfer,
)
from geogrid.propose.unit_areas import UnitAreas, unit_areas

__all__ = [
    "AIMS",
    "AIM_NAMES",
    "Aim",
    "ContactProposal",
    "Homes",
    "Proposal",
    "ProposedPlan",
    "Scores",
    "Suggestion",
    "Transfer",
    "UnitAreas",
    "UnitGraph",
    "balance_grids",
    "build_unit_graph",
    "contact_homes",
    "contact_summary",
    "divide_homes",
    "halve_grid",
    "list_count",
    "proposal_frame",
    "propose",
    "propose_contacts",
    "score",
    "suggest_balance",
    "suggest_halves",
    "suggest_transfer",
    "take_households",
    "unit_areas",
]

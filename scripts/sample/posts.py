"""Posts of every grid, held by roles and numbers with phones that cannot be dialled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from sample.coding import Grid

__all__ = ["POST_COLUMNS", "Post", "build_posts", "post_rows"]

_TITLES = {
    "leader": "网格长",
    "full_time": "专职网格员",
    "part_time": "兼职网格员",
    "micro_leader": "微网格长",
    "street_cadre": "包片干部",
    "seconded": "下沉人员",
    "party_contact": "党员联络员",
    "community_leader": "社区网格长",
    "community_deputy": "社区副网格长",
    "subdistrict_leader": "街道网格长",
    "subdistrict_deputy": "街道副网格长",
}


@dataclass
class Post:
    """One row of ``posts.csv``; an empty holder is a vacant post."""

    post_id: str
    grid: str
    post: str
    holder: str = ""
    deputy: str = ""
    phone: str = ""
    deputy_phone: str = ""


POST_COLUMNS = tuple(f.name for f in fields(Post))


class _People:
    """Hands out people: a title with a running number, and a phone with an impossible code."""

    def __init__(self, area_code: str) -> None:
        self.area_code = area_code
        self.phones: dict[str, str] = {}
        self.counts: dict[str, int] = {}

    def hire(self, role: str) -> str:
        """Return a new person for a role."""
        self.counts[role] = self.counts.get(role, 0) + 1
        name = f"{_TITLES[role]}{self.counts[role]:03d}号"
        self.phones[name] = f"{self.area_code}-0000-{len(self.phones) + 1:04d}"
        return name


def _shared_leaders(people: _People, parent: Grid, grids: Sequence[Grid], number: int) -> list[str]:
    """Return the leader of each grid: in a village one leads all, in a community some two.

    In every fourth community one leads three.
    """
    village = parent.kind == "village"
    together = len(grids) if village else {0: 2, 1: 2, 2: 2, 3: 3}[number % 4]
    first = 0 if village else min(number % 3, len(grids) - 1)
    holders: list[str] = []
    for position in range(len(grids)):
        follows = first < position < first + together
        holders.append(holders[-1] if follows else people.hire("leader"))
    return holders


def _deputies(holders: Sequence[str]) -> list[str]:
    """Return the next other holder in the round (AB岗); none if there is nobody else."""
    count = len(holders)
    rounds = [[holders[(k + step) % count] for step in range(1, count)] for k in range(count)]
    return [
        next((other for other in turn if other != holders[k]), "") for k, turn in enumerate(rounds)
    ]


def _fill(people: _People, role: str, grids: Sequence[Grid], holders: Sequence[str]) -> list[Post]:
    """Return one post per grid with its holder and the next one as deputy."""
    return [
        Post("", grid.code, role, holder, deputy, people.phones[holder],
             people.phones.get(deputy, ""))
        for grid, holder, deputy in zip(grids, holders, _deputies(holders), strict=True)
    ]  # fmt: skip


def _top(people: _People, grid: Grid, level: str) -> Post:
    """Return the leader's post of a community or subdistrict with its own deputy."""
    holder, deputy = people.hire(f"{level}_leader"), people.hire(f"{level}_deputy")
    phones = people.phones
    return Post("", grid.code, "leader", holder, deputy, phones[holder], phones[deputy])


def _of_community(
    people: _People, community: Grid, grids: Sequence[Grid], number: int
) -> list[Post]:
    """Return posts at a community and at its grids of the next level."""
    posts = [_top(people, community, "community")]
    cadre = people.hire("street_cadre")
    posts.append(Post("", community.code, "street_cadre", cadre, "", people.phones[cadre], ""))
    if number % 3 == 0:
        posts.extend(_fill(people, "seconded", [community], [people.hire("seconded")]))
    below = [grid for grid in grids if grid.parent == community.code]
    posts.extend(_fill(people, "leader", below, _shared_leaders(people, community, below, number)))
    for role in ("full_time", "part_time", "party_contact"):
        posts.extend(_fill(people, role, below, [people.hire(role) for _ in below]))
    return posts


def build_posts(
    grids: Sequence[Grid], *, area_code: str, vacant_leader: int, vacant_worker: int
) -> list[Post]:
    """Return the posts of all grids, ordered by grid and role, with two of them vacant.

    Parameters
    ----------
    grids
        Grids of all levels in code order.
    area_code
        First part of every phone number.
    vacant_leader
        Position (in code order of level 3) of the grid without a leader and deputy.
    vacant_worker
        Position of the grid without a full-time worker, whose deputy answers.
    """
    people = _People(area_code)
    levels = {k: [grid for grid in grids if grid.level == k] for k in range(1, 5)}
    posts = [_top(people, levels[1][0], "subdistrict")]
    for number, community in enumerate(levels[2]):
        posts.extend(_of_community(people, community, levels[3], number))
    for grid in levels[3]:
        micro = [each for each in levels[4] if each.parent == grid.code]
        posts.extend(
            _fill(people, "micro_leader", micro, [people.hire("micro_leader") for _ in micro])
        )
    _vacate(posts, levels[3][vacant_leader].code, "leader", keep_deputy=False)
    _vacate(posts, levels[3][vacant_worker].code, "full_time", keep_deputy=True)
    order = {role: k for k, role in enumerate(_TITLES)}
    posts.sort(key=lambda post: (len(post.grid), post.grid, order[post.post]))
    for number, post in enumerate(posts, 1):
        post.post_id = f"P{number:04d}"
    return posts


def _vacate(posts: Sequence[Post], grid: str, role: str, *, keep_deputy: bool) -> None:
    """Empty one post."""
    post = next(post for post in posts if post.grid == grid and post.post == role)
    post.holder = post.phone = ""
    if not keep_deputy:
        post.deputy = post.deputy_phone = ""


def post_rows(posts: Sequence[Post]) -> list[tuple[str, ...]]:
    """Return the rows of ``posts.csv``."""
    return [astuple(post) for post in posts]

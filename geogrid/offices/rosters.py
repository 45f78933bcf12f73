"""Read staff lists (网格队伍花名册): one post per row, or one grid per row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import pandas as pd

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.grid_names import GridNames, build_grid_names, split_grid_list
from geogrid.offices.phones import check_phones
from geogrid.offices.roster_columns import RosterColumns, recognise_roster
from geogrid.offices.roster_people import Person, read_people
from geogrid.vocabulary import code_of

__all__ = ["POST_COLUMNS", "read_roster"]

POST_COLUMNS = ("post_id", "grid", "post", "holder", "deputy", "phone", "deputy_phone")
_ALWAYS_FILLED = ("full_time", "leader", "micro_leader")


def read_roster(frame: pd.DataFrame, grids: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a staff list into the posts of a plan.

    Understood are lists with one post per row (网格, 岗位, 姓名, 电话) and with one grid per
    row (网格, 网格长, 电话, 专职网格员, 电话 …); several grids in one cell ("101、102",
    "101-103"); several people in one cell; ``空缺`` and the like for a vacancy; B岗 columns.

    Parameters
    ----------
    frame
        Strings as the office wrote them; names of columns may occur twice.
    grids
        The plan's grids, found by code, name, or name within the row's community.

    Returns
    -------
    posts
        One row per grid, post and person. A grid or a post we do not know keeps the office's
        own word. ``attrs["rows"]`` gives the position in `frame` that each was read from,
        ``attrs["doubtful_phones"]`` the posts whose phone was changed or cannot be one.
    findings
        What could not be matched, with rows.
    """
    rows = frame.reset_index(drop=True).astype("str").fillna("")
    columns, findings = recognise_roster([str(name) for name in rows.columns])
    if columns is None:
        return pd.DataFrame(columns=list(POST_COLUMNS), dtype="str"), findings
    reader = _Reader(columns, build_grid_names(grids))
    cells = [[str(cell).strip() for cell in row] for row in rows.itertuples(index=False)]
    read = [(at, post) for at, row in enumerate(cells) for post in reader.read(at, row)]
    posts = [post for _at, post in read]
    table = pd.DataFrame(posts, columns=list(POST_COLUMNS[1:]), dtype="str").astype("str")
    table.insert(0, "post_id", [f"P{number:05d}" for number in range(1, len(table) + 1)])
    sources = [at for at, _post in read]
    table, about_phones, doubtful = check_phones(table, sources)
    table.attrs |= {"rows": sources, "doubtful_phones": doubtful}
    return table, findings + reader.findings() + about_phones


class _Reader:
    """Reads row after row and remembers what to say at the end."""

    def __init__(self, columns: RosterColumns, names: GridNames) -> None:
        self._columns = columns
        self._names = names
        self._community = ""
        self._rows: dict[str, list[int]] = defaultdict(list)
        self._words: dict[str, list[str]] = defaultdict(list)

    def read(self, at: int, row: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Yield grid, post, holder, deputy, phone and deputy phone of each post in a row."""
        if not any(row):
            return
        grids = self._grids(at, row)
        for post, people in self._posts(at, row):
            for grid in grids:
                for person in people:
                    yield grid, post, person.name, person.deputy, person.phone, person.deputy_phone

    def findings(self) -> list[Finding]:
        """Return one finding per kind, with its rows."""
        return [
            Finding(
                kind,
                message,
                {"words": ", ".join(dict.fromkeys(self._words[kind]))},
                rows=tuple(dict.fromkeys(self._rows[kind])),
                severity="note" if kind == "vacant_post" else "warning",
            )
            for kind, message in _SAID.items()
            if kind in self._rows
        ]

    def _say(self, kind: str, at: int, word: str = "") -> None:
        self._rows[kind].append(at)
        self._words[kind].append(word)

    def _grids(self, at: int, row: Sequence[str]) -> list[str]:
        written = [row[column] for column in self._columns.grid if row[column]]
        community = row[self._columns.community] if self._columns.community is not None else ""
        self._community = community or self._community  # a merged cell is written once
        if not written:
            written = [community] if community else []
        if not written:
            self._say("no_grid", at)
            return [""]
        for text in written:
            singles = split_grid_list(text, self._names)
            found = [self._names.find(single, within=self._community) for single in singles]
            if found and all(len(codes) == 1 for codes in found):
                return [codes[0] for codes in found]
        return self._doubtful(at, written[0])

    def _doubtful(self, at: int, text: str) -> list[str]:
        codes: list[str] = []
        for single in split_grid_list(text, self._names):
            found = self._names.find(single, within=self._community)
            if len(found) != 1:
                self._say("ambiguous_grid" if found else "unknown_grid", at, single)
            codes.append(found[0] if len(found) == 1 else single)
        return codes

    def _posts(self, at: int, row: Sequence[str]) -> Iterator[tuple[str, list[Person]]]:
        word = row[self._columns.post] if self._columns.post is not None else ""
        for person in self._columns.people:
            post = person.post or (self._post(at, word) if word else "full_time")
            people, is_said_vacant = read_people(person, row)
            is_vacancy = not people and (
                is_said_vacant or not person.post or post in _ALWAYS_FILLED
            )
            if is_vacancy:
                self._say("vacant_post", at)
                people = [Person.vacant(person, row)]
            yield post, people

    def _post(self, at: int, word: str) -> str:
        code = code_of("post", word)
        if code is None:
            self._say("unknown_post", at, word)
        return code or word


_SAID = {
    "no_grid": _("Rows {rows}: there are people but no grid; they answer nowhere yet."),
    "unknown_grid": _("Rows {rows}: the plan has no grid called {words}."),
    "ambiguous_grid": _("Rows {rows}: several grids are called {words}; write the code instead."),
    "unknown_post": _("Rows {rows}: we do not know the post {words}; it is kept as written."),
    "vacant_post": _("Rows {rows}: a post is vacant."),
}

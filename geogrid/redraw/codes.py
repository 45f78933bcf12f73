"""Codes for new grids: in the way of the place, and never one that was used before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from itertools import count, islice

from geogrid.errors import FieldError, LimitError
from geogrid.i18n import mark as _
from geogrid.redraw.graph import ArcGraph
from geogrid.rules.codes import CodeScheme
from geogrid.rules.numbering import free_numbers
from geogrid.rules.patterns import CodePattern, parse_pattern

__all__ = ["code_pattern", "fresh_codes", "require_unused"]


def code_pattern(
    graph: ArcGraph, parent: str, level: int | None, scheme: CodeScheme | None
) -> CodePattern | None:
    """Return how grids below a parent are coded.

    As the scheme says for the level; else as the grids there are coded now, where these are the
    parent's code and numbers of one length; else None.
    """
    given = None if scheme is None or level is None else scheme.patterns.get(level)
    if given is not None and given.digits:
        return given
    rest = {
        len(code) - len(parent)
        if code.startswith(parent) and code[len(parent) :].isdecimal()
        else 0
        for code in (str(graph.rows[label]["code"]) for label in graph.under(parent))
    }
    digits = rest.pop() if len(rest) == 1 else 0
    if not parent or not 0 < digits <= 9:
        return None
    return parse_pattern(f"{{parent}}{{number:{digits}}}")


def fresh_codes(
    graph: ArcGraph, parent: str, level: int | None, number: int, scheme: CodeScheme | None = None,
    *, root: str = "", like: str | None = None, besides: Collection[str] = (),
) -> list[str]:  # fmt: skip
    """Return codes that no grid ever had.

    Parameters
    ----------
    graph : the draft; it knows the codes that were used
    parent, level : of the new grids
    number : how many
    scheme : of the place; without one, codes go on as those beside them do
    root : where there is no pattern, codes are this and ``-1``, ``-2`` …
    like : the parent whose grids show how codes are made, where that is another
    besides : codes given in the same operation

    Raises
    ------
    LimitError
        There are no numbers left.
    """
    pattern = code_pattern(graph, parent if like is None else like, level, scheme)
    if pattern is None:
        return _suffixed(graph, root or parent or "G", number, besides)
    taken = _taken(graph, pattern, parent, besides)
    numbers = free_numbers(taken, number, pattern.digits)
    codes = [pattern.code(one, parent) for one in numbers]
    codes = [code for code in codes if not _is_used(graph, code)]
    if len(codes) < number:
        raise LimitError(
            _("There are no numbers of {digits} digits left below {parent}."),
            digits=pattern.digits, parent=parent or "–",
        )  # fmt: skip
    return codes


def _taken(
    graph: ArcGraph, pattern: CodePattern, parent: str, besides: Collection[str]
) -> set[int]:
    """Return the numbers that used codes below a parent have."""
    head = pattern.code(0, parent)
    prefix = head[: _number_at(pattern, parent)]
    found = {pattern.number(code, parent) for code in besides}
    for at in range(bisect_left(graph.used, prefix), len(graph.used)):
        code = graph.used[at]
        if not code.startswith(prefix):
            break
        found.add(pattern.number(code, parent))
    return {number for number in found if number is not None}


def _number_at(pattern: CodePattern, parent: str) -> int:
    fields = pattern.fields(pattern.code(0, parent), parent)
    return next(at for piece, at, _text in fields if piece.kind == "number")


def _suffixed(graph: ArcGraph, root: str, number: int, besides: Collection[str]) -> list[str]:
    codes = (f"{root}-{at}" for at in count(1))
    free = (code for code in codes if code not in besides and not _is_used(graph, code))
    return list(islice(free, number))


def _is_used(graph: ArcGraph, code: str) -> bool:
    at = bisect_left(graph.used, code)
    return at < len(graph.used) and graph.used[at] == code


def require_unused(graph: ArcGraph, code: str) -> str:
    """Return a code that somebody chose for a new grid.

    Raises
    ------
    FieldError
        A grid has it, or had it once.
    """
    if not code or not code.isprintable() or _is_used(graph, code):
        raise FieldError(_("The code {code} was used before; choose another."), code=code or "–")
    return code

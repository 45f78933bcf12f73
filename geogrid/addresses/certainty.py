"""How certain an answer of a search is, by what did not agree when it was aligned."""

from __future__ import annotations

from geogrid import _align_kernels as why

__all__ = ["certainty_of", "reasons_of"]

_REASONS = (
    (why.HOMOPHONE, "homophone"),
    (why.TYPO, "typo"),
    (why.PINYIN, "pinyin"),
    (why.INITIALS, "initials"),
    (why.NO_DOOR, "number_unknown"),
    (why.NO_BUILDING, "building_unknown"),
    (why.NO_INNER, "inner_number_unknown"),
    (why.NO_WORD, "words_unknown"),
    (why.FINER, "finer"),
)
_OTHERWISE = why.HOMOPHONE | why.TYPO | why.PINYIN | why.INITIALS | why.OMITTED


def certainty_of(flags: int, *, has_address: bool) -> str:
    """Return the certainty of what is not a street with an unknown number.

    Parameters
    ----------
    flags : of :func:`geogrid._align_kernels.align`
    has_address : whether the entry has one; else its name is all there is
    """
    is_addressed = flags & why.ADDRESSED and not flags & why.FINER
    is_named = flags & why.NAMED and not flags & why.NAME_PART
    if flags & (why.NO_DOOR | why.NO_WORD) or not (is_addressed or is_named):
        return "partial"
    if flags & why.NO_BUILDING or (has_address and not is_addressed):
        return "compound"
    if flags & why.NO_INNER:
        return "building"
    return "similar" if flags & _OTHERWISE else "exact"


def reasons_of(flags: int) -> list[str]:
    """Return the reasons that `flags` hold, codes of ``search_reason`` in the vocabulary."""
    reasons = [code for bit, code in _REASONS if flags & bit]
    if flags & why.OMITTED and "typo" not in reasons:
        reasons.append("typo")
    is_part = flags & why.NAME_PART and not flags & why.ADDRESSED
    return [*reasons, "finer"] if is_part and "finer" not in reasons else reasons

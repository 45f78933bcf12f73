"""Passwords: which are taken, and how they are kept (argon2id, RFC 9106's second choice)."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geogrid.errors import FieldError
from geogrid.i18n import mark as _

__all__ = ["FEWEST_CHARACTERS", "check_rules", "hash_password", "is_password", "random_password"]

FEWEST_CHARACTERS = 10
_MOST_CHARACTERS = 128
_GUESSES = 1e8
"""What an attacker tries first; at ten attempts a minute the rest takes twenty years."""
_KNOWN_HERE = ("geogrid", "wangge", "woaini", "5201314", "1314520", "网格", "网格员", "管理员")
"""What is common here and missing from zxcvbn's lists, which are of English words."""

_hasher = PasswordHasher()


def check_rules(password: str, *names: str) -> None:
    """Refuse a password that is short, contains a name of its user or is easily guessed.

    Parameters
    ----------
    password : as typed
    names : of the user

    Raises
    ------
    FieldError
        With what is wrong.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists take a moment to load

    text = _normal(password)
    if len(text) < FEWEST_CHARACTERS:
        raise FieldError(
            _("A password needs at least {fewest} characters."), fewest=FEWEST_CHARACTERS
        )
    if len(text) > _MOST_CHARACTERS:
        raise FieldError(_("A password has at most {most} characters."), most=_MOST_CHARACTERS)
    known = [_normal(name).casefold() for name in names if len(name) > 1]
    if any(name in text.casefold() for name in known):
        raise FieldError(_("A password must not contain the name of its user."))
    # it looks at no more than 72 characters; a common beginning does not make those weak
    if float(zxcvbn(text[:72], user_inputs=[*known, *_KNOWN_HERE])["guesses"]) < _GUESSES:
        raise FieldError(
            _(
                "This password is easily guessed: it is made of common words, dates or keys in a "
                "row. Take several words that do not belong together."
            )
        )


def hash_password(password: str) -> str:
    """Return what is kept of a password; 64 MB and some 50 ms to make, and to guess."""
    return _hasher.hash(_normal(password))


def is_password(password: str, kept: str) -> bool:
    """Return whether `kept` was made of `password`; without any it takes as long.

    Parameters
    ----------
    password : as typed
    kept : by :func:`hash_password`, ``""`` where there is no such user
    """
    stand_in = _stand_in()  # made first in both cases, so that neither is slower
    try:
        is_same = _hasher.verify(kept or stand_in, _normal(password[: 2 * _MOST_CHARACTERS]))
    except (VerificationError, InvalidHashError):
        return False
    return is_same and bool(kept)


def random_password() -> str:
    """Return a password to begin with, easy to read out: no letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(letters) for _letter in range(4)) for _group in range(4))
    return "-".join(groups)


@cache
def _stand_in() -> str:
    return _hasher.hash(secrets.token_hex(16))


def _normal(text: str) -> str:
    """Return one spelling of what input methods write in two, wide digits among them."""
    return unicodedata.normalize("NFKC", text)

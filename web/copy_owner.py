"""Whose copy for offline use this browser keeps, so that nobody else finds it there.

A cookie names the user from the moment a copy is fetched. Who signs out, or signs in as
somebody else, is told to wipe what this site keeps in the browser (``Clear-Site-Data``); who
signs in again the next morning keeps the copy. Browsers obey over HTTPS and on the server itself,
and nowhere else can a copy be kept.
"""

from __future__ import annotations

from flask import Response, request

from web.auth import caller_id, sends_key

__all__ = ["COOKIE", "forget_copy", "forget_copy_of_others", "remember_owner"]

COOKIE = "offline_copy"
_LONGEST_S = 31_536_000


def remember_owner(response: Response) -> None:
    """Note in the browser for whom a copy was fetched; programs with keys have no browser."""
    if not sends_key():
        response.set_cookie(
            COOKIE,
            _named(caller_id()),
            max_age=_LONGEST_S,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )


def forget_copy(response: Response) -> None:
    """Wipe the copy that this browser keeps, if it keeps one."""
    if COOKIE in request.cookies:
        response.headers["Clear-Site-Data"] = '"storage"'
        response.delete_cookie(COOKIE)


def forget_copy_of_others(response: Response, user_id: int) -> None:
    """Wipe it unless it is of the user who signs in."""
    if request.cookies.get(COOKIE) != _named(user_id):
        forget_copy(response)


def _named(user_id: int | None) -> str:
    return str(user_id or 0)

"""Sessions of people who signed in: begun, looked up, ended."""

from __future__ import annotations

from datetime import datetime
from time import time

import flask_login
from flask import g, session

from geogrid.store.users import User
from web.known_users import known_users

__all__ = ["LONGEST_S", "begin_session", "end_session", "login_manager"]

LONGEST_S = 12 * 3600
"""So long one stays signed in: a working day."""

login_manager = flask_login.LoginManager()
login_manager.session_protection = None  # an address changes as a phone walks; that ends nothing


class SignedIn(flask_login.UserMixin):
    """A user as Flask-Login wants them."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """Return the id that the session keeps."""
        return str(self.user.id)


def _load(user_id: str) -> SignedIn | None:
    user = known_users().user(int(user_id))
    if user is None or not user.is_active:
        return None
    is_current = session.get("since") == _stamp(user.sessions_since)
    return SignedIn(user) if is_current and time() - session.get("at", 0) < LONGEST_S else None


login_manager.user_loader(_load)


def _stamp(moment: datetime) -> str:
    return moment.isoformat()


def begin_session(user: User) -> None:
    """Sign a user in; nothing of what this browser's session held before is kept."""
    session.clear()
    g.pop("caller", None)
    flask_login.login_user(SignedIn(user))
    session["since"], session["at"] = _stamp(user.sessions_since), int(time())


def end_session() -> None:
    """Sign out."""
    flask_login.logout_user()
    session.clear()
    g.pop("caller", None)
